package org.strowger.director;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.strowger.api.Choice;
import org.strowger.api.Chooser;
import org.strowger.api.Connection;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.Flow;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.ForwardingPlane;
import org.strowger.api.ForwardingTable;
import org.strowger.api.Loads;
import org.strowger.api.PlaneEvent;
import org.strowger.api.PlaneListener;
import org.strowger.api.PlaneState;
import org.strowger.api.Protocol;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;
import org.strowger.api.Talker;
import org.strowger.api.TalkerKind;
import org.strowger.api.VirtualServiceCounters;

/** A plane that forwards nothing but asks its choosers. */
final class MemoryPlane implements ForwardingPlane {
  final ConcurrentMap<String, Object> memory = new ConcurrentHashMap<>();

  /** What it counted of real servers. */
  volatile Map<RealServerId, RealServerCounters> reals = Map.of();

  volatile long held;
  volatile long total;

  /** What it can do. */
  volatile Set<ForwardingMethod> methods = Set.of(ForwardingMethod.RELAY);

  /** Done when it is asked for its memory. */
  volatile Runnable whenRemembering = () -> {};

  /** How many services each table had that it was told. */
  final List<Integer> told = new CopyOnWriteArrayList<>();

  volatile ForwardingTable table = new ForwardingTable(0, List.of());
  private volatile PlaneListener listener = event -> {};

  static Flow flow() {
    return new Flow(
        Protocol.TCP,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 40000),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080));
  }

  Choice choose() {
    return choose(table);
  }

  /** By this table, of now or of before. */
  Choice choose(ForwardingTable by) {
    return by.services()
        .getFirst()
        .chooser()
        .choose(flow(), loads("web"), Chooser.Attempt.first(false));
  }

  void report(PlaneEvent event) {
    listener.on(event);
  }

  List<String> services() {
    return table.services().stream().map(s -> s.service().name()).toList();
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public Set<ForwardingMethod> methods() {
    return methods;
  }

  @Override
  public void apply(ForwardingTable wanted, PlaneListener by) {
    told.add(wanted.services().size());
    table = wanted;
    listener = by;
  }

  @Override
  public PlaneReport report() {
    return new PlaneReport(
        new PlaneState("memory", "memory", 0, 0, 0, 0, 0, 0),
        Map.of("web", counters(total)),
        reals);
  }

  private static VirtualServiceCounters counters(long total) {
    return new VirtualServiceCounters(
        total, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Map.of());
  }

  @Override
  public List<Connection> connections(ConnectionFilter filter, int limit) {
    return List.of();
  }

  @Override
  public int disconnect(ConnectionFilter filter) {
    return 0;
  }

  @Override
  public Loads loads(String service) {
    return new Loads() {
      @Override
      public long active(int index) {
        return index == 0 ? held : 0;
      }

      @Override
      public long inactive(int index) {
        return 0;
      }

      @Override
      public long service() {
        return held;
      }

      @Override
      public long director() {
        return held;
      }
    };
  }

  @Override
  public List<Talker> top(TalkerKind kind, ConnectionFilter filter, int limit) {
    return List.of();
  }

  @Override
  public ConcurrentMap<String, Object> memory() {
    whenRemembering.run();
    return memory;
  }
}
