package org.strowger.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The alarm list at one moment.
 *
 * @param active in the order they were raised; shelved ones are among them, marked
 * @param history oldest first
 * @param sequence number of the last alarm notification, 0 = none yet; it grows over restarts
 * @param changed when the list last changed
 * @param rebuilt when the list was last told to be whole: after a start, a storm, a resync
 * @param historyDropped records that left the history because it was full
 * @param storm whether notifications are being suppressed
 * @param suppressed notifications that were suppressed since the start
 * @param firstSuppressed sequence number of the first one of the present or last storm
 * @param lastSuppressed sequence number of its last one so far
 * @param resyncs serial number of resync requests: one names the present one and makes it grow
 * @param overflowed conditions that found the list full
 * @param counts of each type that was ever raised, since the start
 * @param raised alarms that were raised with each severity, since the start
 */
public record Alarms(
    List<Alarm> active,
    List<AlarmRecord> history,
    long sequence,
    Instant changed,
    Instant rebuilt,
    long historyDropped,
    boolean storm,
    long suppressed,
    long firstSuppressed,
    long lastSuppressed,
    long resyncs,
    long overflowed,
    Map<AlarmType, Counts> counts,
    Map<Severity, Long> raised) {

  /** Raises and suppressed notifications of one type. */
  public record Counts(long raised, long suppressed) {
    public static final Counts NONE = new Counts(0, 0);
  }

  public Alarms {
    active = List.copyOf(active);
    history = List.copyOf(history);
    counts = Map.copyOf(counts);
    raised = Map.copyOf(raised);
  }

  /** A list with these alarms and nothing else. */
  public static Alarms of(List<Alarm> active, long sequence, Instant changed) {
    return new Alarms(
        active, List.of(), sequence, changed, changed, 0, false, 0, 0, 0, 0, 0, Map.of(), Map.of());
  }

  /** Those that are not shelved, of this severity. */
  public long count(Severity severity) {
    return active.stream().filter(a -> !a.shelved() && a.severity() == severity).count();
  }

  /** Those that are not shelved. */
  public long count() {
    return active.stream().filter(alarm -> !alarm.shelved()).count();
  }

  public long shelved() {
    return active.size() - count();
  }
}
