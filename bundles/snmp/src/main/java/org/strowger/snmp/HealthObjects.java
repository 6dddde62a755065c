package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.Integer32;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.Variable;
import org.strowger.api.Configuration;
import org.strowger.api.HealthCheck;
import org.strowger.api.HealthState;
import org.strowger.api.HookState;
import org.strowger.api.ProbeId;
import org.strowger.api.ProbeState;
import org.strowger.api.RealServerId;

/** The objects of STROWGER-HEALTH-MIB. The numbers are those of the module. */
final class HealthObjects {
  private static final OID SUMMARY = Oids.below(Oids.STG_HC_MIB, 1, 1);
  private static final OID TABLES = Oids.below(Oids.STG_HC_MIB, 1, 2);

  /** InetAddressType of an address that is not there. */
  private static final int UNKNOWN = 0;

  /** A row of the results: a probe, as one of the real servers that share it has it. */
  private record Result(RealServerId real, ProbeId probe) {}

  private HealthObjects() {}

  static Collection<Subtree> all() {
    List<Subtree> all = new ArrayList<>(summary());
    all.add(checks());
    all.add(results());
    all.add(hooks());
    return all;
  }

  /** The row of a check, for RowPointers. */
  static OID checkRow(String check) {
    return new OID(Oids.below(TABLES, 1, 1, 2).getValue(), Smi.nameIndex(check).getValue());
  }

  private static Collection<Subtree> summary() {
    return List.of(
        scalar(1, h -> Smi.gauge(h.probes())),
        scalar(2, h -> Smi.gauge(h.running())),
        scalar(3, h -> Smi.gauge(h.runningLimit())),
        scalar(4, h -> Smi.counter64(h.looks())),
        scalar(5, h -> Smi.counter64(h.stalls())),
        scalar(6, h -> Smi.gauge(h.stalled())),
        scalar(7, h -> Smi.gauge(h.latenessMicros())),
        new Scalar(
            Oids.below(SUMMARY, 8), m -> Smi.truth(m.snapshot().configuration().checksOnStandby())),
        new Scalar(Oids.below(SUMMARY, 9), m -> Smi.code(m.snapshot().role())));
  }

  private static Subtree scalar(int number, Function<HealthState, Variable> value) {
    return new Scalar(Oids.below(SUMMARY, number), m -> value.apply(m.snapshot().health()));
  }

  private static Subtree checks() {
    RowSource<Configuration, HealthCheck> rows =
        new RowSource<>(
            m -> m.snapshot().configuration(),
            configuration -> configuration.checks().values(),
            check -> Smi.nameIndex(check.name()));
    List<Column<HealthCheck>> columns =
        List.of(
            read(2, (m, c) -> Smi.text(c.type())),
            read(3, (m, c) -> Smi.gauge(c.interval().toMillis())),
            read(4, (m, c) -> Smi.gauge(c.risingInterval().toMillis())),
            read(5, (m, c) -> Smi.gauge(c.downInterval().toMillis())),
            read(6, (m, c) -> Smi.gauge(c.retryInterval().toMillis())),
            read(7, (m, c) -> Smi.gauge(c.longestInterval().toMillis())),
            read(8, (m, c) -> Smi.gauge(c.timeout().toMillis())),
            read(9, (m, c) -> Smi.gauge(c.rise())),
            read(10, (m, c) -> Smi.gauge(c.fall())),
            read(11, (m, c) -> addressType(c.address())),
            read(12, (m, c) -> address(c.address())),
            read(13, (m, c) -> Smi.gauge(c.port())),
            read(14, (m, c) -> addressType(c.source())),
            read(15, (m, c) -> address(c.source())),
            read(16, (m, c) -> Smi.text(options(c.options()))));
    return new Table<>(Oids.below(TABLES, 1), rows, columns);
  }

  private static Variable addressType(Optional<InetAddress> address) {
    return address.map(Smi::addressType).orElseGet(() -> new Integer32(UNKNOWN));
  }

  private static Variable address(Optional<InetAddress> address) {
    return address.map(Smi::address).orElseGet(OctetString::new);
  }

  private static String options(Map<String, Object> options) {
    return options.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private static Subtree hooks() {
    RowSource<SortedMap<String, HookState>, HookState> rows =
        new RowSource<>(
            m -> m.snapshot().hooks(), hooks -> hooks.values(), hook -> Smi.nameIndex(hook.name()));
    List<Column<HookState>> columns =
        List.of(
            read(2, (m, h) -> Smi.counter64(h.runs())),
            read(3, (m, h) -> Smi.counter64(h.failures())),
            read(4, (m, h) -> Smi.counter64(h.timeouts())),
            read(5, (m, h) -> Smi.counter64(h.dropped())),
            read(6, (m, h) -> Smi.gauge(h.waiting())),
            read(7, (m, h) -> Smi.truth(h.failing())),
            read(8, (m, h) -> Smi.truth(h.overflowing())),
            read(9, (m, h) -> h.lastTime().map(Smi::dateAndTime).orElse(null)),
            read(10, (m, h) -> Smi.text(h.lastText())));
    return new Table<>(Oids.below(TABLES, 3), rows, columns);
  }

  private static Subtree results() {
    RowSource<Map<RealServerId, List<ProbeId>>, Result> rows =
        new RowSource<>(
            m -> m.snapshot().probesOf(),
            all ->
                all.entrySet().stream()
                    .flatMap(of -> of.getValue().stream().map(p -> new Result(of.getKey(), p)))
                    .toList(),
            result ->
                new OID(
                    LbObjects.index(result.real).getValue(),
                    Smi.nameIndex(result.probe.check()).getValue()));
    return new Table<>(Oids.below(TABLES, 2), rows, resultColumns());
  }

  private static List<Column<Result>> resultColumns() {
    return List.of(
        probe(1, (m, p) -> Smi.code(p.verdict())),
        probe(2, (m, p) -> m.timeStamp(p.lastChange())),
        probe(3, (m, p) -> Smi.dateAndTime(p.lastChange())),
        probe(4, (m, p) -> Smi.counter32(p.transitions())),
        probe(5, (m, p) -> Smi.counter64(p.looks())),
        probe(6, (m, p) -> Smi.counter64(p.failures())),
        probe(7, (m, p) -> Smi.counter64(p.faults())),
        probe(8, (m, p) -> Smi.text(p.faultText())),
        probe(9, (m, p) -> Smi.gauge(p.streak())),
        probe(10, (m, p) -> p.weight().isPresent() ? Smi.gauge(p.weight().getAsInt()) : null),
        probe(11, (m, p) -> p.wanted().map(Smi::code).orElse(null)),
        probe(12, (m, p) -> Smi.text(p.warning().orElse(""))),
        last(13, result -> Smi.dateAndTime(result.time())),
        last(14, result -> Smi.truth(result.passed())),
        last(15, result -> Smi.gauge(result.latency().toNanos() / 1_000)),
        last(16, result -> Smi.text(result.text())),
        last(17, result -> Smi.code(result.outcome())));
  }

  private interface Value {
    @Nullable Variable of(Moment moment, ProbeState probe);
  }

  private static Column<Result> probe(int number, Value value) {
    return read(
        number,
        (m, r) -> {
          ProbeState probe = m.snapshot().probes().get(r.probe);
          return probe == null ? null : value.of(m, probe);
        });
  }

  private static Column<Result> last(int number, Function<ProbeState.Result, Variable> value) {
    return probe(number, (m, p) -> p.last().map(value).orElse(null));
  }
}
