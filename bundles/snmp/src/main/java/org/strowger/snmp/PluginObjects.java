package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.snmp4j.smi.OID;
import org.strowger.api.CheckTypeState;
import org.strowger.api.PluginState;
import org.strowger.api.SchedulerState;
import org.strowger.api.Snapshot;

/** The plug-ins of STROWGER-LB-MIB: schedulers and types of health checks. */
final class PluginObjects {
  private static final int SCHEDULER = 1;
  private static final int CHECKER = 3;
  private static final int VERSION_OCTETS = 64;

  /**
   * A row.
   *
   * @param kind number of StgPluginKind
   * @param scheduler what only a scheduler has
   */
  private record Plugin(
      int kind,
      String name,
      String bundleName,
      String version,
      PluginState state,
      int users,
      Instant lastSwap,
      long swapCount,
      Optional<SchedulerState> scheduler) {
    static Plugin of(SchedulerState s) {
      return new Plugin(
          SCHEDULER,
          s.name(),
          s.bundleName(),
          s.version(),
          s.state(),
          s.users(),
          s.lastSwap(),
          s.swapCount(),
          Optional.of(s));
    }

    static Plugin of(CheckTypeState c) {
      return new Plugin(
          CHECKER,
          c.name(),
          c.bundleName(),
          c.version(),
          c.state(),
          c.users(),
          c.lastSwap(),
          c.swapCount(),
          Optional.empty());
    }
  }

  private PluginObjects() {}

  static OID schedulerIndex(String name) {
    return index(SCHEDULER, name);
  }

  private static OID index(int kind, String name) {
    return new OID(new int[] {kind}, Smi.nameIndex(name).getValue());
  }

  static Subtree table() {
    RowSource<Snapshot, Plugin> rows =
        new RowSource<>(
            Moment::snapshot,
            snapshot ->
                Stream.concat(
                        snapshot.schedulers().values().stream().map(Plugin::of),
                        snapshot.checkTypes().values().stream().map(Plugin::of))
                    .toList(),
            plugin -> index(plugin.kind, plugin.name));
    return new Table<>(Oids.below(LbObjects.TABLES, 9), rows, columns());
  }

  private static List<Column<Plugin>> columns() {
    return List.of(
        read(3, (m, p) -> Smi.text(p.bundleName)),
        read(4, (m, p) -> Smi.text(p.version, VERSION_OCTETS)),
        read(5, (m, p) -> Smi.code(p.state)),
        read(6, (m, p) -> Smi.gauge(p.users)),
        read(7, (m, p) -> p.scheduler.map(s -> Smi.counter64(s.invocations())).orElse(null)),
        read(8, (m, p) -> p.scheduler.map(s -> Smi.counter64(s.failures())).orElse(null)),
        read(9, (m, p) -> Smi.dateAndTime(p.lastSwap)),
        read(10, (m, p) -> Smi.counter32(p.swapCount)),
        read(11, (m, p) -> p.scheduler.map(s -> Smi.code(s.kind())).orElse(null)),
        read(12, (m, p) -> p.scheduler.map(s -> Smi.counter64(s.evictions())).orElse(null)));
  }
}
