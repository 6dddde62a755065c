package org.strowger.wire;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Asks the loops about the live connections they carry; on any thread but theirs. */
final class LiveTable {
  private final List<Loop> loops;

  LiveTable(List<Loop> loops) {
    this.loops = loops;
  }

  /** Live connections now. */
  int size() {
    return loops.stream().mapToInt(Loop::live).sum();
  }

  /** See {@link Wire#connections}. */
  List<Map<String, Object>> list(Map<String, Object> filter, int limit) {
    Predicate<LiveConnection> matches = matching(filter);
    long now = System.nanoTime(); // one moment for all loops, so that ages compare
    List<Listed> found = new ArrayList<>();
    for (Loop loop : loops) {
      found.addAll(loop.ask(() -> list(loop, matches, limit, now)));
    }
    found.sort(Comparator.comparingLong(listed -> -listed.ageNanos()));
    return found.stream().limit(limit).map(Listed::view).toList();
  }

  /** A connection as listed, with its exact age to sort by. */
  private record Listed(long ageNanos, Map<String, Object> view) {}

  private static List<Listed> list(
      Loop loop, Predicate<LiveConnection> matches, int limit, long now) {
    return loop.find(matches, limit).stream()
        .map(connection -> new Listed(now - connection.started(), connection.view(now)))
        .toList();
  }

  /** See {@link Wire#disconnect}. */
  int disconnect(Map<String, Object> filter) {
    Predicate<LiveConnection> matches = matching(filter);
    int cut = 0;
    for (Loop loop : loops) {
      cut +=
          loop.ask(
              () -> {
                List<LiveConnection> found = loop.find(matches, Integer.MAX_VALUE);
                found.forEach(LiveConnection::abort);
                return found.size();
              });
    }
    return cut;
  }

  private static Predicate<LiveConnection> matching(Map<String, Object> filter) {
    Object service = filter.get(Contract.SERVICE_NAME);
    Object real = filter.get(Contract.REAL);
    Object client = filter.get(Contract.CLIENT);
    return connection ->
        (service == null || service.equals(connection.service()))
            && (real == null || real.equals(connection.real()))
            && (client == null || client.equals(address(connection)));
  }

  private static InetAddress address(LiveConnection connection) {
    return connection.clientAddress().getAddress();
  }
}
