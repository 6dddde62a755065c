package org.strowger.wire;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all connections of a wire share: who decides, how bytes move, what is remembered. */
final class Exchange {
  private static final Logger log = LoggerFactory.getLogger(Exchange.class);
  private static final long WARN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Transport transport;
  private final long generation;
  private final ConcurrentMap<String, Object> memory;
  private final Map<String, AtomicInteger> failures;
  private final Runnable whenIdle;
  private final AtomicLong warned = new AtomicLong(System.nanoTime() - WARN_NANOS);
  private @Nullable Object owner;
  private volatile @Nullable Decider decider;

  Exchange(
      Transport transport,
      long generation,
      ConcurrentMap<String, Object> memory,
      Runnable whenIdle) {
    this.transport = transport;
    this.generation = generation;
    this.memory = memory;
    this.whenIdle = whenIdle;
    this.failures = failures(memory);
  }

  @SuppressWarnings("unchecked") // the contract names the type of this key
  private static Map<String, AtomicInteger> failures(ConcurrentMap<String, Object> memory) {
    return (Map<String, AtomicInteger>)
        memory.computeIfAbsent(
            Contract.FAILURES, key -> new ConcurrentHashMap<String, AtomicInteger>());
  }

  Transport transport() {
    return transport;
  }

  long generation() {
    return generation;
  }

  ConcurrentMap<String, Object> memory() {
    return memory;
  }

  @Nullable Decider decider() {
    return decider;
  }

  /** From now on {@code bound}, a view of {@code given}, decides. */
  synchronized void decider(Object given, Decider bound) {
    owner = given;
    decider = bound;
  }

  @SuppressWarnings("ReferenceEquality") // this very object, whatever its class calls equal
  synchronized void undecide(Object given) {
    if (owner == given) {
      owner = null;
      decider = null;
    }
  }

  /** The decision for a new connection; null if nobody is there or able to decide. */
  @Nullable Object choose(
      ServicePort port,
      InetSocketAddress client,
      InetSocketAddress destination,
      Set<String> tried,
      int attempt,
      BiConsumer<String, List<?>> bind) {
    Decider present = decider;
    if (present == null) {
      return null;
    }
    try {
      return present.choose(port.name(), client, destination, tried, attempt, bind);
    } catch (RuntimeException | LinkageError e) {
      // The decider must not throw. It may be an old one whose bundle is just going away, so the
      // connection waits for the next one as if there were none.
      if (mayWarn()) {
        log.atError().addKeyValue("service", port.name()).setCause(e).log("decision failed");
      }
      return null;
    }
  }

  /** Tells the decider, if there is one, that a real server did not take a connection. */
  void tellFailure(ServicePort port, String real, InetSocketAddress address, String why) {
    Decider present = decider;
    if (present == null) {
      return;
    }
    try {
      present.connectFailed(port.name(), real, address, why);
    } catch (RuntimeException | LinkageError e) {
      log.atError().addKeyValue("real", real).setCause(e).log("evidence not taken");
    }
  }

  /** Tells the decider, if there is one, that something runs short; empty: no more. */
  void tellShortage(String resource, String why) {
    Decider present = decider;
    if (present == null) {
      return;
    }
    try {
      present.shortage(resource, why);
    } catch (RuntimeException | LinkageError e) {
      log.atError().addKeyValue("resource", resource).setCause(e).log("shortage not told");
    }
  }

  /** A connection ended and its loop carries no other one. */
  void idle() {
    whenIdle.run();
  }

  /** One more connect failure in a row of this real server at this address. */
  void failed(String endpoint) {
    failures.computeIfAbsent(endpoint, key -> new AtomicInteger()).incrementAndGet();
  }

  /** It took a connection. */
  void succeeded(String id, Object address) {
    if (!failures.isEmpty()) {
      failures.remove(id + "@" + address);
    }
  }

  /** True now and then, so that a flood of warnings stays a line every ten seconds. */
  boolean mayWarn() {
    long last = warned.get();
    long now = System.nanoTime();
    return now - last >= WARN_NANOS && warned.compareAndSet(last, now);
  }
}
