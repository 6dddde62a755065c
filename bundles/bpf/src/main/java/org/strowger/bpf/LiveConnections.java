package org.strowger.bpf;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.strowger.api.BpfMap;
import org.strowger.api.Coded;
import org.strowger.api.Connection;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.KernelException;
import org.strowger.api.Protocol;
import org.strowger.api.RealServerId;
import org.strowger.api.Talker;
import org.strowger.api.TalkerKind;

/** The connections as they stand in the kernel's tables: listed, summed up, cut. Any thread. */
final class LiveConnections {
  /** Talkers told apart in one look; those that come later are left out. */
  static final int MOST_TALKERS = 65_536;

  /** In the order in which a connection moves: one that moves meanwhile is met twice, not never. */
  private static final List<String> TABLES = List.of("halfopen", "connections");

  private static final RealServerId UNKNOWN = new RealServerId("", "");

  private final KernelMaps maps;
  private final KernelTable table;

  LiveConnections(KernelMaps maps, KernelTable table) {
    this.maps = maps;
    this.table = table;
  }

  List<Connection> list(ConnectionFilter filter, int limit) throws KernelException {
    NavigableMap<Long, Connection> first = new TreeMap<>();
    each(
        filter,
        (key, connection) -> {
          first.put(connection.id(), connection);
          if (first.size() > limit) {
            first.pollLastEntry();
          }
          return true;
        });
    return List.copyOf(first.values());
  }

  /** Marks them: the next packet of either end is answered by a reset. The number marked. */
  int cut(ConnectionFilter filter) throws KernelException {
    Set<ByteBuffer> keys = new LinkedHashSet<>();
    each(filter, (key, connection) -> keys.add(key));
    int cut = 0;
    for (ByteBuffer key : keys) {
      cut += cut(key) ? 1 : 0;
    }
    return cut;
  }

  private boolean cut(ByteBuffer key) throws KernelException {
    boolean marked = false;
    for (String name : TABLES) {
      ByteBuffer value = mark(name, key);
      if (value != null) {
        marked = true;
        if (Flows.hasOther(value)) {
          for (String other : TABLES) {
            mark(other, Flows.other(value));
          }
        }
      }
    }
    return marked;
  }

  private @Nullable ByteBuffer mark(String name, ByteBuffer key) throws KernelException {
    ByteBuffer value = maps.get(name, key);
    if (value == null) {
      return null;
    }
    Flows.markCut(value);
    BpfMap.Stored stored = maps.map(name).update(key, value, BpfMap.Mode.EXISTING);
    return stored == BpfMap.Stored.STORED ? value : null;
  }

  List<Talker> top(TalkerKind kind, ConnectionFilter filter, int limit) throws KernelException {
    Map<String, long[]> sums = new HashMap<>();
    each(
        filter,
        (key, connection) -> {
          String name =
              switch (kind) {
                case CLIENT -> connection.client().getAddress().getHostAddress();
                case REAL_SERVER -> connection.real().toString();
                case SERVICE -> connection.service();
              };
          long[] sum = sums.get(name);
          if (sum == null && sums.size() < MOST_TALKERS) {
            sum = new long[3];
            sums.put(name, sum);
          }
          if (sum != null) {
            sum[0]++;
            sum[1] += connection.bytesIn();
            sum[2] += connection.bytesOut();
          }
          return true;
        });
    return sums.entrySet().stream()
        .map(e -> new Talker(e.getKey(), e.getValue()[0], e.getValue()[1], e.getValue()[2]))
        .sorted(Comparator.comparingLong((Talker t) -> -(t.bytesIn() + t.bytesOut())))
        .limit(limit)
        .toList();
  }

  private void each(ConnectionFilter filter, BiPredicate<ByteBuffer, Connection> visitor)
      throws KernelException {
    long now = System.nanoTime();
    KernelException[] failure = new KernelException[1];
    for (String name : TABLES) {
      maps.map(name)
          .forEach(
              (key, value) -> {
                Octets.order(value);
                if (Flows.reverse(value) || Flows.cut(value)) {
                  return true;
                }
                ByteBuffer copy = Octets.zeros(Flows.KEY);
                copy.put(0, key, key.position(), Flows.KEY);
                try {
                  Connection connection = connection(copy, value, now);
                  return !filter.matches(connection) || visitor.test(copy, connection);
                } catch (KernelException e) {
                  failure[0] = e;
                  return false;
                }
              });
    }
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  private Connection connection(ByteBuffer key, ByteBuffer value, long now) throws KernelException {
    InetSocketAddress client = Flows.source(key);
    long bytesOut = 0;
    long last = Flows.last(value);
    ByteBuffer back = Flows.hasOther(value) ? maps.get("connections", Flows.other(value)) : null;
    if (back != null) {
      bytesOut = Flows.octets(back);
      last = Math.max(last, Flows.last(back));
    }
    return new Connection(
        Flows.begun(value),
        table.serviceName(Flows.service(value)).orElse(""),
        Coded.byCode(Protocol.class, Flows.protocol(key)).orElse(Protocol.TCP),
        client,
        table.realName(Flows.real(value)).orElse(UNKNOWN),
        Flows.word(value),
        Duration.ofNanos(Math.max(0, now - Flows.begun(value))),
        Duration.ofNanos(Math.max(0, now - last)),
        Flows.octets(value),
        bytesOut);
  }
}
