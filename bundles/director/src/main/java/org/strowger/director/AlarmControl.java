package org.strowger.director;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmRecord;
import org.strowger.api.AlarmSettings;
import org.strowger.api.AlarmType;
import org.strowger.api.Alarms;
import org.strowger.api.Change;
import org.strowger.api.Director;
import org.strowger.api.DirectorEvent;
import org.strowger.api.KeyPath;
import org.strowger.api.Origin;
import org.strowger.api.Violation;

/**
 * The alarms and their disk: what anybody is told is on the disk before, as far as the disk lets
 * it; where it does not, it is told all the same, and an alarm says so. The director's thread, but
 * for what says otherwise.
 */
final class AlarmControl {
  private static final Logger LOG = LoggerFactory.getLogger(AlarmControl.class);
  private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();
  private static final String STORE = "unit=director,resource=alarms";

  private final AlarmTelling telling;
  private final AlarmStore store;
  private final @Nullable AlarmFolder folder;
  private final Map<String, List<AlarmCondition>> reported =
      Collections.synchronizedMap(new LinkedHashMap<>());
  private List<Path> damaged = List.of();
  private String notSaved = "";
  private boolean saidNotSaved;
  private boolean restored;
  private long savedSequence;
  private long savedResyncs;
  private volatile Alarms published;

  /**
   * @param folder where they are kept, or null if nothing outlives this director
   */
  AlarmControl(@Nullable AlarmFolder folder, Instant now, Duration settling) {
    this.folder = folder;
    this.telling = new AlarmTelling(now);
    this.store = new AlarmStore(telling, settling);
    this.published = store.published();
  }

  /** What a bundle other than the director knows; any thread. */
  boolean report(String reporter, List<AlarmCondition> conditions) {
    List<AlarmCondition> kept = conditions.stream().limit(Director.MAX_REPORTED).toList();
    if (kept.size() < conditions.size()) {
      LOG.atError()
          .addKeyValue("reporter", reporter)
          .addKeyValue("conditions", conditions.size())
          .log("more conditions than are alarmed: {}", Director.MAX_REPORTED);
    }
    synchronized (reported) {
      if (!reported.containsKey(reporter) && reported.size() >= Director.MAX_REPORTERS) {
        LOG.atError()
            .addKeyValue("reporter", reporter)
            .log("too many report conditions: what this one knows is not alarmed");
        return false;
      }
      return !kept.equals(reported.put(reporter, kept));
    }
  }

  /** The list as it was last told; any thread. */
  Alarms published() {
    return published;
  }

  /**
   * Brings the list in line with the conditions; what to tell of that, in order.
   *
   * @param wanted empty while nobody knows yet what is wanted
   */
  List<DirectorEvent> reconcile(
      List<AlarmStore.Condition> found, Optional<AlarmSettings> wanted, Instant now, long nanos) {
    restore();
    AlarmSettings settings = wanted.orElse(AlarmSettings.STANDARD);
    List<AlarmStore.Condition> conditions = new ArrayList<>(found);
    conditions.addAll(ownConditions(settings));
    if (wanted.isPresent()) {
      store.begin(nanos);
    }
    store.reconcile(conditions, settings, now, nanos);
    return save();
  }

  /**
   * Takes over what the director before has left, once: whoever sees its revision sees its list.
   */
  void restore() {
    AlarmFolder disk = folder;
    if (restored || disk == null) {
      return;
    }
    restored = true;
    AlarmLines.State state = disk.load();
    damaged = disk.damaged();
    store.restore(state);
    savedSequence = state.sequence();
    savedResyncs = state.resyncs();
    published = store.published();
    LOG.atInfo()
        .addKeyValue("active", state.active().size())
        .addKeyValue("sequence", state.sequence())
        .log("alarms restored");
  }

  private List<AlarmStore.Condition> ownConditions(AlarmSettings settings) {
    List<AlarmStore.Condition> own = new ArrayList<>();
    synchronized (reported) {
      reported.values().stream()
          .flatMap(List::stream)
          .map(c -> AlarmStore.Condition.of(c.type(), c.resource(), c.text()))
          .forEach(own::add);
    }
    if (settings.maintenance()) {
      String text = "somebody works on this director: other alarms are shelved";
      own.add(AlarmStore.Condition.of(AlarmType.MAINTENANCE, "unit=director", text));
    }
    damaged = damaged.stream().filter(Files::exists).toList();
    saidNotSaved = !notSaved.isEmpty();
    if (saidNotSaved) {
      own.add(AlarmStore.Condition.of(AlarmType.ALARM_STORE_DAMAGED, STORE, notSaved));
    } else if (!damaged.isEmpty()) {
      String text = "alarms on the disk were damaged; a copy is " + damaged.getFirst();
      own.add(AlarmStore.Condition.of(AlarmType.ALARM_STORE_DAMAGED, STORE, text));
    }
    return own;
  }

  /** To the disk first, then to whom it concerns. */
  private List<DirectorEvent> save() {
    List<AlarmRecord> records = telling.drainRecords();
    AlarmLines.State state = store.state();
    AlarmFolder disk = folder;
    boolean moved = state.sequence() != savedSequence || state.resyncs() != savedResyncs;
    if (disk != null && (!records.isEmpty() || moved || !notSaved.isEmpty())) {
      List<String> lines = new ArrayList<>();
      records.forEach(record -> lines.add(AlarmLines.record(AlarmLines.RECORD, record)));
      lines.add(AlarmLines.sequence(state.sequence(), state.resyncs()));
      write(disk, lines, state);
    }
    records.forEach(AlarmLog::log);
    published = store.published();
    return telling.drainEvents(published);
  }

  private void write(AlarmFolder disk, List<String> lines, AlarmLines.State state) {
    try {
      disk.write(lines, state);
      savedSequence = state.sequence();
      savedResyncs = state.resyncs();
      notSaved = "";
    } catch (IOException e) {
      if (notSaved.isEmpty()) {
        LOG.atError().setCause(e).log("alarms not saved; they are told all the same");
      }
      notSaved = "alarms cannot be saved: " + e.getMessage();
    }
  }

  /** What speaks against a change that is about alarms; any thread. */
  Optional<Violation> refusal(Change change) {
    Alarms now = published;
    return switch (change) {
      case Change.Resync(long serial) when serial != now.resyncs() ->
          Optional.of(
              Violation.of(KeyPath.of("resync"), serial, "the present number " + now.resyncs()));
      case Change.Acknowledge(long index)
          when now.active().stream().noneMatch(alarm -> alarm.index() == index) ->
          Optional.of(
              Violation.of(KeyPath.of("acknowledge"), index, "the index of an active alarm"));
      default -> Optional.empty();
    };
  }

  /** Does what the change asks for, if it is about alarms; the next round saves and tells it. */
  void perform(Change change, Origin origin) {
    switch (change) {
      case Change.Resync _ -> store.resync();
      case Change.Acknowledge(long index) -> {
        if (!store.acknowledge(index, origin.user())) {
          LOG.atWarn().addKeyValue("alarm", index).log("acknowledged, but over meanwhile");
        }
      }
      default -> {}
    }
  }

  long nanosUntilDue(long nanos) {
    if (notSaved.isEmpty() == saidNotSaved) {
      return 0; // the list does not say yet how the disk is
    }
    long retry = notSaved.isEmpty() ? Long.MAX_VALUE : RETRY_NANOS;
    return Math.min(retry, store.nanosUntilDue(nanos));
  }

  /** The last that this director does. */
  void close() {
    AlarmFolder disk = folder;
    if (disk != null) {
      disk.close();
    }
  }
}
