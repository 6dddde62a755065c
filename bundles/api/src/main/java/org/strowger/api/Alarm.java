package org.strowger.api;

import java.time.Instant;

/**
 * An active alarm. Its identity is (type, resource); the index is its own as long as it is active,
 * also over restarts.
 *
 * @param resource DN-like: {@code service=web}, {@code pool=web,real=a}, {@code bundle=NAME}
 * @param originalSeverity with which it was raised
 * @param sequence number of the last notification about it; 0 if there was none, as it is shelved
 * @param raiseSequence number of the notification that raised it
 * @param rootCause index of the active alarm it is to be seen with, which says more; 0 if none is
 *     known
 * @param flapping whether it comes and goes so often that this is only counted
 * @param transitions how often its condition came or went since it was raised
 * @param suppressed notifications about it that were not sent
 * @param shelved whether an operator put it aside; it is not notified then
 * @param acknowledgedBy user who acknowledged it, or empty
 */
public record Alarm(
    long index,
    AlarmType type,
    String resource,
    Severity severity,
    Severity originalSeverity,
    String text,
    Instant raisedTime,
    Instant changedTime,
    long sequence,
    long raiseSequence,
    long rootCause,
    boolean flapping,
    long transitions,
    long suppressed,
    boolean shelved,
    String acknowledgedBy) {

  /** One that was just raised and nothing else happened to. */
  public static Alarm raised(
      long index,
      AlarmType type,
      String resource,
      Severity severity,
      String text,
      Instant now,
      long sequence) {
    return new Alarm(
        index, type, resource, severity, severity, text, now, now, sequence, sequence, 0, false, 0,
        0, false, "");
  }

  /** The same at a later time, with the sequence number of a later notification. */
  public Alarm at(Instant now, long number) {
    return new Alarm(
        index,
        type,
        resource,
        severity,
        originalSeverity,
        text,
        raisedTime,
        now,
        number,
        raiseSequence,
        rootCause,
        flapping,
        transitions,
        suppressed,
        shelved,
        acknowledgedBy);
  }

  /** Whether users can feel it: true for critical and major, as X.733 defines these. */
  public boolean serviceAffecting() {
    return severity == Severity.CRITICAL || severity == Severity.MAJOR;
  }
}
