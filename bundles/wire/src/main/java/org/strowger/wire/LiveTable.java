package org.strowger.wire;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks the loops about what they carry; on any thread but theirs. */
final class LiveTable {
  private final List<Loop> loops;

  LiveTable(List<Loop> loops) {
    this.loops = loops;
  }

  /** Live connections and flows now. */
  int size() {
    return loops.stream().mapToInt(Loop::live).sum();
  }

  /** See {@link Wire#connections}. */
  List<Map<String, Object>> list(Map<String, Object> filter, int limit) {
    long now = System.nanoTime();
    CarriedFilter matches = new CarriedFilter(filter, now);
    List<Listed> found = new ArrayList<>();
    for (Loop loop : loops) {
      found.addAll(
          loop.ask(
              () ->
                  loop.find(matches, limit).stream()
                      .map(carried -> new Listed(carried.id(), carried.view(now)))
                      .toList()));
    }
    found.sort(Comparator.comparingLong(Listed::id));
    return found.stream().limit(limit).map(Listed::view).toList();
  }

  private record Listed(long id, Map<String, Object> view) {}

  /** See {@link Wire#disconnect}. */
  int disconnect(Map<String, Object> filter) {
    return disconnect(filter, End.ofCut(filter.get(Contract.END)));
  }

  /** The same, saying what for. */
  int disconnect(Map<String, Object> filter, End why) {
    CarriedFilter matches = new CarriedFilter(filter, System.nanoTime());
    int cut = 0;
    for (Loop loop : loops) {
      cut +=
          loop.ask(
              () -> {
                List<Carried> found = loop.find(matches, Integer.MAX_VALUE);
                found.forEach(carried -> carried.cut(why));
                return found.size();
              });
    }
    return cut;
  }

  private static final class Sum {
    private long connections;
    private long bytesIn;
    private long bytesOut;

    void add(long more, long in, long out) {
      connections += more;
      bytesIn += in;
      bytesOut += out;
    }
  }

  /** See {@link Wire#top}. */
  List<Map<String, Object>> top(String by, Map<String, Object> filter, int limit) {
    CarriedFilter matches = new CarriedFilter(filter, System.nanoTime());
    Map<String, Sum> sums = new HashMap<>();
    for (Loop loop : loops) {
      loop.ask(() -> sums(loop, by, matches))
          .forEach(
              (name, part) ->
                  sums.computeIfAbsent(name, key -> new Sum())
                      .add(part.connections, part.bytesIn, part.bytesOut));
    }
    return sums.entrySet().stream()
        .sorted(
            Comparator.comparingLong(
                (Map.Entry<String, Sum> e) -> -(e.getValue().bytesIn + e.getValue().bytesOut)))
        .limit(limit)
        .map(LiveTable::view)
        .toList();
  }

  private static Map<String, Sum> sums(Loop loop, String by, CarriedFilter matches) {
    Map<String, Sum> sums = new HashMap<>();
    loop.each(
        carried -> {
          if (matches.test(carried)) {
            sums.computeIfAbsent(name(by, carried), key -> new Sum())
                .add(1, carried.bytesIn(), carried.bytesOut());
          }
        });
    return sums;
  }

  private static String name(String by, Carried carried) {
    return switch (by) {
      case Contract.BY_CLIENT -> carried.client().getAddress().getHostAddress();
      case Contract.BY_REAL -> carried.real();
      case Contract.BY_SERVICE -> carried.service();
      default ->
          throw new IllegalArgumentException("by: '" + by + "': expected client, real or service");
    };
  }

  private static Map<String, Object> view(Map.Entry<String, Sum> sum) {
    return Map.of(
        Contract.NAME,
        sum.getKey(),
        Contract.CONNECTIONS,
        sum.getValue().connections,
        Contract.BYTES_IN,
        sum.getValue().bytesIn,
        Contract.BYTES_OUT,
        sum.getValue().bytesOut);
  }
}
