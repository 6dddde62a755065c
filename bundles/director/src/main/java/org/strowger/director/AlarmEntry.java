package org.strowger.director;

import java.time.Instant;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmType;
import org.strowger.api.Severity;

/** An active alarm as the store works on it. The director's thread only. */
final class AlarmEntry {
  /** The identity of an alarm. */
  record Key(AlarmType type, String resource) {}

  final Key key;
  final long index;
  final Severity originalSeverity;
  final Instant raisedTime;
  Severity severity;
  String text;
  Instant changedTime;
  long sequence;
  long raiseSequence;
  long rootCause;
  boolean flapping;
  long transitions;
  long suppressed;
  boolean shelved;
  String acknowledgedBy = "";

  /** Whether a manager was told of it, or could read it at a moment when it was asked to. */
  boolean told;

  /** Whether its condition held at the last look. */
  boolean held = true;

  /** Monotonic time at which the condition ended; counts while it is not held. */
  long endedAt;

  /** Restored from the disk and its condition not seen since. */
  boolean restored;

  AlarmEntry(Key key, long index, Severity severity, String text, Instant now) {
    this.key = key;
    this.index = index;
    this.severity = severity;
    this.originalSeverity = severity;
    this.text = text;
    this.raisedTime = now;
    this.changedTime = now;
  }

  /** As it was when the last director ended. */
  AlarmEntry(Alarm alarm) {
    this.key = new Key(alarm.type(), alarm.resource());
    this.index = alarm.index();
    this.severity = alarm.severity();
    this.originalSeverity = alarm.originalSeverity();
    this.text = alarm.text();
    this.raisedTime = alarm.raisedTime();
    this.changedTime = alarm.changedTime();
    this.sequence = alarm.sequence();
    this.raiseSequence = alarm.raiseSequence();
    this.rootCause = alarm.rootCause();
    this.flapping = alarm.flapping();
    this.transitions = alarm.transitions();
    this.suppressed = alarm.suppressed();
    this.shelved = alarm.shelved();
    this.acknowledgedBy = alarm.acknowledgedBy();
    this.told = !shelved; // the list is told to be rebuilt after a start
    this.restored = true;
  }

  Alarm alarm() {
    return new Alarm(
        index,
        key.type(),
        key.resource(),
        severity,
        originalSeverity,
        text,
        raisedTime,
        changedTime,
        sequence,
        raiseSequence,
        rootCause,
        flapping,
        transitions,
        suppressed,
        shelved,
        acknowledgedBy);
  }
}
