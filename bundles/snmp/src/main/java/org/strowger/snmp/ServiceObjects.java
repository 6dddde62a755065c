package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.snmp4j.smi.Variable;
import org.strowger.api.Configuration;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceCounters;
import org.strowger.api.VirtualServiceState;

/** The virtual services of STROWGER-LB-MIB: wanted, observed, counted. */
final class ServiceObjects {
  private static final int VERDICT_COLUMNS = 100;

  private ServiceObjects() {}

  static Collection<Subtree> all() {
    RowSource<Configuration, VirtualService> rows =
        new RowSource<>(
            m -> m.snapshot().configuration(),
            configuration -> configuration.virtualServices().values(),
            service -> Smi.nameIndex(service.name()));
    return List.of(
        new Table<>(Oids.below(LbObjects.TABLES, 1), rows, WantedServiceColumns.all()),
        new Table<>(Oids.below(LbObjects.TABLES, 2), rows, serviceStateColumns()),
        new Table<>(Oids.below(LbObjects.TABLES, 3), rows, serviceStatsColumns()));
  }

  private static List<Column<VirtualService>> serviceStateColumns() {
    return List.of(
        serviceState(1, (m, s) -> Smi.code(s.operState())),
        serviceState(2, (m, s) -> Smi.code(s.reason())),
        serviceState(3, (m, s) -> Smi.text(s.reasonText())),
        serviceState(4, (m, s) -> m.timeStamp(s.lastChange())),
        serviceState(5, (m, s) -> Smi.dateAndTime(s.lastChange())),
        serviceState(6, (m, s) -> Smi.counter32(s.transitions())),
        serviceState(8, (m, s) -> Smi.gauge(s.realsTotal())),
        serviceState(9, (m, s) -> Smi.gauge(s.realsUp())),
        serviceState(10, (m, s) -> Smi.gauge(s.realsDraining())));
  }

  private static Column<VirtualService> serviceState(
      int number, BiFunction<Moment, VirtualServiceState, Variable> value) {
    return read(number, (m, s) -> Column.present(m, m.snapshot().services().get(s.name()), value));
  }

  private static List<Column<VirtualService>> serviceStatsColumns() {
    List<Column<VirtualService>> columns = new ArrayList<>();
    columns.add(serviceCounter(1, VirtualServiceCounters::connsTotal));
    columns.add(serviceCounter(2, VirtualServiceCounters::packetsIn));
    columns.add(serviceCounter(3, VirtualServiceCounters::packetsOut));
    columns.add(serviceCounter(4, VirtualServiceCounters::bytesIn));
    columns.add(serviceCounter(5, VirtualServiceCounters::bytesOut));
    columns.add(serviceCounter(10, VirtualServiceCounters::packetsDropped));
    columns.add(serviceCounter(11, VirtualServiceCounters::connsTimedOut));
    columns.add(serviceCounter(12, VirtualServiceCounters::connsResetByClient));
    columns.add(serviceCounter(13, VirtualServiceCounters::persistHits));
    columns.add(serviceCounter(15, VirtualServiceCounters::connsActive));
    columns.add(serviceCounter(24, VirtualServiceCounters::persistEntries));
    columns.add(serviceCounter(26, VirtualServiceCounters::connsResetByReal));
    columns.add(serviceCounter(27, VirtualServiceCounters::connRetries));
    columns.add(serviceCounter(28, VirtualServiceCounters::connsWaiting));
    columns.add(serviceCounter(29, VirtualServiceCounters::connsWaited));
    columns.add(serviceCounter(30, VirtualServiceCounters::persistEvictions));
    columns.add(serviceCounter(31, VirtualServiceCounters::logSuppressed));
    for (Verdict verdict : Verdict.values()) {
      columns.add(
          serviceCounter(VERDICT_COLUMNS + verdict.code(), counters -> counters.count(verdict)));
    }
    return columns;
  }

  private static Column<VirtualService> serviceCounter(
      int number, Function<VirtualServiceCounters, Long> value) {
    return read(
        number,
        (m, s) ->
            Smi.counter64(
                value.apply(
                    m.snapshot()
                        .serviceCounters()
                        .getOrDefault(s.name(), VirtualServiceCounters.ZERO))));
  }
}
