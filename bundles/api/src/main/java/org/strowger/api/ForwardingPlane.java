package org.strowger.api;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;

/** Forwards traffic; an OSGi service. It is handed finished tables and never asks back. */
public interface ForwardingPlane {
  /** {@code relay} or {@code bpf}. */
  String name();

  /** The forwarding methods it can do on this machine now. */
  Set<ForwardingMethod> methods();

  /**
   * Makes the plane forward exactly this; live connections of services and real servers that are
   * still wanted are not touched. Called on the director's thread; returns within milliseconds and
   * reports what cannot be done to the listener. What the plane already knows of unreachable real
   * servers is reported to a new listener at once.
   */
  void apply(ForwardingTable table, PlaneListener listener);

  /** Counters now; cheap, any thread. */
  PlaneReport report();

  /** Live connections, at most {@code limit}, by growing id, which is oldest first; any thread. */
  List<Connection> connections(ConnectionFilter filter, int limit);

  /** Cuts the matching connections with a reset; the number cut. */
  int disconnect(ConnectionFilter filter);

  /** Sums of the matching live connections by kind, the one with the most bytes first. */
  List<Talker> top(TalkerKind kind, ConnectionFilter filter, int limit);

  /** Live loads of a service's real servers, for {@code explain}; zeros if it is unknown. */
  Loads loads(String service);

  /**
   * Room for what must outlive the director's bundle and this plane's: remembered sources, for
   * example. JDK types only. The same map as long as the process lives and the plane is able to
   * forward.
   */
  ConcurrentMap<String, Object> memory();

  /** Counters of a plane. Services and real servers that it never saw are absent. */
  record PlaneReport(
      PlaneState plane,
      Map<String, VirtualServiceCounters> services,
      Map<RealServerId, RealServerCounters> realServers) {}
}
