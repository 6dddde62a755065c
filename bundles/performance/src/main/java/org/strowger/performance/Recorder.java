package org.strowger.performance;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmType;
import org.strowger.api.Director;
import org.strowger.api.Performance;
import org.strowger.api.Performance.History;
import org.strowger.api.Performance.ObjectId;
import org.strowger.api.PerformanceMonitor;
import org.strowger.api.PerformanceSettings;
import org.strowger.api.Snapshot;

/**
 * Looks at the counters of the director each step and fills the bins. While there is no director
 * nothing is measured, and what happened meanwhile counts when it is back. One thread looks; any
 * may read.
 */
final class Recorder implements PerformanceMonitor {
  static final long NANOS = 1_000_000_000L;

  /** How often the running bins are saved. */
  static final Duration SAVED_EACH = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);

  private final Shelf shelf;
  private final Map<ObjectId, Track> tracks = new LinkedHashMap<>();
  private final Map<ObjectId, History> saved;
  private boolean restored;
  private long lastNanos;
  private Instant lastSaved;
  private List<AlarmCondition> reported = List.of();
  private @Nullable Director reportedTo;
  private volatile Performance latest;

  Recorder(Shelf shelf, Instant now) {
    this.shelf = shelf;
    this.saved = shelf.load(now);
    this.lastSaved = now;
    // Until the director says what is configured, what was measured before can be read.
    this.latest = new Performance(now, List.copyOf(saved.values()), 0);
  }

  @Override
  public Performance performance() {
    return latest;
  }

  /**
   * One look.
   *
   * @param now wall clock
   * @param nanos monotonic clock
   */
  void look(Director director, Instant now, long nanos) {
    Snapshot snapshot = director.snapshot();
    if (snapshot.revision() == 0) {
      return; // nobody knows yet what there is to measure
    }
    PerformanceSettings settings = snapshot.configuration().management().performance();
    Map<ObjectId, Reading> readings = new LinkedHashMap<>();
    Map<ObjectId, Reading> all = Reading.of(snapshot, settings.realServers());
    all.entrySet().stream()
        .limit(Performance.MAX_OBJECTS)
        .forEach(each -> readings.put(each.getKey(), each.getValue()));
    tracks.keySet().retainAll(readings.keySet());
    boolean rolled = false;
    for (Map.Entry<ObjectId, Reading> each : readings.entrySet()) {
      rolled |= track(each.getKey(), now).look(each.getValue(), now, nanos - lastNanos);
    }
    restored = true;
    saved.clear();
    lastNanos = nanos;
    publish(readings.keySet(), now, all.size() - readings.size());
    save(rolled, now);
    tell(director, settings);
  }

  private Track track(ObjectId id, Instant now) {
    Track known = tracks.get(id);
    if (known == null) {
      History before = saved.get(id);
      known = before == null ? new Track(id, now) : new Track(before, now);
      tracks.put(id, known);
    }
    return known;
  }

  private void publish(Iterable<ObjectId> order, Instant now, long leftOut) {
    List<History> histories = new ArrayList<>();
    for (ObjectId id : order) {
      Track track = tracks.get(id);
      if (track != null) {
        histories.add(track.history());
      }
    }
    if (leftOut > 0 && latest.leftOut() == 0) {
      LOG.atWarn()
          .addKeyValue("leftOut", leftOut)
          .log(
              "only {} objects are measured; management.performance.realServers: false leaves room"
                  + " for virtual services",
              Performance.MAX_OBJECTS);
    }
    latest = new Performance(now, histories, leftOut);
  }

  private void save(boolean rolled, Instant now) {
    if (rolled) {
      shelf.saveWhole(latest.histories());
    }
    if (rolled || Duration.between(lastSaved, now).abs().compareTo(SAVED_EACH) >= 0) {
      shelf.saveRunning(latest.histories());
      lastSaved = now;
    }
  }

  private void tell(Director director, PerformanceSettings settings) {
    List<AlarmCondition> conditions =
        new ArrayList<>(Thresholds.crossed(settings.thresholds().values(), latest.histories()));
    if (!shelf.failure().isEmpty()) {
      conditions.add(
          new AlarmCondition(
              AlarmType.RESOURCE_SHORT, "unit=director,resource=performance", shelf.failure()));
    }
    if (!(conditions.equals(reported) && director.equals(reportedTo))) {
      director.report("performance", conditions);
      reported = conditions;
      reportedTo = director;
    }
  }

  /** The last that it does: the next one is to go on in the running bins. */
  void close() {
    if (restored) {
      shelf.saveRunning(latest.histories());
    }
    Director told = reportedTo;
    if (told != null && !reported.isEmpty()) {
      told.report("performance", List.of()); // who is gone alarms nothing
    }
  }
}
