package org.strowger.bench;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One client that sends a numbered datagram every {@value #PERIOD_MILLIS} ms through a virtual
 * service to a real server that sends it back, both here.
 */
final class DatagramProbe implements AutoCloseable {
  static final int PERIOD_MILLIS = 5;

  /** An answer that has not come by then is lost. */
  private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final DatagramSocket real = loopback();
  private final Map<Long, Long> waiting = new ConcurrentHashMap<>();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong longestGap = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private volatile long lastAnswer;
  private volatile boolean stopping;

  DatagramProbe() throws SocketException {
    Thread _ = Thread.ofPlatform().daemon().name("datagram-real").start(this::echo);
  }

  private static DatagramSocket loopback() throws SocketException {
    return new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
  }

  /** Where the real server listens. */
  int realPort() {
    return real.getLocalPort();
  }

  private void echo() {
    byte[] bytes = new byte[64];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
        real.receive(packet);
        real.send(packet);
      }
    } catch (IOException closed) {
      stopping = true; // the end of the bench
    }
  }

  /** Sends to this port of loopback from now on. */
  void start(int port) throws SocketException {
    DatagramSocket client = loopback();
    lastAnswer = System.nanoTime();
    Thread _ = Thread.ofPlatform().daemon().name("datagram-in").start(() -> receive(client));
    Thread _ = Thread.ofPlatform().daemon().name("datagram-out").start(() -> send(client, port));
  }

  private void send(DatagramSocket client, int port) {
    long next = System.nanoTime();
    try (client) {
      for (long number = 0; !stopping; number++) {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
        waiting.put(number, System.nanoTime());
        client.send(
            new DatagramPacket(bytes, bytes.length, InetAddress.ofLiteral("127.0.0.1"), port));
        next += TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
        LockSupport.parkNanos(next - System.nanoTime());
        if (number % 200 == 0) {
          forget(System.nanoTime());
        }
      }
    } catch (IOException refused) {
      // The virtual service is away: that is what is measured, by the silence it leaves.
      lost.incrementAndGet();
    }
  }

  private void forget(long now) {
    waiting
        .values()
        .removeIf(
            sent -> {
              boolean late = now - sent > LOST_NANOS;
              lost.addAndGet(late ? 1 : 0);
              return late;
            });
  }

  private void receive(DatagramSocket client) {
    byte[] bytes = new byte[64];
    try {
      while (!stopping) {
        DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
        client.receive(packet);
        long now = System.nanoTime();
        if (waiting.remove(ByteBuffer.wrap(bytes).getLong()) != null) {
          long gap = now - lastAnswer;
          longestGap.accumulateAndGet(gap, Math::max);
          lastAnswer = now;
          answered.incrementAndGet();
        }
      }
    } catch (IOException closed) {
      stopping = true;
    }
  }

  long answered() {
    return answered.get();
  }

  /** Datagrams without an answer, since this was asked last. */
  long takeLost() {
    forget(System.nanoTime());
    return lost.getAndSet(0);
  }

  /** The longest time without an answer since this was asked last, in milliseconds. */
  double takeGapMillis() {
    long open = System.nanoTime() - lastAnswer;
    return Math.max(longestGap.getAndSet(0), open) / 1e6;
  }

  @Override
  public void close() {
    stopping = true;
    real.close();
  }
}
