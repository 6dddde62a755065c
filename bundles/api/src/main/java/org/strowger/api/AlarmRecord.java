package org.strowger.api;

import java.time.Instant;

/**
 * One line of the history of alarms.
 *
 * @param number grows by one with each record, also over restarts
 * @param alarm as it was then; its sequence number is that of this record's notification, or of the
 *     last one before it if this one is of no notification
 * @param notified whether it was sent; not if the alarm is shelved or a storm was suppressed
 */
public record AlarmRecord(long number, Kind kind, Alarm alarm, Instant time, boolean notified) {

  /** What became of the alarm. */
  public enum Kind implements Coded {
    RAISE(1, "raise"),
    /** Severity or text changed. */
    CHANGE(2, "change"),
    CLEAR(3, "clear"),
    SHELVE(4, "shelve"),
    UNSHELVE(5, "unshelve"),
    ACKNOWLEDGE(6, "acknowledge");

    private final int code;
    private final String word;

    Kind(int code, String word) {
      this.code = code;
      this.word = word;
    }

    @Override
    public int code() {
      return code;
    }

    @Override
    public String word() {
      return word;
    }
  }
}
