package org.strowger.shell;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Alarm;
import org.strowger.api.BundleView;
import org.strowger.api.CheckTypeState;
import org.strowger.api.HookState;
import org.strowger.api.PlaneState;
import org.strowger.api.Pool;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;
import org.strowger.api.RevisionSummary;
import org.strowger.api.SchedulerState;
import org.strowger.api.Snapshot;
import org.strowger.api.VirtualServiceCounters;
import org.strowger.api.VrrpInstanceState;

/** What {@code show} shows: wanted, observed and counted of one thing in one row. */
final class Rows {
  private final Door door;

  Rows(Door door) {
    this.door = door;
  }

  List<Map<String, @Nullable Object>> services() {
    Snapshot snapshot = door.snapshot();
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    snapshot
        .configuration()
        .virtualServices()
        .forEach(
            (name, wanted) -> {
              Map<String, @Nullable Object> row = Plain.row(wanted);
              Optional.ofNullable(snapshot.services().get(name))
                  .ifPresent(state -> row.putAll(Plain.row(state)));
              row.putAll(
                  Plain.row(
                      snapshot.serviceCounters().getOrDefault(name, VirtualServiceCounters.ZERO)));
              rows.add(row);
            });
    return rows;
  }

  List<Map<String, @Nullable Object>> realServers() {
    Snapshot snapshot = door.snapshot();
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    snapshot.configuration().pools().values().stream()
        .flatMap(pool -> pool.realServers().values().stream())
        .forEach(
            wanted -> {
              RealServerId id = wanted.id();
              Map<String, @Nullable Object> row = Plain.row(wanted);
              Optional.ofNullable(snapshot.realServers().get(id))
                  .ifPresent(state -> row.putAll(Plain.row(state)));
              row.putAll(
                  Plain.row(
                      snapshot.realServerCounters().getOrDefault(id, RealServerCounters.ZERO)));
              rows.add(row);
            });
    return rows;
  }

  /** Real servers by their names only: each has a row of its own elsewhere. */
  List<Map<String, @Nullable Object>> pools() {
    Snapshot snapshot = door.snapshot();
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (Pool wanted : snapshot.configuration().pools().values()) {
      Map<String, @Nullable Object> row = Plain.row(wanted.withRealServers(Map.of()));
      row.put("realServers", List.copyOf(wanted.realServers().keySet()));
      Optional.ofNullable(snapshot.pools().get(wanted.name()))
          .ifPresent(state -> row.putAll(Plain.row(state)));
      rows.add(row);
    }
    return rows;
  }

  List<Map<String, @Nullable Object>> planes() {
    return of(List.<PlaneState>copyOf(door.snapshot().planes().values()));
  }

  List<Map<String, @Nullable Object>> bundles() {
    return of(
        door.snapshot().bundles().stream()
            .sorted(Comparator.comparingLong(BundleView::bundleId))
            .toList());
  }

  List<Map<String, @Nullable Object>> revisions() {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (RevisionSummary revision : door.director().revisions()) {
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      row.put("number", revision.number());
      row.put("time", revision.time().toString());
      row.putAll(Plain.row(revision.origin()));
      row.put("comment", revision.comment());
      rows.add(row);
    }
    return rows;
  }

  List<Map<String, @Nullable Object>> alarms() {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    door.snapshot().activeAlarms().stream()
        .sorted(Comparator.comparing(Alarm::severity).thenComparing(Alarm::raisedTime))
        .forEach(
            alarm -> {
              Map<String, @Nullable Object> row = Plain.row(alarm);
              row.put("marks", AlarmCommands.marks(alarm));
              row.put("repairText", alarm.type().repairText());
              rows.add(row);
            });
    return rows;
  }

  List<Map<String, @Nullable Object>> shelves() {
    return of(List.copyOf(door.snapshot().configuration().alarms().shelves().values()));
  }

  List<Map<String, @Nullable Object>> schedulers() {
    return of(List.<SchedulerState>copyOf(door.snapshot().schedulers().values()));
  }

  List<Map<String, @Nullable Object>> checkTypes() {
    return of(List.<CheckTypeState>copyOf(door.snapshot().checkTypes().values()));
  }

  /** The counters in the same row. */
  List<Map<String, @Nullable Object>> vrrp() {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (VrrpInstanceState state : door.snapshot().failover().instances().values()) {
      Map<String, @Nullable Object> row = Plain.row(state, state.counters());
      row.remove("counters");
      rows.add(row);
    }
    return rows;
  }

  List<Map<String, @Nullable Object>> switches() {
    return of(door.snapshot().failover().switches());
  }

  List<Map<String, @Nullable Object>> hooks() {
    return of(List.<HookState>copyOf(door.snapshot().hooks().values()));
  }

  /** One row. */
  List<Map<String, @Nullable Object>> health() {
    return of(List.of(door.snapshot().health()));
  }

  static List<Map<String, @Nullable Object>> of(List<? extends Record> records) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    records.forEach(each -> rows.add(Plain.row(each)));
    return rows;
  }
}
