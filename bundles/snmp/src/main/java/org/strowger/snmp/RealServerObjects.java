package org.strowger.snmp;

import static org.strowger.snmp.Column.read;
import static org.strowger.snmp.Column.write;

import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.snmp4j.smi.Variable;
import org.strowger.api.Coded;
import org.strowger.api.Configuration;
import org.strowger.api.KeyPath;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerState;

/** The real servers of STROWGER-LB-MIB: wanted, observed, counted. */
final class RealServerObjects {
  private RealServerObjects() {}

  static Collection<Subtree> all() {
    RowSource<Configuration, RealServer> rows =
        new RowSource<>(
            m -> m.snapshot().configuration(),
            configuration ->
                configuration.pools().values().stream()
                    .flatMap(pool -> pool.realServers().values().stream())
                    .toList(),
            real -> LbObjects.index(real.id()));
    return List.of(
        new Table<>(Oids.below(LbObjects.TABLES, 5), rows, realServerColumns()),
        new Table<>(Oids.below(LbObjects.TABLES, 6), rows, realServerStateColumns()),
        new Table<>(Oids.below(LbObjects.TABLES, 7), rows, realServerStatsColumns()));
  }

  private static List<Column<RealServer>> realServerColumns() {
    return List.of(
        read(2, (m, r) -> Smi.addressType(r.address())),
        read(3, (m, r) -> Smi.address(r.address())),
        read(4, (m, r) -> Smi.gauge(r.port())),
        read(5, (m, r) -> Smi.text(r.forwarding().map(Coded::word).orElse(""))),
        write(
            7,
            (m, r) -> Smi.gauge(r.upperThreshold()),
            Writable.connections(r -> KeyPath.realServer(r.id(), "upperThreshold"))),
        write(
            8,
            (m, r) -> Smi.gauge(r.lowerThreshold()),
            Writable.connections(r -> KeyPath.realServer(r.id(), "lowerThreshold"))),
        write(
            9,
            (m, r) -> Smi.gauge(r.weight()),
            Writable.weight(r -> KeyPath.realServer(r.id(), "weight"))),
        write(
            10,
            (m, r) -> Smi.code(r.adminState()),
            Writable.adminState(r -> KeyPath.realServer(r.id(), "adminState"))),
        read(12, (m, r) -> Smi.gauge(r.priority())),
        read(13, (m, r) -> Smi.text(r.zone())));
  }

  private static List<Column<RealServer>> realServerStateColumns() {
    return List.of(
        realServerState(1, (m, r) -> Smi.code(r.operState())),
        realServerState(2, (m, r) -> Smi.code(r.reason())),
        realServerState(3, (m, r) -> Smi.text(r.reasonText())),
        realServerState(4, (m, r) -> Smi.gauge(r.operWeight())),
        realServerState(5, (m, r) -> m.timeStamp(r.lastChange())),
        realServerState(6, (m, r) -> Smi.dateAndTime(r.lastChange())),
        realServerState(15, (m, r) -> Smi.counter32(r.transitions())));
  }

  private static Column<RealServer> realServerState(
      int number, BiFunction<Moment, RealServerState, Variable> value) {
    return read(number, (m, r) -> Column.present(m, m.snapshot().realServers().get(r.id()), value));
  }

  private static List<Column<RealServer>> realServerStatsColumns() {
    return List.of(
        realServerCounter(1, RealServerCounters::connsTotal),
        realServerCounter(4, RealServerCounters::bytesIn),
        realServerCounter(5, RealServerCounters::bytesOut),
        realServerCounter(6, RealServerCounters::connFailures),
        realServerCounter(7, RealServerCounters::selections),
        realServerCounter(8, RealServerCounters::connsReset),
        realServerCounter(15, RealServerCounters::connsActive),
        realServerCounter(16, RealServerCounters::connsInactive),
        read(26, (m, r) -> Smi.gauge(counters(m, r).responseMicros())));
  }

  private static Column<RealServer> realServerCounter(
      int number, Function<RealServerCounters, Long> value) {
    return read(number, (m, r) -> Smi.counter64(value.apply(counters(m, r))));
  }

  private static RealServerCounters counters(Moment moment, RealServer real) {
    return moment.snapshot().realServerCounters().getOrDefault(real.id(), RealServerCounters.ZERO);
  }
}
