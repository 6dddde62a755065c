package org.strowger.failover;

import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.KernelException;
import org.strowger.api.Network;

/**
 * Announces addresses on a thread of its own, so that many of them do not delay an advert; paced,
 * as switches drop what comes in a burst. What waits already is not queued twice, so the queue is
 * never longer than there are addresses.
 */
final class Announcer implements BiConsumer<Integer, InetAddress>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
  private static final long APART_NANOS = 500_000;
  private static final long PATIENCE_MILLIS = 1_000;

  private final Network network;
  private final Set<Holding.Place> waiting = new LinkedHashSet<>();
  private final Thread thread;
  private boolean closing;

  Announcer(Network network) {
    this.network = network;
    this.thread = Thread.ofPlatform().daemon().name("vrrp-announce").start(this::run);
  }

  @Override
  public synchronized void accept(Integer device, InetAddress address) {
    if (waiting.add(new Holding.Place(device, address))) {
      notifyAll();
    }
  }

  private void run() {
    try {
      while (true) {
        Holding.Place next = next();
        announce(next);
        LockSupport.parkNanos(APART_NANOS);
      }
    } catch (InterruptedException closed) { // by close
      LOG.debug("no more announcements");
    }
  }

  private synchronized Holding.Place next() throws InterruptedException {
    while (waiting.isEmpty()) {
      if (closing) {
        throw new InterruptedException();
      }
      wait();
    }
    Holding.Place next = waiting.iterator().next();
    waiting.remove(next);
    return next;
  }

  private void announce(Holding.Place place) {
    try {
      network.announce(place.device(), place.address());
    } catch (KernelException e) { // it is announced again soon
      LOG.warn("{}", e.sentence());
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("address {} is not announced", place);
    }
  }

  /** What waits is announced before. */
  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    try {
      thread.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
