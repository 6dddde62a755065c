package org.strowger.wire;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the wire offers to the bundle that decides. It is registered as an OSGi service under this
 * interface's name, but no class is shared: the user finds it with {@code getAllServiceReferences},
 * declares the methods it needs in an interface of its own and binds them by name and parameter
 * types. Therefore every type here is the JDK's, maps carry the keys of {@link Contract}, unknown
 * keys are ignored and missing ones have a default: either side may be the newer one.
 *
 * <p>All methods may be called on any thread except the loops; none blocks longer than {@link
 * Limits#LOOP_ANSWER_MILLIS}.
 */
public interface Wire {
  /** {@code io_uring}, {@code epoll} or {@code nio}. */
  String transport();

  /**
   * From now on this one decides; see {@link Decider} for its shape. Parked connections are given
   * to it.
   *
   * @throws IllegalArgumentException if a method of {@link Decider} is missing
   */
  void decideBy(Object decider);

  /** Stops asking this decider; nothing happens if another one has taken over meanwhile. */
  void undecide(Object decider);

  /**
   * Serves exactly these virtual services; see {@link Contract}. Live connections are not touched.
   * Returns before the sockets are bound: what came of it is told by {@link Decider#listening}.
   *
   * @throws IllegalArgumentException naming the service, the key and what was expected; nothing was
   *     changed then
   */
  void apply(List<Map<String, Object>> services);

  /**
   * For each wanted virtual service: empty if it is listened on, or why not. One that is just being
   * opened, or that should not listen, is absent.
   */
  Map<String, String> listening();

  /**
   * The counters, by service name and by {@code service|pool/real}. The pages of one key are
   * summed; their cells are described in {@link Contract}. Shared with the wires that came before,
   * so counters never go back.
   */
  ConcurrentMap<String, AtomicReference<AtomicLongArray[]>> ledger();

  /** Room for what must outlive the decider; handed from wire to wire. JDK types only. */
  ConcurrentMap<String, Object> memory();

  /**
   * Live connections of this wire, by growing id, which is oldest first.
   *
   * @param filter keys of {@link Contract}; an absent key matches all
   */
  List<Map<String, Object>> connections(Map<String, Object> filter, int limit);

  /**
   * Sums of the matching live connections, the one with the most bytes first.
   *
   * @param by {@code client}, {@code real} or {@code service}
   */
  List<Map<String, Object>> top(String by, Map<String, Object> filter, int limit);

  /** Connections and flows that this wire holds now; cheap. */
  long held();

  /** Cuts the matching connections with a reset; the number cut. */
  int disconnect(Map<String, Object> filter);

  /**
   * For another wire: duplicates of the listening sockets, the table, ledger and memory. This wire
   * goes on accepting until {@link #retire}; if that is never called, nothing has changed.
   */
  Map<String, Object> handOver();

  /** For another wire: stop accepting, keep the live connections until they end. */
  void retire();

  /** Takes the listening sockets of another wire, of any version, and retires it. */
  void takeOverFrom(Object otherWire);
}
