package org.strowger.snmp;

import static org.strowger.snmp.Column.read;
import static org.strowger.snmp.Column.write;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.strowger.api.KeyPath;
import org.strowger.api.VirtualService;

/** The columns of stgLbServiceTable: virtual services as they are wanted. */
final class WantedServiceColumns {
  private WantedServiceColumns() {}

  static List<Column<VirtualService>> all() {
    List<Column<VirtualService>> columns = new ArrayList<>(plain());
    columns.addAll(timeouts());
    columns.addAll(limits());
    columns.addAll(persistence());
    columns.addAll(clients());
    return columns;
  }

  private static List<Column<VirtualService>> plain() {
    return List.of(
        read(3, (m, s) -> Smi.addressType(s.address())),
        read(4, (m, s) -> Smi.address(s.address())),
        read(5, (m, s) -> Smi.gauge(s.port().first())),
        read(6, (m, s) -> Smi.gauge(s.port().last())),
        read(7, (m, s) -> Smi.gauge(s.protocol().code())),
        read(9, (m, s) -> Smi.text(s.scheduler())),
        read(10, (m, s) -> Smi.text(options(s.schedulerOptions()))),
        read(11, (m, s) -> Smi.code(s.forwarding())),
        read(12, (m, s) -> Smi.text(s.pool())),
        read(13, (m, s) -> Smi.text(s.backupPool().orElse(""))),
        read(16, (m, s) -> Smi.truth(s.onePacket())),
        write(
            23,
            (m, s) -> Smi.code(s.adminState()),
            Writable.adminState(s -> KeyPath.virtualService(s.name(), "adminState"))),
        number(25, VirtualService::connectTries),
        number(31, s -> s.queue().size()),
        millis(32, s -> s.queue().timeout()));
  }

  private static List<Column<VirtualService>> timeouts() {
    return List.of(
        millis(24, s -> s.timeouts().connect()),
        millis(26, s -> s.timeouts().clientIdle()),
        millis(27, s -> s.timeouts().serverIdle()),
        millis(28, s -> s.timeouts().halfClosed()),
        millis(29, s -> s.timeouts().flow()),
        write(
            30,
            (m, s) -> Smi.gauge(s.timeouts().drain().toMillis()),
            Writable.duration(s -> path(s, "timeouts", "drain"))));
  }

  private static List<Column<VirtualService>> limits() {
    return List.of(
        write(
            17,
            (m, s) -> Smi.gauge(s.limits().connections()),
            Writable.connections(s -> path(s, "limits", "connections"))),
        write(
            18,
            (m, s) -> Smi.gauge(s.limits().rate()),
            Writable.connections(s -> path(s, "limits", "rate"))),
        number(33, s -> s.limits().connectionsPerSource()),
        number(34, s -> s.limits().burst()),
        number(35, s -> s.limits().ratePerSource()),
        number(36, s -> s.limits().burstPerSource()),
        number(37, s -> s.limits().sourcePrefixIpv4()),
        number(38, s -> s.limits().sourcePrefixIpv6()));
  }

  private static List<Column<VirtualService>> persistence() {
    return List.of(
        write(
            14,
            (m, s) -> Smi.gauge(s.persistence().timeout().toMillis()),
            Writable.duration(s -> path(s, "persistence", "timeout"))),
        number(15, s -> s.persistence().prefixIpv4()),
        number(39, s -> s.persistence().prefixIpv6()),
        read(40, (m, s) -> Smi.truth(s.persistence().toQuiesced())),
        number(41, s -> s.persistence().entries()));
  }

  /** Who may connect, how his address is told, and what is logged of him. */
  private static List<Column<VirtualService>> clients() {
    return List.of(
        number(42, s -> s.access().allow().size()),
        number(43, s -> s.access().deny().size()),
        read(44, (m, s) -> Smi.code(s.proxyProtocol().send())),
        number(45, s -> s.proxyProtocol().acceptFrom().size()),
        read(46, (m, s) -> Smi.truth(s.transparentSource())),
        write(
            47,
            (m, s) -> Smi.gauge(s.connectionLog().sample()),
            Writable.number(Writable.LOG_SAMPLE_MAX, s -> path(s, "connectionLog", "sample"))),
        number(48, s -> s.connectionLog().rate()));
  }

  private static Column<VirtualService> number(int column, ToLongFunction<VirtualService> value) {
    return read(column, (m, s) -> Smi.gauge(value.applyAsLong(s)));
  }

  private static Column<VirtualService> millis(
      int column, Function<VirtualService, Duration> value) {
    return number(column, s -> value.apply(s).toMillis());
  }

  private static KeyPath path(VirtualService service, String branch, String key) {
    return KeyPath.virtualService(service.name(), branch).child(key);
  }

  private static String options(Map<String, Object> options) {
    return options.entrySet().stream()
        .map(option -> option.getKey() + "=" + option.getValue())
        .collect(Collectors.joining(","));
  }
}
