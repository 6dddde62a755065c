package org.strowger.relay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries a TCP connect to each unreachable real server about once a second, until one succeeds. */
final class Prober implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Prober.class);

  private final Supplier<Map<String, InetSocketAddress>> unreachable;
  private final Consumer<String> reached;
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("relay-probe").daemon().factory());

  /**
   * Starts at once.
   *
   * @param unreachable those to try now, by key
   * @param reached told the key of one that accepted
   */
  Prober(Supplier<Map<String, InetSocketAddress>> unreachable, Consumer<String> reached) {
    this.unreachable = unreachable;
    this.reached = reached;
    later();
  }

  private void later() {
    long fifth = Limits.PROBE_INTERVAL_MILLIS / 5;
    long jitter = ThreadLocalRandom.current().nextLong(-fifth, fifth + 1);
    var _ =
        clock.schedule(this::round, Limits.PROBE_INTERVAL_MILLIS + jitter, TimeUnit.MILLISECONDS);
  }

  private void round() {
    try {
      unreachable.get().forEach(this::start);
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("probing failed");
    }
    if (!clock.isShutdown()) {
      later();
    }
  }

  private void start(String key, InetSocketAddress address) {
    if (underWay.size() < Limits.PROBES_AT_ONCE && underWay.add(key)) {
      Thread.ofVirtual().name("relay-probe " + key).start(() -> probe(key, address));
    }
  }

  private void probe(String key, InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, Limits.PROBE_TIMEOUT_MILLIS);
      reached.accept(key);
    } catch (IOException e) {
      log.atDebug().addKeyValue("real", key).log("still unreachable: {}", e.getMessage());
    } finally {
      underWay.remove(key);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
