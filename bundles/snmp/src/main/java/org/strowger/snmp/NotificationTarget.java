package org.strowger.snmp;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
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
 * or could not be sent, or was handed to a session that broke, it gets again, out of the history,
 * when it acknowledges something or there is a session, and nothing waits any more; traps over UDP
 * only on request, as nobody knows which were lost. Used by the agent's thread only; what is
 * configured and the counters may be read by any.
 */
final class NotificationTarget {
  /** Notifications that wait for one target. */
  static final int QUEUE_LIMIT = 256;

  /** Notifications of alarms that are sent again at once, the newest: as many again may come. */
  static final int REPLAY_LIMIT = QUEUE_LIMIT / 2;

  /**
   * Who ends a session in order has read what came before; of what came so shortly before that is
   * not sure.
   */
  private static final long READ_NANOS = 10_000_000_000L;

  /** So many sequence numbers, which wrap, come after one. */
  private static final long HALF_OF_ALL = 0x7FFF_FFFEL;

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

  private volatile SnmpTarget configured;
  private final Sender sender;
  private final Told told;
  private final LongSupplier nanoTime;
  private final ArrayDeque<Notification> waiting = new ArrayDeque<>();

  /** What it is known not to have. */
  private final SequenceSpan missed = new SequenceSpan();

  /** Traps that were handed to the session that stands. */
  private final SequenceSpan handed = new SequenceSpan();

  /** Those of them that it was told for the first time, without a pause in between. */
  private final SequenceSpan recent = new SequenceSpan();

  private long recentNanos;
  private boolean inFlight;
  private long beatNanos;
  private long lastSequence;
  private long trapsSent;
  private long informsSent;
  private long informsAcked;
  private long informsTimedOut;
  private long dropped;
  private long replays;
  private TargetState state = TargetState.UNTESTED;
  private volatile TargetCounters counters = TargetCounters.ZERO;

  /** What was told of alarms from one sequence number to another, both included, oldest first. */
  interface Told {
    List<Notification> between(long first, long last);
  }

  NotificationTarget(SnmpTarget configured, Sender sender, Told told, LongSupplier nanoTime) {
    this.configured = configured;
    this.sender = sender;
    this.told = told;
    this.nanoTime = nanoTime;
    this.beatNanos = nanoTime.getAsLong();
  }

  SnmpTarget configured() {
    return configured;
  }

  /**
   * Whether it is the receiver of this name at the other end of {@code by}, whatever else is
   * configured of it: then what waits for it and what it missed stays.
   */
  @SuppressWarnings("ReferenceEquality") // Identity is meant: a sender is a socket.
  boolean isSame(SnmpTarget other, Sender by) {
    return sender == by
        && configured.name().equals(other.name())
        && configured.address().equals(other.address())
        && configured.port() == other.port()
        && configured.fingerprint().equals(other.fingerprint());
  }

  /**
   * What else is configured of it.
   *
   * @param now one that {@link #isSame}
   */
  void configure(SnmpTarget now) {
    configured = now;
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
    if (!isHeartbeat(notification) || configured.heartbeat().isEmpty()) {
      send(notification);
    }
  }

  private static boolean isHeartbeat(Notification notification) {
    return notification.name().equals(AlarmNotifications.HEARTBEAT_NAME);
  }

  /** Sends a heartbeat of its own if one is due. */
  void beat(Supplier<Notification> heartbeat) {
    long interval = configured.heartbeat().orElse(Duration.ZERO).toNanos();
    long nanos = nanoTime.getAsLong();
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

  /**
   * There is no session with it. Of traps over one that stood nobody knows which it got: the kernel
   * finds out late that the other end is gone, and takes them until then.
   *
   * @param inOrder whether it ended the session itself, as one that read what it was sent
   */
  void unreachable(boolean inOrder) {
    if (!inOrder) {
      missed.addLast(handed, REPLAY_LIMIT);
    } else if (nanoTime.getAsLong() - recentNanos < READ_NANOS) {
      missed.addLast(recent, REPLAY_LIMIT);
    }
    handed.clear();
    recent.clear();
    reached(TargetState.UNREACHABLE);
    publish();
  }

  private void enqueue(Notification notification) {
    if (isHeartbeat(notification)) { // it tells all that one before it would, and takes no place
      waiting.removeIf(NotificationTarget::isHeartbeat);
    }
    if (waiting.size() >= QUEUE_LIMIT) {
      missed.add(waiting.remove().sequence());
      dropped++;
    }
    waiting.add(notification);
  }

  /**
   * Sends again what was told from this sequence number on, and says so; after what waits, which it
   * would push out of the queue.
   *
   * @param upTime sysUpTime now
   */
  void replay(long from, long upTime) {
    // Before it was told anything all that comes after is meant: told before this agent started.
    long last = lastSequence == 0 ? (from + HALF_OF_ALL) & 0xFFFF_FFFFL : lastSequence;
    if (isIdle()) {
      replay(from, last, upTime);
    } else {
      missed.add(from);
      missed.add(last);
    }
    publish();
  }

  /** Whether nothing waits, for its turn or for its acknowledgement. */
  private boolean isIdle() {
    return waiting.isEmpty() && !inFlight;
  }

  private void replay(long from, long last, long upTime) {
    List<Notification> again = told.between(from, last);
    int skipped = Math.max(0, again.size() - REPLAY_LIMIT);
    for (Notification each : again.subList(skipped, again.size())) {
      enqueue(each);
    }
    long first = again.isEmpty() ? from : again.get(skipped).sequence();
    long until = again.isEmpty() ? lastSequence : again.getLast().sequence();
    enqueue(AlarmNotifications.replayed(configured.name(), first, until, upTime));
    replays++;
    sendWaiting();
  }

  private void trap(Notification notification) {
    try {
      sender.trap(configured, notification);
      trapsSent++;
      handedToSession(notification.sequence());
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
    } else {
      informsTimedOut++;
      missed.add(notification.sequence());
      reached(TargetState.UNREACHABLE);
    }
    sendWaiting();
    if (acknowledged) {
      replayMissed(notification.upTime());
    }
    publish();
  }

  /**
   * It is there again: it gets what it missed, also what could not even be sent. Not before nothing
   * waits: what is newer would be pushed out of the queue.
   */
  private void replayMissed(long upTime) {
    if (!missed.isEmpty() && isIdle()) {
      long from = missed.first();
      long last = missed.last();
      missed.clear();
      replay(from, last, upTime);
    }
  }

  /** What is sent again is not recent: who ends a session after each is not told for ever. */
  private void handedToSession(long number) {
    handed.add(number);
    if (isNew(number)) {
      long now = nanoTime.getAsLong();
      if (now - recentNanos >= READ_NANOS) {
        recent.clear();
      }
      recentNanos = now;
      recent.add(number);
    }
  }

  private void handedOver(Notification notification) {
    if (isNew(notification.sequence())) {
      lastSequence = notification.sequence();
    }
  }

  private boolean isNew(long number) {
    return number > 0 && (lastSequence == 0 || SequenceSpan.isAfter(number, lastSequence));
  }

  private void failed(Notification notification, Exception e) {
    dropped++;
    missed.add(notification.sequence());
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
            missed.first(),
            replays);
  }
}
