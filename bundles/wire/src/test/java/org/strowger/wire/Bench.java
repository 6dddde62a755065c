package org.strowger.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** A wire with one virtual service {@code web} for a test. */
final class Bench implements AutoCloseable {
  final SocketWire wire;
  final InetSocketAddress address;
  final TestDecider decider;

  /** Further keys of the service. */
  final Map<String, Object> keys = new HashMap<>();

  Bench(Transport transport, TestDecider decider) {
    this(transport, decider, Bounds.ofProcess());
  }

  Bench(Transport transport, TestDecider decider, Bounds bounds) {
    this.wire = new SocketWire(transport, 2, SocketWire.Books.empty(), bounds, () -> {});
    this.decider = decider;
    this.address = freeAddress();
  }

  static Bench of(Transport transport, InetSocketAddress... reals) {
    Bench bench = new Bench(transport, new TestDecider(reals));
    bench.wire.decideBy(bench.decider);
    bench.serve();
    return bench;
  }

  void serve() {
    wire.apply(List.of(service("web", address)));
    await("listening", () -> "".equals(wire.listening().get("web")));
  }

  Map<String, Object> service(String name, InetSocketAddress where) {
    List<Map<String, Object>> reals = new ArrayList<>();
    decider.reals.forEach(
        real ->
            reals.add(
                Map.of(
                    Contract.ID, real.getKey(),
                    Contract.ADDRESS, real.getValue(),
                    Contract.WEIGHT, 1)));
    Map<String, Object> service =
        new HashMap<>(
            Map.of(
                Contract.NAME, name,
                Contract.ADDRESS, where,
                Contract.CONNECT_TIMEOUT, 2_000L,
                Contract.CONNECT_TRIES, 3,
                Contract.REALS, reals));
    service.putAll(keys);
    return service;
  }

  static InetSocketAddress freeAddress() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  Socket client() throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(20_000);
    socket.connect(address, 10_000);
    return socket;
  }

  private AtomicLongArray[] pages(String key) {
    return Objects.requireNonNull(wire.ledger().get(key), key).get();
  }

  /** The sum of a counter of the service. */
  long count(int cell) {
    return Ledger.sum(pages("web"), Contract.SERVICE_ROW, cell);
  }

  long verdicts(int verdict) {
    return count(Contract.VERDICTS + verdict);
  }

  long real(String id, int cell) {
    return Ledger.sum(pages("web|" + id), Contract.REAL_ROW, cell);
  }

  /** The sum of a counter of the wire itself. */
  long own(int cell) {
    return Ledger.sum(pages(Contract.WIRE_PAGE), Contract.SERVICE_ROW, cell);
  }

  /** The same wire and service with another key changed. */
  void edit(String key, Object value) {
    keys.put(key, value);
    wire.apply(List.of(service("web", address)));
  }

  /** Everything that goes up and down is back at zero. */
  void awaitNothingLeft() {
    await("table empty", () -> wire.live() == 0);
    for (int gauge : List.of(Contract.CONNS_HELD, Contract.WAITING)) {
      settles(0, () -> count(gauge), "cell " + gauge);
    }
    settles(0, () -> own(Contract.BUFFER_BYTES), "bytes that wait");
    for (var real : decider.reals) {
      if (wire.ledger().containsKey("web|" + real.getKey())) {
        settles(0, () -> real(real.getKey(), Contract.ACTIVE), real + " active");
        settles(0, () -> real(real.getKey(), Contract.INACTIVE), real + " inactive");
      }
    }
    settles(
        0, () -> count(Contract.CONNS_TOTAL) - allVerdicts(), "connections without one verdict");
  }

  private long allVerdicts() {
    long verdicts = 0;
    for (int code = 1; code < 48; code++) {
      verdicts += verdicts(code);
    }
    return verdicts;
  }

  static void available(Transport transport) {
    String only = System.getProperty("strowger.test.transport", transport.word());
    assumeTrue(transport.word().equals(only), () -> "only " + only + " is asked for");
    assumeTrue(transport.available(), () -> transport + " is not available on this machine");
  }

  /**
   * Waits until a counter of another thread has this value: bytes are counted once on their way.
   */
  static void settles(long expected, LongSupplier counter) {
    settles(expected, counter, "counter");
  }

  static void settles(long expected, LongSupplier counter, String what) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (counter.getAsLong() != expected && System.nanoTime() < deadline) {
      LockSupport.parkNanos(2_000_000);
    }
    assertEquals(expected, counter.getAsLong(), what);
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        fail("did not come about within 20 s: " + what);
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        fail("interrupted");
      }
    }
  }

  @Override
  public void close() {
    wire.close();
  }
}
