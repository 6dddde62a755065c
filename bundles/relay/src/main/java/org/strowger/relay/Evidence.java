package org.strowger.relay;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * What the traffic itself tells of the real servers: who refused several connections in a row is
 * unreachable until a probe succeeds. Kept in the wire's memory, in JDK types, so that it outlives
 * an update of this bundle. The key is the real server with its address: a new address is a new
 * real server.
 */
final class Evidence {
  private static final String UNREACHABLE = "relay.unreachable";

  private final Map<String, AtomicInteger> failures;
  private final Map<String, String> unreachable;

  @SuppressWarnings("unchecked") // the contract and this class name the types of these keys
  Evidence(ConcurrentMap<String, Object> memory) {
    failures =
        (Map<String, AtomicInteger>)
            memory.computeIfAbsent(
                Contract.FAILURES, key -> new ConcurrentHashMap<String, AtomicInteger>());
    unreachable =
        (Map<String, String>)
            memory.computeIfAbsent(UNREACHABLE, key -> new ConcurrentHashMap<String, String>());
  }

  /** As the wire writes it. */
  static String key(String real, InetSocketAddress address) {
    return real + "@" + address;
  }

  /** A connect failed; true if this makes the real server unreachable. */
  boolean failed(String key, String why) {
    AtomicInteger inARow = failures.get(key);
    return inARow != null
        && inARow.get() >= Limits.FAILURES_IN_A_ROW
        && mayKeep(key)
        && unreachable.putIfAbsent(key, why) == null;
  }

  /** A real server that takes the client's port may fail on many of them: a few say enough. */
  private boolean mayKeep(String key) {
    String real = key.substring(0, key.indexOf('@') + 1);
    return unreachable.keySet().stream().filter(other -> other.startsWith(real)).count()
        < Limits.PORTS_UNREACHABLE;
  }

  /** Another address or port of the same real server is unreachable. */
  boolean othersOf(String key) {
    String real = key.substring(0, key.indexOf('@') + 1);
    return unreachable.keySet().stream().anyMatch(other -> other.startsWith(real));
  }

  /** A probe succeeded; true if this is news. */
  boolean reached(String key) {
    failures.remove(key);
    return unreachable.remove(key) != null;
  }

  boolean isUnreachable(String key) {
    return unreachable.containsKey(key);
  }

  /** Those unreachable now, with the reason. */
  Map<String, String> all() {
    return new HashMap<>(unreachable);
  }

  /** Forgets all that is not wanted any more. */
  void retain(Predicate<String> wanted) {
    failures.keySet().removeIf(wanted.negate());
    unreachable.keySet().removeIf(wanted.negate());
  }
}
