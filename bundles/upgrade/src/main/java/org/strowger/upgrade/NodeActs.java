package org.strowger.upgrade;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.BiConsumer;

/**
 * What the supervision did to more than one bundle, on the disk before it is done: a restart of the
 * process must not forget that it was one. At most {@value #KEPT}.
 */
final class NodeActs {
  static final int KEPT = 20;

  private final Path file;
  private final List<Entry> acts = new ArrayList<>();

  private record Entry(String subject, Ladder.Act act) {}

  /** With what an earlier process wrote. */
  NodeActs(Path file) throws IOException {
    this.file = file;
    SortedMap<String, String> written = Durable.read(file);
    for (int i = 1; i <= KEPT; i++) {
      read(written, i + ".").ifPresent(acts::add);
    }
  }

  private static Optional<Entry> read(Map<String, String> written, String key) {
    Optional<Rung> rung =
        Arrays.stream(Rung.values())
            .filter(each -> each.word.equals(written.getOrDefault(key + "rung", "")))
            .findFirst();
    try {
      Instant time = Instant.parse(written.getOrDefault(key + "time", ""));
      String why = written.getOrDefault(key + "why", "");
      String subject = written.getOrDefault(key + "subject", Fault.PROCESS);
      return rung.map(each -> new Entry(subject, new Ladder.Act(each, time, why)));
    } catch (DateTimeParseException none) {
      return Optional.empty();
    }
  }

  /** The oldest first. */
  void forEach(BiConsumer<String, Ladder.Act> taker) {
    acts.forEach(each -> taker.accept(each.subject(), each.act()));
  }

  /** On the disk when it returns. */
  void add(String subject, Ladder.Act act) throws IOException {
    acts.add(new Entry(subject, act));
    if (acts.size() > KEPT) {
      acts.removeFirst();
    }
    Map<String, String> written = new HashMap<>();
    for (int i = 1; i <= acts.size(); i++) {
      Entry each = acts.get(i - 1);
      written.put(i + ".subject", each.subject());
      written.put(i + ".rung", each.act().rung().word);
      written.put(i + ".time", each.act().time().toString());
      written.put(i + ".why", each.act().why());
    }
    Durable.write(file, written);
  }
}
