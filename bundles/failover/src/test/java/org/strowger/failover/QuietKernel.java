package org.strowger.failover;

import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.strowger.api.KernelException;
import org.strowger.api.Network;
import org.strowger.api.Vrrp;
import org.strowger.api.VrrpPackets;

/** The kernel of a machine in real time; on its link is who the test plays. */
final class QuietKernel implements VrrpPackets {
  private static final long LOOK_NANOS = 50_000_000;

  /** Counted down when the sockets are about to be closed. */
  final CountDownLatch closing = new CountDownLatch(1);

  /** The sockets are closed when this is. */
  final CountDownLatch mayClose = new CountDownLatch(1);

  final SimulatedNode node =
      new SimulatedNode(new SimulatedLink(new Random(1)), 0, new Vrrp(Map.of(), Map.of()));
  private final LinkedBlockingQueue<byte[]> sent = new LinkedBlockingQueue<>();
  private final Semaphore awake = new Semaphore(0);

  /** What waits to be read. */
  final Queue<Packet> heard = new ConcurrentLinkedQueue<>();

  /** What happens after a wait ended by its time, and before the thread goes on. */
  volatile Runnable held = () -> {};

  Network network() {
    return node;
  }

  /** Adverts that were sent, in order. */
  LinkedBlockingQueue<byte[]> sent() {
    return sent;
  }

  @Override
  public Optional<String> unavailable() {
    return Optional.empty();
  }

  @Override
  public Link open() {
    return new Link() {
      @Override
      public void join(int device, boolean ipv6) {
        node.join(device, ipv6);
      }

      @Override
      public void leave(int device, boolean ipv6) {
        node.leave(device, ipv6);
      }

      @Override
      public void send(int device, InetAddress source, InetAddress to, byte[] message)
          throws KernelException {
        sent.add(message);
      }

      @Override
      public Optional<Packet> receive(long nanos) {
        Packet there = heard.poll();
        if (there != null || nanos <= 0) {
          return Optional.ofNullable(there);
        }
        try {
          boolean woken = awake.tryAcquire(Math.min(nanos, LOOK_NANOS), TimeUnit.NANOSECONDS);
          awake.drainPermits();
          if (!woken) {
            held.run();
          }
          return Optional.empty();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }

      @Override
      public void wake() {
        awake.release();
      }

      @Override
      public Optional<String> realTime() {
        return Optional.empty();
      }

      @Override
      public void close() {
        closing.countDown();
        try {
          boolean _ = mayClose.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }
}
