package org.strowger.snmp;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.NotificationKind;

/**
 * One receiver of notifications. Traps leave at once. Informs leave one after the other, each when
 * the one before was acknowledged or given up, so that they arrive in order; the others wait in a
 * bounded queue whose oldest is dropped when it is full: the gap in the sequence numbers tells the
 * manager to read the table. Used by the agent's thread only; the counters may be read by any.
 */
final class NotificationTarget {
  /** Informs that wait for one target. */
  static final int QUEUE_LIMIT = 256;

  private static final Logger log = LoggerFactory.getLogger(NotificationTarget.class);

  /** Hands a notification to the network. */
  interface Sender {
    /** Sends once. */
    void trap(SnmpTarget target, Notification notification) throws IOException;

    /**
     * Sends until it is acknowledged or its retries are used up.
     *
     * @param outcome is told once, on the agent's thread, whether it was acknowledged
     */
    void inform(SnmpTarget target, Notification notification, Consumer<Boolean> outcome)
        throws IOException;
  }

  private final SnmpTarget configured;
  private final Sender sender;
  private final Queue<Notification> waiting = new ArrayDeque<>();
  private boolean inFlight;
  private long lastSequence;
  private long trapsSent;
  private long informsSent;
  private long informsAcked;
  private long informsTimedOut;
  private long dropped;
  private TargetState state = TargetState.UNTESTED;
  private volatile TargetCounters counters = TargetCounters.ZERO;

  NotificationTarget(SnmpTarget configured, Sender sender) {
    this.configured = configured;
    this.sender = sender;
  }

  SnmpTarget configured() {
    return configured;
  }

  /** Whether it sends by this very sender. */
  @SuppressWarnings("ReferenceEquality") // Identity is meant: a sender is a socket.
  boolean sendsBy(Sender other) {
    return sender == other;
  }

  TargetCounters counters() {
    return counters;
  }

  void send(Notification notification) {
    if (configured.kind() == NotificationKind.TRAP) {
      trap(notification);
    } else {
      if (waiting.size() >= QUEUE_LIMIT) {
        waiting.remove();
        dropped++;
      }
      waiting.add(notification);
      nextInform();
    }
    publish();
  }

  private void trap(Notification notification) {
    try {
      sender.trap(configured, notification);
      trapsSent++;
      handedOver(notification);
      reached(TargetState.OK);
    } catch (IOException | RuntimeException e) {
      failed(e);
    }
  }

  private void nextInform() {
    while (!inFlight && !waiting.isEmpty()) {
      Notification notification = waiting.remove();
      try {
        inFlight = true;
        sender.inform(configured, notification, this::answered);
        informsSent++;
        handedOver(notification);
      } catch (IOException | RuntimeException e) {
        inFlight = false;
        failed(e);
      }
    }
  }

  private void answered(boolean acknowledged) {
    inFlight = false;
    if (acknowledged) {
      informsAcked++;
      reached(TargetState.OK);
    } else {
      informsTimedOut++;
      reached(TargetState.UNREACHABLE);
    }
    nextInform();
    publish();
  }

  private void handedOver(Notification notification) {
    if (notification.sequence() > 0) {
      lastSequence = notification.sequence();
    }
  }

  private void failed(Exception e) {
    dropped++;
    if (state != TargetState.UNREACHABLE) {
      log.atWarn()
          .addKeyValue("target", configured.name())
          .log("notification could not be sent: {}", e.toString());
    }
    state = TargetState.UNREACHABLE;
  }

  private void reached(TargetState now) {
    if (state != now) {
      log.atInfo()
          .addKeyValue("target", configured.name())
          .log(now == TargetState.OK ? "target is reached" : "target does not acknowledge");
    }
    state = now;
  }

  private void publish() {
    counters =
        new TargetCounters(
            lastSequence,
            trapsSent,
            informsSent,
            informsAcked,
            informsTimedOut,
            dropped,
            waiting.size() + (inFlight ? 1 : 0),
            state);
  }
}
