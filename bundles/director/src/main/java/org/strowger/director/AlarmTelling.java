package org.strowger.director;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmRecord;
import org.strowger.api.AlarmRecord.Kind;
import org.strowger.api.AlarmSettings;
import org.strowger.api.AlarmType;
import org.strowger.api.Alarms;
import org.strowger.api.DirectorEvent;
import org.strowger.api.DirectorEvent.Notice;
import org.strowger.api.Severity;

/**
 * What is told of the alarms, in which order and under which sequence numbers; and the history. A
 * number is used once, also if its notification is suppressed: a manager sees the gap. The end of
 * an alarm that was told is told always. Pure; the director's thread only.
 */
final class AlarmTelling {
  private static final long LAST_NUMBER = 0xFFFF_FFFFL;

  private final Throttle throttle = new Throttle();
  private final Deque<AlarmRecord> history = new ArrayDeque<>();

  /** The history as it was last asked for; null when it has changed since. */
  private @Nullable List<AlarmRecord> copy;

  private final Map<AlarmType, Alarms.Counts> counts = new EnumMap<>(AlarmType.class);
  private final Map<Severity, Long> raised = new EnumMap<>(Severity.class);
  private final Deque<AlarmEntry> resend = new ArrayDeque<>();
  private final List<Pending> pending = new ArrayList<>();
  private final List<AlarmRecord> records = new ArrayList<>();
  private AlarmSettings settings = AlarmSettings.STANDARD;
  private Instant now;
  private Instant changed;
  private Instant rebuilt;
  private long nanos;
  private long sequence;
  private long lastRecord;
  private long dropped;
  private long suppressed;
  private long firstSuppressed;
  private long lastSuppressed;
  private long resyncs;
  private boolean resyncing;
  private boolean heartbeats;
  private long lastHeartbeat;

  /** An event, or a notice that is made when the list of this round is known. */
  private sealed interface Pending {
    record Event(DirectorEvent event) implements Pending {}

    record Told(Notice notice) implements Pending {}
  }

  AlarmTelling(Instant now) {
    this.now = now;
    this.changed = now;
    this.rebuilt = now;
  }

  /** StgSeqNo: 1 to 4294967295, then 1 again. */
  static long next(long number) {
    return after(number, 1);
  }

  /** So many numbers further on the same circle. */
  static long after(long number, long further) {
    return (number + further - 1) % LAST_NUMBER + 1;
  }

  void restore(AlarmLines.State state) {
    sequence = state.sequence();
    lastRecord = state.lastRecord();
    changed = state.changed();
    resyncs = state.resyncs();
    history.addAll(state.history());
    copy = null;
  }

  Instant now() {
    return now;
  }

  /** A round of the store begins. */
  void begin(AlarmSettings wanted, Instant instant, long monotonic) {
    settings = wanted;
    now = instant;
    nanos = monotonic;
    throttle.set(wanted.throttleRate(), wanted.throttleBurst(), monotonic);
    trim();
  }

  void raised(AlarmEntry entry) {
    counts.merge(entry.key.type(), new Alarms.Counts(1, 0), AlarmTelling::plus);
    raised.merge(entry.severity, 1L, Long::sum);
    changed = now;
    boolean notify = !entry.shelved && number(entry);
    entry.raiseSequence = entry.sequence;
    entry.told = notify;
    record(Kind.RAISE, entry, notify);
    if (notify) {
      event(new DirectorEvent.AlarmRaised(entry.alarm()));
    }
  }

  void changed(AlarmEntry entry) {
    entry.changedTime = now;
    changed = now;
    boolean notify = !entry.shelved && number(entry);
    entry.told |= notify;
    record(Kind.CHANGE, entry, notify);
    if (notify) {
      event(new DirectorEvent.AlarmChanged(entry.alarm()));
    }
  }

  void cleared(AlarmEntry entry) {
    entry.changedTime = now;
    changed = now;
    resend.remove(entry);
    boolean notify = !entry.shelved && end(entry);
    record(Kind.CLEAR, entry, notify);
    if (notify) {
      event(new DirectorEvent.AlarmCleared(entry.alarm()));
    }
  }

  /** It was put aside, or taken back: for a manager it ended, or was raised. */
  void shelved(AlarmEntry entry) {
    changed = now;
    boolean notify = entry.shelved ? end(entry) : number(entry);
    entry.told = !entry.shelved && notify;
    record(entry.shelved ? Kind.SHELVE : Kind.UNSHELVE, entry, notify);
    if (notify) {
      event(
          entry.shelved
              ? new DirectorEvent.AlarmCleared(entry.alarm())
              : new DirectorEvent.AlarmRaised(entry.alarm()));
    }
  }

  /** Gives it the next sequence number; whether it may be sent. */
  private boolean number(AlarmEntry entry) {
    sequence = next(sequence);
    entry.sequence = sequence;
    return throttle.take(nanos) || suppress(entry);
  }

  /** The end of what was told is always told. */
  private boolean end(AlarmEntry entry) {
    sequence = next(sequence);
    entry.sequence = sequence;
    return entry.told || suppress(entry);
  }

  private boolean suppress(AlarmEntry entry) {
    entry.suppressed++;
    suppressed++;
    lastSuppressed = entry.sequence;
    counts.merge(entry.key.type(), new Alarms.Counts(0, 1), AlarmTelling::plus);
    if (throttle.suppress()) {
      firstSuppressed = entry.sequence;
      pending.add(new Pending.Told(Notice.STORM_START));
    }
    return false;
  }

  private static Alarms.Counts plus(Alarms.Counts a, Alarms.Counts b) {
    return new Alarms.Counts(a.raised() + b.raised(), a.suppressed() + b.suppressed());
  }

  /** Adds a line to the history. */
  void record(Kind kind, AlarmEntry entry, boolean notified) {
    lastRecord = next(lastRecord);
    AlarmRecord line = new AlarmRecord(lastRecord, kind, entry.alarm(), now, notified);
    history.add(line);
    copy = null;
    records.add(line);
    trim();
  }

  private void trim() {
    while (history.size() > settings.history()) {
      history.remove();
      copy = null;
      dropped++;
    }
  }

  private void event(DirectorEvent event) {
    pending.add(new Pending.Event(event));
  }

  /** Every active alarm is to be told again. */
  void resync(List<AlarmEntry> active) {
    resyncs = resyncs == Integer.MAX_VALUE ? 0 : resyncs + 1;
    resend.clear();
    active.stream().filter(entry -> !entry.shelved).forEach(resend::add);
    resyncing = true;
  }

  /** The list is whole: after a start. */
  void rebuild(List<AlarmEntry> active) {
    active.forEach(entry -> entry.told = !entry.shelved);
    rebuilt = now;
    pending.add(new Pending.Told(Notice.LIST_REBUILT));
  }

  /** What is due by itself: the end of a storm, the next of a resync, the heartbeat. */
  void end(List<AlarmEntry> active) {
    if (throttle.ends(nanos)) {
      pending.add(new Pending.Told(Notice.STORM_END));
      rebuild(active);
    }
    while (!resend.isEmpty() && !throttle.storm() && throttle.take(nanos)) {
      AlarmEntry entry = resend.remove();
      if (!entry.shelved) {
        sequence = next(sequence);
        entry.sequence = sequence;
        entry.told = true;
        event(new DirectorEvent.AlarmResent(entry.alarm()));
      }
    }
    if (resyncing && resend.isEmpty()) {
      resyncing = false;
      rebuild(active);
    }
    beat();
  }

  private void beat() {
    Duration interval = settings.heartbeat();
    if (interval.isZero()) {
      heartbeats = false;
    } else if (!heartbeats) {
      heartbeats = true;
      lastHeartbeat = nanos;
    } else if (nanos - lastHeartbeat >= interval.toNanos()) {
      lastHeartbeat = nanos;
      pending.add(new Pending.Told(Notice.HEARTBEAT));
    }
  }

  long nanosUntilDue(long at) {
    long due = throttle.nanosUntilEnd(at);
    if (!resend.isEmpty() && !throttle.storm()) {
      due = Math.min(due, throttle.nanosUntilNext(at));
    }
    if (heartbeats) {
      due = Math.min(due, Math.max(0, settings.heartbeat().toNanos() - (at - lastHeartbeat)));
    }
    return due;
  }

  /** The records since the last call, oldest first. */
  List<AlarmRecord> drainRecords() {
    List<AlarmRecord> drained = List.copyOf(records);
    records.clear();
    return drained;
  }

  /** The events since the last call, oldest first; notices carry this list. */
  List<DirectorEvent> drainEvents(Alarms list) {
    List<DirectorEvent> drained = new ArrayList<>();
    for (Pending each : pending) {
      drained.add(
          switch (each) {
            case Pending.Event(DirectorEvent event) -> event;
            case Pending.Told(Notice notice) -> new DirectorEvent.AlarmNotice(notice, list);
          });
    }
    pending.clear();
    return drained;
  }

  /** Asked for twice a round: it is copied when it has changed. */
  private List<AlarmRecord> history() {
    List<AlarmRecord> known = copy;
    if (known == null) {
      known = List.copyOf(history);
      copy = known;
    }
    return known;
  }

  AlarmLines.State state(List<Alarm> active, long lastIndex) {
    return new AlarmLines.State(
        sequence, lastRecord, lastIndex, resyncs, changed, active, history());
  }

  Alarms published(List<Alarm> active, long overflowed) {
    return new Alarms(
        active,
        history(),
        sequence,
        changed,
        rebuilt,
        dropped,
        throttle.storm(),
        suppressed,
        firstSuppressed,
        lastSuppressed,
        resyncs,
        overflowed,
        counts,
        raised);
  }
}
