package org.strowger.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A steady stream of short connections: connect, ask for the real server's name, read it, end. */
public final class ShortConnections implements AutoCloseable {
  private static final int MAX_AT_ONCE = 2_000;
  private static final int TIMEOUT_MILLIS = 20_000;

  private final int port;
  private final long intervalNanos;
  private final Thread pacer;
  private final List<Failure> failures = new CopyOnWriteArrayList<>();
  private final Map<String, AtomicLong> byName = new ConcurrentHashMap<>();
  private final AtomicLong worstMillis = new AtomicLong();
  private final AtomicLong done = new AtomicLong();
  private final Semaphore atOnce = new Semaphore(MAX_AT_ONCE);
  private volatile boolean stopping;

  /**
   * What went wrong with a connection begun at this {@code System.nanoTime()}, and when by the
   * clock of logs.
   */
  private record Failure(long begun, Instant at, String what) {
    Failure(long begun, String what) {
      this(begun, Instant.now(), what);
    }
  }

  private ShortConnections(int port, int perSecond) {
    this.port = port;
    this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.pacer = Thread.ofPlatform().name("short-connections").unstarted(this::pace);
  }

  /** Starts the stream towards a port on loopback. */
  public static ShortConnections start(int port, int perSecond) {
    ShortConnections connections = new ShortConnections(port, perSecond);
    connections.pacer.start();
    return connections;
  }

  private void pace() {
    long next = System.nanoTime();
    try {
      while (!stopping) {
        atOnce.acquire();
        Thread.ofVirtual().start(this::once);
        next += intervalNanos;
        TimeUnit.NANOSECONDS.sleep(Math.max(0, next - System.nanoTime()));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void once() {
    long start = System.nanoTime();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write('w');
      String name =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      if (name.isEmpty()) {
        failures.add(new Failure(start, "ended without an answer"));
      } else {
        byName.computeIfAbsent(name, key -> new AtomicLong()).incrementAndGet();
      }
    } catch (IOException failed) {
      failures.add(new Failure(start, failed.toString()));
    } finally {
      done.incrementAndGet();
      atOnce.release();
      worstMillis.accumulateAndGet(
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start), Math::max);
    }
  }

  /** What went wrong and when, one sentence a connection. */
  public List<String> failures() {
    return failures.stream().map(failure -> failure.at() + " " + failure.what()).toList();
  }

  /**
   * What went wrong with connections begun after an instant: those begun before a real server died
   * may have been inside of it, however many a slow machine had there.
   *
   * @param instant of {@code System.nanoTime()}
   */
  public List<String> failuresBegunAfter(long instant) {
    return failures.stream().filter(f -> f.begun() - instant > 0).map(Failure::what).toList();
  }

  /** Connections that ended, well or not. */
  public long done() {
    return done.get();
  }

  /** Answers so far of the real server with this name. */
  public long answersOf(String name) {
    AtomicLong count = byName.get(name);
    return count == null ? 0 : count.get();
  }

  /** The longest a connection took, from connect to its end, in milliseconds. */
  public long worstMillis() {
    return worstMillis.get();
  }

  /** Forgets the longest so far. */
  public long takeWorstMillis() {
    return worstMillis.getAndSet(0);
  }

  @Override
  public void close() {
    stopping = true;
    try {
      pacer.join();
      if (!atOnce.tryAcquire(MAX_AT_ONCE, 2L * TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
        failures.add(new Failure(System.nanoTime(), "connections hang"));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
