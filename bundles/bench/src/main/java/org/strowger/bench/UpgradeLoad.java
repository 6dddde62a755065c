package org.strowger.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.snmp4j.smi.OID;
import org.strowger.testkit.HeldConnections;
import org.strowger.testkit.ShortConnections;

/** What goes on while bundles are exchanged: connections that live and come, datagrams, polls. */
final class UpgradeLoad implements AutoCloseable {
  /** stgUpgState: the polls tell where the upgrade stands, too. */
  private static final OID STATE = new OID("1.3.6.1.4.1.32473.2.7.1.1.1.0");

  private static final Duration POLL_PERIOD = Duration.ofMillis(100);
  private static final Duration POLL_PATIENCE = Duration.ofSeconds(1);

  private final HeldConnections held;
  private final ShortConnections brief;
  private final DatagramProbe probe;
  private final SnmpPoller poller;
  private final Thread polling;
  private final AtomicLong unanswered = new AtomicLong();
  private volatile int state;
  private volatile boolean stopping;
  private int heldLost;
  private int newFailed;

  /** What was lost since it was asked last. */
  record Loss(
      int heldLost,
      int newFailed,
      double longestConnectionMillis,
      double longestGapMillis,
      long datagramsLost,
      long unansweredPolls) {}

  UpgradeLoad(int port, int held, int perSecond, int udp, DatagramProbe probe, int snmp)
      throws IOException {
    this.probe = probe;
    this.poller = new SnmpPoller(snmp);
    poller.get(STATE); // whose engine it is
    poller.patience(POLL_PATIENCE);
    this.held = HeldConnections.open(port, held);
    this.brief = ShortConnections.start(port, perSecond);
    probe.start(udp);
    this.polling = Thread.ofPlatform().daemon().name("polls").start(this::poll);
  }

  private void poll() {
    while (!stopping) {
      long next = System.nanoTime() + POLL_PERIOD.toNanos();
      try {
        state = poller.get(STATE).get(0).getVariable().toInt();
      } catch (IOException silent) {
        unanswered.incrementAndGet();
      }
      for (long left = next - System.nanoTime(); left > 0; left = next - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }
  }

  /** StgUpgradeState, as the last answered poll had it. */
  int state() {
    return state;
  }

  /** Whether all of it goes on. */
  boolean flows() {
    return brief.done() > 0 && held.blocks() > 0 && probe.answered() > 0;
  }

  Loss take() {
    int heldNow = held.lost().size();
    int newNow = brief.failures().size();
    Loss loss =
        new Loss(
            heldNow - heldLost,
            newNow - newFailed,
            brief.takeWorstMillis(),
            probe.takeGapMillis(),
            probe.takeLost(),
            unanswered.getAndSet(0));
    heldLost = heldNow;
    newFailed = newNow;
    return loss;
  }

  /** The last that went wrong, for who wants to know why. */
  String lastFailure() {
    String lost = held.lost().isEmpty() ? "" : held.lost().getLast();
    return brief.failures().isEmpty() ? lost : brief.failures().getLast() + " " + lost;
  }

  long connections() {
    return brief.done();
  }

  @Override
  public void close() throws IOException {
    stopping = true;
    try {
      polling.join(POLL_PATIENCE.multipliedBy(2));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    brief.close();
    held.close();
    probe.close();
    poller.close();
  }
}
