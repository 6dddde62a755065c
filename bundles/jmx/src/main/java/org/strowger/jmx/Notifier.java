package org.strowger.jmx;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.MBeanNotificationInfo;
import javax.management.Notification;
import javax.management.ObjectName;
import org.strowger.api.Alarm;
import org.strowger.api.Alarms;
import org.strowger.api.DirectorEvent;
import org.strowger.api.RevisionSummary;

/**
 * Turns events of the director into notifications, on a thread of its own behind a bounded queue,
 * so that a slow listener never holds up the director. When the queue is full the event is dropped
 * and counted; a manager sees the gap in the sequence numbers and reads the active alarms again.
 */
final class Notifier {
  /** Events waiting to be sent. */
  static final int QUEUE_LIMIT = 1_024;

  static final MBeanNotificationInfo ALARMS =
      new MBeanNotificationInfo(
          new String[] {
            "strowger.alarm.raise",
            "strowger.alarm.change",
            "strowger.alarm.clear",
            "strowger.alarm.resend",
            "strowger.alarm.heartbeat",
            "strowger.alarm.listRebuilt",
            "strowger.alarm.stormStart",
            "strowger.alarm.stormEnd"
          },
          Notification.class.getName(),
          "An alarm was raised, changed, cleared or told again; user data is the alarm. Or"
              + " something is told of the list as a whole; its sequence number is the last one");

  static final MBeanNotificationInfo COMMITS =
      new MBeanNotificationInfo(
          new String[] {"strowger.config.commit", "strowger.config.takenBack"},
          Notification.class.getName(),
          "A revision was committed; user data is its summary, sequence number its number. Or one"
              + " was taken back, as it was not confirmed");

  private final BlockingQueue<DirectorEvent> queue = new ArrayBlockingQueue<>(QUEUE_LIMIT);
  private final AtomicLong dropped = new AtomicLong();
  private final Emitter director;
  private final Emitter alarms;

  Notifier(Emitter director, Emitter alarms) {
    this.director = director;
    this.alarms = alarms;
  }

  /** Takes an event; returns at once. Director's thread. */
  void offer(DirectorEvent event) {
    if (!(event instanceof DirectorEvent.StateChanged) && !queue.offer(event)) {
      dropped.incrementAndGet();
    }
  }

  /** Events that found the queue full. */
  long dropped() {
    return dropped.get();
  }

  /** Sends what comes, until interrupted. */
  void run() {
    try {
      while (true) {
        send(queue.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(DirectorEvent event) {
    switch (event) {
      case DirectorEvent.AlarmRaised raised -> alarm("raise", raised.alarm());
      case DirectorEvent.AlarmChanged changed -> alarm("change", changed.alarm());
      case DirectorEvent.AlarmCleared cleared -> alarm("clear", cleared.alarm());
      case DirectorEvent.AlarmResent resent -> alarm("resend", resent.alarm());
      case DirectorEvent.AlarmNotice(DirectorEvent.Notice notice, Alarms list) ->
          notice(notice, list);
      case DirectorEvent.RevisionCommitted committed -> commit(committed.revision());
      case DirectorEvent.RevisionTakenBack back -> takenBack(back);
      case DirectorEvent.StateChanged _ -> {
        // Not sent: it would be one a change of every counter's neighbour; managers poll states.
      }
    }
  }

  private void alarm(String what, Alarm alarm) {
    Notification notification =
        new Notification(
            "strowger.alarm." + what,
            ObjectTree.ALARMS,
            alarm.sequence(),
            alarm.changedTime().toEpochMilli(),
            alarm.severity().word() + ": " + alarm.resource() + ": " + alarm.text());
    notification.setUserData(Rows.ALARM.row(alarm));
    alarms.send(notification);
  }

  private void notice(DirectorEvent.Notice notice, Alarms list) {
    alarms.send(
        new Notification(
            "strowger.alarm." + notice.word(),
            ObjectTree.ALARMS,
            list.sequence(),
            System.currentTimeMillis(),
            list.count() + " active, " + list.suppressed() + " suppressed"));
  }

  private void takenBack(DirectorEvent.RevisionTakenBack back) {
    director.send(
        new Notification(
            "strowger.config.takenBack",
            ObjectTree.DIRECTOR,
            back.now(),
            System.currentTimeMillis(),
            back.why()));
  }

  private void commit(RevisionSummary revision) {
    ObjectName source = ObjectTree.DIRECTOR;
    Notification notification =
        new Notification(
            "strowger.config.commit",
            source,
            revision.number(),
            revision.time().toEpochMilli(),
            "revision " + revision.number() + " by " + revision.origin().user());
    notification.setUserData(Rows.REVISION.row(revision));
    director.send(notification);
  }
}
