package org.strowger.wire;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.strowger.wire.WantedService.WantedReal;

/**
 * What the wire does when nobody decides: weighted rotation over the real servers it was last told
 * of, smooth (nginx&#39;s), so that a heavy one does not get its turns in a row. One a service and
 * loop; not thread safe.
 */
final class Rotation {
  private final Map<String, Long> current = new HashMap<>();

  @Nullable WantedReal next(List<WantedReal> reals, Set<String> tried) {
    WantedReal best = null;
    long total = 0;
    for (WantedReal real : reals) {
      if (real.weight() <= 0 || tried.contains(real.id())) {
        continue;
      }
      total += real.weight();
      long now = current.merge(real.id(), (long) real.weight(), Long::sum);
      if (best == null || now > current.getOrDefault(best.id(), 0L)) {
        best = real;
      }
    }
    if (best != null) {
      current.merge(best.id(), -total, Long::sum);
    }
    return best;
  }

  /** Drops what is remembered of real servers that are no longer there. */
  void retain(List<WantedReal> reals) {
    current.keySet().removeIf(id -> reals.stream().noneMatch(real -> real.id().equals(id)));
  }
}
