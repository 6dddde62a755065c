package org.strowger.relay;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
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

/**
 * Tries each unreachable real server about once a second, until it is reached: by a TCP connect, or
 * where datagrams were refused by a datagram of one zero byte that is not refused any more. (What
 * speaks over UDP ignores it; whether it answers questions is for health checks to see.)
 */
final class Prober implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Prober.class);

  /**
   * What to try.
   *
   * @param datagrams it refused datagrams
   */
  record Target(InetSocketAddress address, boolean datagrams) {}

  private final Supplier<Map<String, Target>> unreachable;
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
  Prober(Supplier<Map<String, Target>> unreachable, Consumer<String> reached) {
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

  private void start(String key, Target target) {
    if (underWay.size() < Limits.PROBES_AT_ONCE && underWay.add(key)) {
      Thread.ofVirtual().name("relay-probe " + key).start(() -> probe(key, target));
    }
  }

  private void probe(String key, Target target) {
    try {
      if (target.datagrams) {
        send(target.address);
      } else {
        connect(target.address);
      }
      reached.accept(key);
    } catch (IOException e) {
      log.atDebug().addKeyValue("real", key).log("still unreachable: {}", e.toString());
    } finally {
      underWay.remove(key);
    }
  }

  private static void connect(InetSocketAddress address) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address, Limits.PROBE_TIMEOUT_MILLIS);
    }
  }

  /** Throws if the datagram is refused in time; silence is what most answer. */
  private static void send(InetSocketAddress address) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(address);
      socket.setSoTimeout(Limits.PROBE_TIMEOUT_MILLIS);
      socket.send(new DatagramPacket(new byte[1], 1));
      socket.receive(new DatagramPacket(new byte[1], 1));
    } catch (SocketTimeoutException notRefused) {
      log.trace("no answer, no refusal: {}", address);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
