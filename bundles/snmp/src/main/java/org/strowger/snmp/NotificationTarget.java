package org.strowger.snmp;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.NotificationKind;

/**
 * One receiver of notifications. Traps leave at once, or over TLS as soon as there is a session.
 * Informs leave one after the other, each when the one before was acknowledged or given up, so that
 * they arrive in order; the others wait in a bounded queue whose oldest is dropped when it is full:
 * the gap in the sequence numbers tells the manager to read the table. What it did not acknowledge,
 * or could not be sent, it gets again, out of the history, when it acknowledges something or there
 * is a session; traps over UDP only on request, as nobody knows which were lost. Used by the
 * agent's thread only; the counters may be read by any.
 */
final class NotificationTarget {
  /** Notifications that wait for one target. */
  static final int QUEUE_LIMIT = 256;

  private static final Logger log = LoggerFactory.getLogger(NotificationTarget.class);

  /** Hands a notification to the network. */
  interface Sender {
    /** Whether something can be sent to it now; else {@link #reachable} is to be called. */
    default boolean isReady(SnmpTarget target) {
      return true;
    }

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
  private final Told told;
  private final Queue<Notification> waiting = new ArrayDeque<>();
  private boolean inFlight;
  private long beatNanos = System.nanoTime();
  private long lastSequence;
  private long trapsSent;
  private long informsSent;
  private long informsAcked;
  private long informsTimedOut;
  private long dropped;
  private long missed;
  private long missedLast;
  private long replays;
  private TargetState state = TargetState.UNTESTED;
  private volatile TargetCounters counters = TargetCounters.ZERO;

  /** What was told of alarms from one sequence number to another, both included, oldest first. */
  interface Told {
    List<Notification> between(long first, long last);
  }

  NotificationTarget(SnmpTarget configured, Sender sender, Told told) {
    this.configured = configured;
    this.sender = sender;
    this.told = told;
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
    enqueue(notification);
    sendWaiting();
    publish();
  }

  /** Sends what all are told, but for heartbeats if it has some of its own. */
  void tell(Notification notification) {
    boolean heartbeat = notification.name().equals(AlarmNotifications.HEARTBEAT_NAME);
    if (!heartbeat || configured.heartbeat().isEmpty()) {
      send(notification);
    }
  }

  /** Sends a heartbeat of its own if one is due. */
  void beat(long nanos, Supplier<Notification> heartbeat) {
    long interval = configured.heartbeat().orElse(Duration.ZERO).toNanos();
    if (interval > 0 && nanos - beatNanos >= interval) {
      beatNanos = nanos;
      send(heartbeat.get());
    }
  }

  /**
   * There is a session with it now: what waits leaves, then what it missed.
   *
   * @param upTime sysUpTime now
   */
  void reachable(long upTime) {
    reached(TargetState.OK);
    sendWaiting();
    replayMissed(upTime);
    publish();
  }

  /** There is no session with it. */
  void unreachable() {
    reached(TargetState.UNREACHABLE);
    publish();
  }

  private void enqueue(Notification notification) {
    if (waiting.size() >= QUEUE_LIMIT) {
      missed(waiting.remove());
      dropped++;
    }
    waiting.add(notification);
  }

  private void missed(Notification notification) {
    long number = notification.sequence();
    if (number > 0) {
      missed = missed == 0 ? number : missed;
      missedLast = number;
    }
  }

  /**
   * Sends again what was told from this sequence number on, and says so.
   *
   * @param upTime sysUpTime now
   */
  void replay(long from, long upTime) {
    replay(from, lastSequence, upTime);
    publish();
  }

  private void replay(long from, long last, long upTime) {
    List<Notification> again = told.between(from, last);
    // More than the queue holds would only push each other out: the newest are what counts.
    int skipped = Math.max(0, again.size() - QUEUE_LIMIT / 2);
    for (Notification each : again.subList(skipped, again.size())) {
      enqueue(each);
    }
    long first = again.isEmpty() ? from : again.get(skipped).sequence();
    enqueue(AlarmNotifications.replayed(configured.name(), first, last, upTime));
    replays++;
    sendWaiting();
  }

  private void trap(Notification notification) {
    try {
      sender.trap(configured, notification);
      trapsSent++;
      handedOver(notification);
      reached(TargetState.OK);
    } catch (IOException | RuntimeException e) {
      failed(notification, e);
    }
  }

  private void sendWaiting() {
    while (!inFlight && !waiting.isEmpty() && sender.isReady(configured)) {
      Notification notification = waiting.remove();
      if (configured.kind() == NotificationKind.TRAP) {
        trap(notification);
      } else {
        inform(notification);
      }
    }
  }

  private void inform(Notification notification) {
    try {
      inFlight = true;
      sender.inform(configured, notification, good -> answered(notification, good));
      informsSent++;
      handedOver(notification);
    } catch (IOException | RuntimeException e) {
      inFlight = false;
      failed(notification, e);
    }
  }

  private void answered(Notification notification, boolean acknowledged) {
    inFlight = false;
    if (acknowledged) {
      informsAcked++;
      reached(TargetState.OK);
      replayMissed(notification.upTime());
    } else {
      informsTimedOut++;
      missed(notification);
      reached(TargetState.UNREACHABLE);
    }
    sendWaiting();
    publish();
  }

  /** It is there again: it gets what it missed, also what could not even be sent. */
  private void replayMissed(long upTime) {
    if (missed > 0) {
      long from = missed;
      missed = 0;
      replay(from, missedLast, upTime);
    }
  }

  private void handedOver(Notification notification) {
    long number = notification.sequence();
    if (number > 0 && (lastSequence == 0 || isAfter(number, lastSequence))) {
      lastSequence = number;
    }
  }

  /** Whether a sequence number comes later than another; it wraps. */
  static boolean isAfter(long number, long other) {
    return ((number - other) & 0xFFFF_FFFFL) < 0x8000_0000L && number != other;
  }

  private void failed(Notification notification, Exception e) {
    dropped++;
    missed(notification);
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
          .log(now == TargetState.OK ? "target is reached" : "target is not reached");
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
            state,
            missed,
            replays);
  }
}
