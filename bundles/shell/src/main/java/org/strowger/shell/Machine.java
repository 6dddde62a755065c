package org.strowger.shell;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.NetworkDeviceState;
import org.strowger.api.Performance;
import org.strowger.api.Performance.Bin;
import org.strowger.api.Performance.History;
import org.strowger.api.PerformanceMonitor;
import org.strowger.api.Platform;
import org.strowger.api.PlatformState;
import org.strowger.api.Snapshot;

/** What {@code show} shows of the machine, and of performance over time. */
final class Machine {
  static final String USAGE = "[director|service=NAME|real=POOL/NAME] [days]";

  static final String[] DEVICES = {
    "INDEX=index",
    "NAME=name",
    "UP=up",
    "LINK=link",
    "MTU=mtuBytes",
    "MBIT/S=speedMegabits",
    "IN-BYTES=inBytes",
    "IN-ERRORS=inErrors",
    "IN-DISCARDS=inDiscards",
    "OUT-BYTES=outBytes",
    "OUT-ERRORS=outErrors",
    "OUT-DISCARDS=outDiscards"
  };

  private static final String[] BINS = {
    "START=start",
    "SECONDS=secondsMeasured",
    "SUSPECT=suspect",
    "CONNS=conns",
    "REJECTED=rejected",
    "BYTES-IN=bytesIn",
    "BYTES-OUT=bytesOut",
    "CONNS-MAX=connsMax",
    "RATE-MAX=connRateMax",
    "DOWN=downSeconds",
    "DEGRADED=degradedSeconds"
  };

  private static final String[] OBJECTS = {
    "OBJECT=object",
    "INTERVALS=intervals",
    "DAYS=days",
    "CONNS=conns",
    "REJECTED=rejected",
    "BYTES-IN=bytesIn",
    "BYTES-OUT=bytesOut",
    "CONNS-MAX=connsMax",
    "DOWN=downSeconds"
  };

  private final Door door;
  private final Sources sources;

  Machine(Door door, Sources sources) {
    this.door = door;
    this.sources = sources;
  }

  private PlatformState platform() {
    return sources.platform().get().state();
  }

  /** Condition, identity and usage, a line for each; processors and storage as data only. */
  Output system() {
    Snapshot snapshot = door.snapshot();
    PlatformState state = platform();
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("healthState", snapshot.condition().word());
    row.put("healthSummary", snapshot.conditionText());
    row.putAll(Plain.row(state.identity(), state.usage(), state.timeSync()));
    Map<String, @Nullable Object> data = new LinkedHashMap<>(row);
    state
        .capabilities()
        .forEach(
            each -> row.put(each.name(), (each.available() ? "yes: " : "no: ") + each.detail()));
    state
        .certificates()
        .forEach(
            each ->
                row.put(
                    "certificate " + each.name(),
                    each.daysLeft() + " days left, until " + each.notAfter()));
    state
        .syslog()
        .forEach(
            each ->
                row.put(
                    "syslog " + each.name(),
                    each.sent()
                        + " sent, "
                        + each.dropped()
                        + " dropped, "
                        + each.waiting()
                        + " waiting"
                        + (each.problem().isEmpty() ? "" : ": " + each.problem())));
    data.put("capabilities", Plain.of(state.capabilities()));
    data.put("certificates", Plain.of(state.certificates()));
    data.put("syslog", Plain.of(state.syslog()));
    data.put("cores", Plain.of(state.cores()));
    data.put("storage", Plain.of(state.storage()));
    return Output.done(Table.details(row), List.of(data));
  }

  List<Map<String, @Nullable Object>> devices() {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (NetworkDeviceState device : platform().devices()) {
      Map<String, @Nullable Object> row = Plain.row(device);
      row.remove("counters");
      row.putAll(Plain.row(device.counters()));
      rows.add(row);
    }
    return rows;
  }

  List<String> deviceNames() {
    return sources
        .platform()
        .now()
        .map(Platform::state)
        .map(state -> state.devices().stream().map(NetworkDeviceState::name).toList())
        .orElse(List.of());
  }

  /** Names of what is measured. */
  List<String> objects() {
    return sources
        .performance()
        .now()
        .map(PerformanceMonitor::performance)
        .map(now -> now.histories().stream().map(h -> h.id().toString()).toList())
        .orElse(List.of());
  }

  /** The running bin of each object or, of one object, all its bins, newest first. */
  Output performance(List<String> words) {
    Performance performance = sources.performance().get().performance();
    if (words.isEmpty()) {
      List<Map<String, @Nullable Object>> rows =
          performance.histories().stream().map(Machine::running).toList();
      String left =
          performance.leftOut() == 0
              ? ""
              : performance.leftOut() + " objects more are not measured\n";
      return Output.done(Table.of(rows, OBJECTS) + left, rows);
    }
    boolean days = words.size() == 2 && words.get(1).equals("days");
    if (words.size() > 2 || (words.size() == 2 && !days)) {
      throw CommandFailure.usage("pm: expected " + USAGE);
    }
    Optional<History> found =
        performance.histories().stream()
            .filter(history -> history.id().toString().equals(words.getFirst()))
            .findFirst();
    History history =
        found.orElseThrow(
            () ->
                CommandFailure.usage(
                    "'" + words.getFirst() + "': expected what is measured; see: show pm"));
    List<Bin> bins = new ArrayList<>(List.of(days ? history.day() : history.interval()));
    bins.addAll(days ? history.days() : history.intervals());
    List<Map<String, @Nullable Object>> rows = Rows.of(bins);
    return Output.done(Table.of(rows, BINS), rows);
  }

  private static Map<String, @Nullable Object> running(History history) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("object", history.id().toString());
    row.put("intervals", history.intervals().size());
    row.put("days", history.days().size());
    row.putAll(Plain.row(history.interval()));
    return row;
  }
}
