package org.strowger.director;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.strowger.api.AlarmProfile;
import org.strowger.api.AlarmRecord.Kind;
import org.strowger.api.AlarmSettings;
import org.strowger.api.AlarmType;
import org.strowger.api.Alarms;
import org.strowger.api.Severity;

/**
 * The active alarms, keyed by (type, resource). It is told the whole set of conditions that hold
 * and works out what to raise, change and clear: delays, flapping, shelves, root causes. What is
 * told to managers is {@link AlarmTelling}'s to decide. Bounded: beyond {@link #MAX_ACTIVE} the
 * least severe conditions are left out, and an alarm says so. Pure; the director's thread only.
 */
final class AlarmStore {
  /** Most active alarms. */
  static final int MAX_ACTIVE = 1_000;

  /** How long restored alarms stand after a start though their conditions are not seen again. */
  static final Duration SETTLING = Duration.ofSeconds(10);

  private static final AlarmEntry.Key OVERFLOW =
      new AlarmEntry.Key(AlarmType.ALARM_TABLE_OVERFLOW, "unit=director");
  private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

  /** A condition that holds now; {@code seenWith} are alarms that say more, the best first. */
  record Condition(
      AlarmType type,
      String resource,
      Severity severity,
      String text,
      List<AlarmEntry.Key> seenWith) {
    static Condition of(AlarmType type, String resource, String text) {
      return new Condition(type, resource, type.defaultSeverity(), text, List.of());
    }

    AlarmEntry.Key key() {
      return new AlarmEntry.Key(type, resource);
    }
  }

  private final Map<AlarmEntry.Key, AlarmEntry> active = new LinkedHashMap<>();
  private final Map<AlarmEntry.Key, Long> heldSince = new HashMap<>();
  private final Flaps flaps = new Flaps();
  private final AlarmTelling telling;
  private final long settlingNanos;
  private AlarmSettings settings = AlarmSettings.STANDARD;
  private long lastIndex;
  private long overflowed;
  private boolean full;
  private boolean begun;
  private boolean settled;
  private long begunAt;

  AlarmStore(AlarmTelling telling, Duration settling) {
    this.telling = telling;
    this.settlingNanos = settling.toNanos();
  }

  /** Takes over what a director before this one knew; before anything else. */
  void restore(AlarmLines.State state) {
    state.active().forEach(alarm -> put(new AlarmEntry(alarm)));
    lastIndex = state.lastIndex();
    telling.restore(state);
  }

  private void put(AlarmEntry entry) {
    active.put(entry.key, entry);
  }

  /** From now on it is known what is wanted: the settling begins, once. */
  void begin(long nanos) {
    if (!begun) {
      begun = true;
      begunAt = nanos;
    }
  }

  /**
   * Brings the list in line with the conditions.
   *
   * @param nanos monotonic clock
   */
  void reconcile(List<Condition> conditions, AlarmSettings wanted, Instant now, long nanos) {
    settings = wanted;
    telling.begin(wanted, now, nanos);
    boolean wasFull = full;
    Map<AlarmEntry.Key, Condition> holding = new LinkedHashMap<>();
    bounded(conditions).forEach(condition -> holding.put(condition.key(), condition));
    boolean settling = !begun || nanos - begunAt < settlingNanos;
    for (AlarmEntry entry : List.copyOf(active.values())) {
      if (!entry.key.equals(OVERFLOW)) {
        look(entry, holding.get(entry.key), settling, nanos);
      }
    }
    raise(holding, nanos);
    overflow(settling, nanos);
    overflowed += full && !wasFull ? 1 : 0;
    shelve(now);
    linkCauses(holding);
    if (!settled && !settling) {
      settled = true;
      telling.rebuild(List.copyOf(active.values()));
    }
    telling.end(List.copyOf(active.values()));
  }

  /** The gravest of those that may be raised, as many as there is room for. */
  private List<Condition> bounded(List<Condition> conditions) {
    List<Condition> enabled =
        conditions.stream().filter(c -> settings.profile(c.type()).enabled()).toList();
    full = enabled.size() > MAX_ACTIVE - 1;
    return full
        ? enabled.stream()
            .sorted(Comparator.comparingInt(c -> c.severity().code()))
            .limit(MAX_ACTIVE - 1)
            .toList()
        : enabled;
  }

  private void look(AlarmEntry entry, @Nullable Condition condition, boolean settling, long nanos) {
    if (condition == null) {
      absent(entry, settling, nanos);
    } else {
      present(entry, condition, nanos);
    }
  }

  /** The alarm that says that there is no room; it has a place of its own. */
  private void overflow(boolean settling, long nanos) {
    AlarmEntry said = active.get(OVERFLOW);
    AlarmProfile profile = settings.profile(OVERFLOW.type());
    String text = "the list of alarms is full, with " + MAX_ACTIVE + "; it has the gravest";
    boolean wanted = full && profile.enabled();
    Condition condition = wanted ? Condition.of(OVERFLOW.type(), OVERFLOW.resource(), text) : null;
    if (said != null) {
      look(said, condition, settling, nanos);
    } else if (condition != null) {
      raise(condition, profile, nanos);
    }
  }

  private void absent(AlarmEntry entry, boolean settling, long nanos) {
    AlarmProfile profile = settings.profile(entry.key.type());
    if (entry.held) {
      entry.held = false;
      entry.endedAt = nanos;
      if (!entry.restored) {
        transition(entry, profile, nanos);
      }
    }
    boolean masked = !profile.enabled();
    if (entry.restored && settling && !masked) {
      return; // whoever knows may not have looked yet
    }
    if (entry.flapping && !masked && flaps.nanosUntilQuiet(entry.key, profile, nanos) > 0) {
      return;
    }
    boolean delayed = nanos - entry.endedAt < profile.clearDelay().toNanos();
    if (masked || entry.flapping || entry.restored || !delayed) {
      active.remove(entry.key);
      entry.flapping = false;
      telling.cleared(entry);
    }
  }

  private void present(AlarmEntry entry, Condition condition, long nanos) {
    AlarmProfile profile = settings.profile(entry.key.type());
    if (!entry.held) {
      entry.held = true;
      if (!entry.restored) {
        transition(entry, profile, nanos);
      }
    }
    entry.restored = false;
    if (entry.flapping) {
      if (flaps.nanosUntilQuiet(entry.key, profile, nanos) > 0) {
        return;
      }
      entry.flapping = false;
    }
    Severity severity = severity(condition, profile);
    if (entry.severity != severity || !entry.text.equals(condition.text())) {
      entry.severity = severity;
      entry.text = condition.text();
      telling.changed(entry);
    }
  }

  private void transition(AlarmEntry entry, AlarmProfile profile, long nanos) {
    entry.transitions++;
    if (flaps.transition(entry.key, profile, nanos) && !entry.flapping) {
      flap(entry, profile);
      telling.changed(entry);
    }
  }

  private static void flap(AlarmEntry entry, AlarmProfile profile) {
    entry.flapping = true;
    entry.text =
        "flapping, %d transitions within %d s: %s"
            .formatted(profile.flapCount(), profile.flapWindow().toSeconds(), entry.text);
  }

  private static Severity severity(Condition condition, AlarmProfile profile) {
    // A condition that knows its own severity, by its circumstances, keeps it.
    return condition.severity() == condition.type().defaultSeverity()
        ? profile.severity()
        : condition.severity();
  }

  /** Raises what held long enough; remembers since when the others hold. */
  private void raise(Map<AlarmEntry.Key, Condition> holding, long nanos) {
    Map<AlarmEntry.Key, Long> held = new HashMap<>();
    holding.forEach(
        (key, condition) -> {
          if (active.containsKey(key)) {
            return;
          }
          long since = heldSince.getOrDefault(key, nanos);
          AlarmProfile profile = settings.profile(key.type());
          if (nanos - since < profile.raiseDelay().toNanos()) {
            held.put(key, since);
          } else if (!hasRoom()) {
            held.put(key, since);
            full = true;
          } else {
            raise(condition, profile, nanos);
          }
        });
    heldSince.clear();
    heldSince.putAll(held);
  }

  /** One place is kept for the alarm that says that there is no room. */
  private boolean hasRoom() {
    boolean said = active.containsKey(OVERFLOW);
    return active.size() - (said ? 1 : 0) < MAX_ACTIVE - 1;
  }

  private void raise(Condition condition, AlarmProfile profile, long nanos) {
    lastIndex = AlarmTelling.next(lastIndex);
    AlarmEntry entry =
        new AlarmEntry(
            condition.key(),
            lastIndex,
            severity(condition, profile),
            condition.text(),
            telling.now());
    if (flaps.transition(entry.key, profile, nanos)) {
      flap(entry, profile);
    }
    entry.shelved = shelved(entry, telling.now());
    put(entry);
    telling.raised(entry);
  }

  private boolean shelved(AlarmEntry entry, Instant now) {
    if (settings.maintenance() && entry.key.type() != AlarmType.MAINTENANCE) {
      return true;
    }
    return settings.shelves().values().stream()
        .anyMatch(shelf -> shelf.matches(entry.key.type(), entry.key.resource(), now));
  }

  private void shelve(Instant now) {
    for (AlarmEntry entry : List.copyOf(active.values())) {
      boolean wanted = shelved(entry, now);
      if (wanted != entry.shelved) {
        entry.shelved = wanted;
        telling.shelved(entry);
      }
    }
  }

  private void linkCauses(Map<AlarmEntry.Key, Condition> holding) {
    for (AlarmEntry entry : active.values()) {
      Condition condition = holding.get(entry.key);
      entry.rootCause =
          condition == null
              ? 0
              : condition.seenWith().stream()
                  .map(active::get)
                  .filter(Objects::nonNull)
                  .mapToLong(cause -> cause.index)
                  .findFirst()
                  .orElse(0);
    }
  }

  /** All are to be told again. */
  void resync() {
    telling.resync(List.copyOf(active.values()));
  }

  /** An operator has seen it; false if there is no such one. */
  boolean acknowledge(long index, String user) {
    for (AlarmEntry entry : active.values()) {
      if (entry.index == index) {
        entry.acknowledgedBy = user;
        telling.record(Kind.ACKNOWLEDGE, entry, false);
        return true;
      }
    }
    return false;
  }

  /** Time until something is due by itself; {@code Long.MAX_VALUE} if nothing is. */
  long nanosUntilDue(long nanos) {
    long due = telling.nanosUntilDue(nanos);
    if (begun && !settled) {
      due = Math.min(due, Math.max(0, settlingNanos - (nanos - begunAt)));
    }
    for (Map.Entry<AlarmEntry.Key, Long> held : heldSince.entrySet()) {
      Duration delay = settings.profile(held.getKey().type()).raiseDelay();
      long left = delay.toNanos() - (nanos - held.getValue());
      due = Math.min(due, left > 0 ? left : RETRY_NANOS); // there was no room for it
    }
    for (AlarmEntry entry : active.values()) {
      due = Math.min(due, nanosUntilDue(entry, nanos));
    }
    return Math.min(due, nanosUntilShelvesEnd());
  }

  private long nanosUntilDue(AlarmEntry entry, long nanos) {
    AlarmProfile profile = settings.profile(entry.key.type());
    if (entry.restored && !entry.held) {
      return Long.MAX_VALUE; // the end of the settling
    }
    if (entry.flapping) {
      return flaps.nanosUntilQuiet(entry.key, profile, nanos);
    }
    if (entry.held) {
      return Long.MAX_VALUE;
    }
    return Math.max(0, profile.clearDelay().toNanos() - (nanos - entry.endedAt));
  }

  private long nanosUntilShelvesEnd() {
    return settings.shelves().values().stream()
        .flatMap(shelf -> shelf.until().stream())
        .filter(until -> until.isAfter(telling.now()))
        .mapToLong(until -> Math.max(0, Duration.between(telling.now(), until).toNanos()))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** What the disk keeps: all that a director after this one is to know. */
  AlarmLines.State state() {
    return telling.state(alarms(), lastIndex);
  }

  private List<org.strowger.api.Alarm> alarms() {
    return active.values().stream().map(AlarmEntry::alarm).toList();
  }

  Alarms published() {
    return telling.published(alarms(), overflowed);
  }
}
