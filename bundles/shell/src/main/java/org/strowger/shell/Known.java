package org.strowger.shell;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Pool;
import org.strowger.api.RealServerId;
import org.strowger.api.Snapshot;
import org.strowger.api.VirtualService;

/** Finds what the operator named, and says plainly what there is when it is not that. */
final class Known {
  /** Names listed in a message. */
  private static final int LISTED = 12;

  private Known() {}

  static RealServerId realServer(Snapshot snapshot, String word) {
    Optional<RealServerId> id =
        RealServerId.parse(word).filter(i -> snapshot.configuration().realServer(i).isPresent());
    return id.orElseThrow(() -> unknown("real server", word, realServers(snapshot)));
  }

  static VirtualService service(Snapshot snapshot, String word) {
    VirtualService found = snapshot.configuration().virtualServices().get(word);
    if (found == null) {
      throw unknown("virtual service", word, services(snapshot));
    }
    return found;
  }

  static Pool pool(Snapshot snapshot, String word) {
    Pool found = snapshot.configuration().pools().get(word);
    if (found == null) {
      throw unknown("pool", word, pools(snapshot));
    }
    return found;
  }

  static List<String> services(Snapshot snapshot) {
    return List.copyOf(snapshot.configuration().virtualServices().keySet());
  }

  static List<String> pools(Snapshot snapshot) {
    return List.copyOf(snapshot.configuration().pools().keySet());
  }

  static List<String> realServers(Snapshot snapshot) {
    return snapshot.configuration().pools().values().stream()
        .flatMap(pool -> pool.realServers().keySet().stream().map(r -> pool.name() + "/" + r))
        .toList();
  }

  /** The rows whose key is this name; a rejection if there is none. */
  static List<Map<String, @Nullable Object>> rows(
      String kind, String name, String key, List<Map<String, @Nullable Object>> rows) {
    List<Map<String, @Nullable Object>> named =
        rows.stream().filter(row -> name.equals(Plain.text(row.get(key)))).toList();
    if (named.isEmpty()) {
      throw unknown(kind, name, rows.stream().map(row -> Plain.text(row.get(key))).toList());
    }
    return named;
  }

  static CommandFailure unknown(String kind, String word, Collection<String> known) {
    Stream<String> listed = known.stream().limit(LISTED);
    String there =
        known.isEmpty()
            ? "there is none"
            : "there are: "
                + String.join(", ", listed.toList())
                + (known.size() > LISTED ? ", and " + (known.size() - LISTED) + " more" : "");
    return CommandFailure.rejected("no " + kind + " '" + word + "'; " + there);
  }
}
