package org.strowger.director;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.HealthChecker;
import org.strowger.api.HealthListener;
import org.strowger.api.HealthState;
import org.strowger.api.HealthTable;
import org.strowger.api.ProbeId;
import org.strowger.api.ProbeState;

/**
 * The health checker: what it was told last, and what it reported. What it reported stands while it
 * is away, and its successor is told of it. Reports come on its threads; the rest runs on the
 * director's where it does not say otherwise.
 */
final class HealthSlot {
  private static final Logger LOG = LoggerFactory.getLogger(HealthSlot.class);

  /** Listens to one checker; one that went is not heard any more. */
  private final class Ear implements HealthListener {
    @Override
    public void on(ProbeId probe, ProbeState state) {
      if (equals(ear)) {
        known.put(probe, state);
        news.add(probe);
        wake.run();
      }
    }

    @Override
    public void maintenance(Set<String> names) {
      if (equals(ear)) {
        maintenance = Set.copyOf(names);
        wake.run();
      }
    }
  }

  private record Told(
      HealthChecker checker,
      List<HealthTable.Probe> probes,
      Optional<Path> folder,
      boolean suspended) {}

  private final Runnable wake;
  private final Map<ProbeId, ProbeState> known = new ConcurrentHashMap<>();
  private final Set<ProbeId> news = ConcurrentHashMap.newKeySet();
  private volatile @Nullable HealthChecker checker;
  private volatile @Nullable Ear ear;
  private volatile Set<String> maintenance = Set.of();
  private volatile HealthState counted = HealthState.NONE;
  private volatile Optional<Told> told = Optional.empty();

  HealthSlot(Runnable wake) {
    this.wake = wake;
  }

  /** Any thread. */
  synchronized void came(HealthChecker present) {
    refresh(); // of the one before it, if that is there still
    ear = new Ear();
    checker = present;
    told = Optional.empty();
    wake.run();
  }

  /** Any thread. */
  synchronized void went(HealthChecker gone) {
    if (gone.equals(checker)) { // a replacement is bound before the old one is unbound
      refresh();
      ear = null;
      checker = null;
      wake.run();
    }
  }

  /** Any thread. */
  boolean present() {
    return checker != null;
  }

  /** Any thread. */
  Map<ProbeId, ProbeState> known() {
    return known;
  }

  /** Any thread. */
  SortedMap<ProbeId, ProbeState> states() {
    return new TreeMap<>(known);
  }

  /** As last counted; any thread. */
  HealthState counted() {
    return counted;
  }

  Set<String> maintenance() {
    return maintenance;
  }

  /** Reads histories and counts; any thread. */
  void refresh() {
    HealthChecker present = checker;
    if (present == null) {
      return;
    }
    try {
      HealthChecker.HealthReport report = present.report();
      counted = report.checker();
      // What decides comes by the listener, in order; this may be older by now.
      report
          .probes()
          .forEach(
              (id, state) ->
                  known.computeIfPresent(
                      id, (same, before) -> seen(state) > seen(before) ? state : before));
    } catch (RuntimeException | LinkageError thrown) { // one being replaced: the next time
      LOG.atWarn().setCause(thrown).log("the health checker does not report");
    }
  }

  private static long seen(ProbeState state) {
    return state.looks() + state.faults();
  }

  /** What another director's bundle knew. */
  void restore(ProbeId id, ProbeState state) {
    known.merge(id, state, (now, old) -> now.looks() >= old.looks() ? now : old);
    told = Optional.empty(); // so that the checker hears of it
  }

  /** Whether nothing is looked at now, though checks are configured; any thread. */
  boolean suspended() {
    return told.filter(Told::suspended).isPresent();
  }

  /**
   * Hands the checker the whole wanted set, if anything of it is new.
   *
   * @param suspended it is to look at nothing; what is known stands
   */
  void apply(ProbePlan plan, Optional<Path> folder, boolean suspended) {
    HealthChecker present = checker;
    Ear listener = ear;
    Optional<Told> wanted =
        Optional.ofNullable(present).map(one -> new Told(one, plan.probes(), folder, suspended));
    if (wanted.isPresent() && told.equals(wanted)) {
      return;
    }
    Set<ProbeId> wantedIds = new HashSet<>();
    for (HealthTable.Probe probe : plan.probes()) {
      known.computeIfAbsent(probe.id(), id -> ProbeState.pending(java.time.Instant.now()));
      wantedIds.add(probe.id());
    }
    known.keySet().retainAll(wantedIds);
    if (present == null || listener == null) {
      return;
    }
    try {
      told = wanted;
      if (suspended) {
        refresh(); // histories and counts, before the checker forgets them
      }
      List<HealthTable.Probe> probes = suspended ? List.of() : plan.probes();
      present.apply(new HealthTable(probes, Map.copyOf(known), folder), listener);
    } catch (RuntimeException | LinkageError thrown) { // one being replaced; the next one is told
      told = Optional.empty();
      LOG.atWarn().setCause(thrown).log("the health checker did not take its table");
    }
  }

  /** Those of which something decisive was told since the last call. */
  Set<ProbeId> takeNews() {
    Set<ProbeId> taken = Set.copyOf(news);
    news.removeAll(taken);
    return taken;
  }
}
