package org.strowger.testkit;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.strowger.api.Connection;
import org.strowger.api.Talker;
import org.strowger.api.TalkerKind;

/** What live connections of a {@link FakeDirector} carry. */
final class TrafficSample {
  private TrafficSample() {}

  /** The connection after so many more bytes. */
  static Connection carried(Connection c, long bytes) {
    return new Connection(
        c.id(),
        c.service(),
        c.protocol(),
        c.client(),
        c.real(),
        c.state(),
        c.age(),
        c.idle(),
        c.bytesIn() + bytes,
        c.bytesOut());
  }

  static List<Talker> top(List<Connection> connections, TalkerKind kind, int limit) {
    Map<String, Talker> sums = new LinkedHashMap<>();
    for (Connection each : connections) {
      String name =
          switch (kind) {
            case CLIENT -> each.client().getAddress().getHostAddress();
            case REAL_SERVER -> each.real().toString();
            case SERVICE -> each.service();
          };
      sums.merge(
          name,
          new Talker(name, 1, each.bytesIn(), each.bytesOut()),
          (a, b) ->
              new Talker(
                  name,
                  a.connections() + b.connections(),
                  a.bytesIn() + b.bytesIn(),
                  a.bytesOut() + b.bytesOut()));
    }
    return sums.values().stream()
        .sorted(Comparator.comparingLong(t -> -t.bytesIn() - t.bytesOut()))
        .limit(limit)
        .toList();
  }
}
