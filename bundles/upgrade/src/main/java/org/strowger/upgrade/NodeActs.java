package org.strowger.upgrade;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
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
 * process must not forget that it was one. At most {@value #KEPT}, with the time of the wall clock,
 * the only one that another process can read.
 */
final class NodeActs {
  static final int KEPT = 20;

  private final Path file;
  private final InstantSource wall;
  private List<Entry> acts = new ArrayList<>();

  private record Entry(String subject, Ladder.Act act) {}

  /**
   * With what an earlier process wrote.
   *
   * @param wall the wall clock
   */
  NodeActs(Path file, InstantSource wall) throws IOException {
    this.file = file;
    this.wall = wall;
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
      String refused = written.getOrDefault(key + "refused", "");
      return rung.map(each -> new Entry(subject, new Ladder.Act(each, time, why, refused)));
    } catch (DateTimeParseException none) {
      return Optional.empty();
    }
  }

  /**
   * The oldest first.
   *
   * @param latest what was written as later is of a clock that was wrong, then or now: it counts as
   *     of this moment, for who knows how long ago it was must not spend its budget again
   */
  void forEach(Instant latest, BiConsumer<String, Ladder.Act> taker) {
    for (Entry each : acts) {
      Ladder.Act act = each.act();
      Instant time = act.time().isAfter(latest) ? latest : act.time();
      taker.accept(each.subject(), new Ladder.Act(act.rung(), time, act.why(), act.refused()));
    }
  }

  /** Whether one of these was done, however long ago it was. */
  boolean holds(Rung rung) {
    return acts.stream().anyMatch(each -> each.act().rung() == rung && each.act().done());
  }

  /** It is about to be done, now: on the disk when it returns; nothing is added if it throws. */
  void add(Rung rung, Fault fault) throws IOException {
    List<Entry> more = new ArrayList<>(acts);
    more.add(new Entry(fault.subject(), new Ladder.Act(rung, wall.instant(), fault.why(), "")));
    if (more.size() > KEPT) {
      more.removeFirst();
    }
    write(more);
  }

  /** What was added last could not be done. */
  void refused(String why) throws IOException {
    List<Entry> corrected = new ArrayList<>(acts);
    Entry last = corrected.removeLast();
    Ladder.Act act = last.act();
    corrected.add(
        new Entry(last.subject(), new Ladder.Act(act.rung(), act.time(), act.why(), why)));
    write(corrected);
  }

  private void write(List<Entry> next) throws IOException {
    Map<String, String> written = new HashMap<>();
    for (int i = 1; i <= next.size(); i++) {
      Entry each = next.get(i - 1);
      written.put(i + ".subject", each.subject());
      written.put(i + ".rung", each.act().rung().word);
      written.put(i + ".time", each.act().time().toString());
      written.put(i + ".why", each.act().why());
      written.put(i + ".refused", each.act().refused());
    }
    Durable.write(file, written);
    acts = next;
  }
}
