package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.strowger.api.AlarmType;
import org.strowger.api.BundleLifecycle;
import org.strowger.api.PlatformState;
import org.strowger.api.PlatformState.Capability;
import org.strowger.api.PlatformState.Certificate;
import org.strowger.api.PlatformState.Core;
import org.strowger.api.PlatformState.Identity;
import org.strowger.api.PlatformState.Usage;
import org.strowger.api.Syslog;

/** The objects of STROWGER-SYSTEM-MIB. The numbers are those of the module. */
final class SystemObjects {
  private static final OID IDENTITY = Oids.below(Oids.STG_SYS_MIB, 1, 1);
  private static final OID CONDITION = Oids.below(Oids.STG_SYS_MIB, 1, 2);
  private static final OID USAGE = Oids.below(Oids.STG_SYS_MIB, 1, 3);
  private static final OID SOFTWARE = Oids.below(Oids.STG_SYS_MIB, 1, 4);
  private static final OID TABLES = Oids.below(Oids.STG_SYS_MIB, 1, 5);

  private SystemObjects() {}

  static Collection<Subtree> all() {
    List<Subtree> all = new ArrayList<>();
    List<Function<Identity, String>> identity =
        List.of(
            Identity::release,
            Identity::hostName,
            Identity::operatingSystem,
            Identity::kernel,
            Identity::architecture,
            Identity::processor,
            Identity::vendor,
            Identity::product,
            Identity::serialNumber,
            Identity::uuid,
            Identity::javaVersion);
    for (int i = 0; i < identity.size(); i++) {
      Function<Identity, String> text = identity.get(i);
      all.add(platform(Oids.below(IDENTITY, i + 1), p -> Smi.text(text.apply(p.identity()))));
    }
    all.addAll(condition());
    List<Function<Usage, Variable>> usage = usage();
    for (int i = 0; i < usage.size(); i++) {
      Function<Usage, Variable> value = usage.get(i);
      all.add(platform(Oids.below(USAGE, i + 1), p -> value.apply(p.usage())));
    }
    all.add(cores());
    all.add(capabilities());
    all.add(certificates());
    all.add(syslog());
    return all;
  }

  /** A scalar that is there while somebody looks at the machine. */
  static Subtree platform(OID object, Function<PlatformState, Variable> value) {
    return new Scalar(object, m -> m.platform().map(value).orElse(null));
  }

  private static List<Function<Usage, Variable>> usage() {
    return List.of(
        u -> Smi.dateAndTime(u.started()),
        u -> Smi.dateAndTime(u.bootTime()),
        u -> Smi.counter32(u.startCount()),
        u -> Smi.counter64(u.heapUsed()),
        u -> Smi.counter64(u.heapCommitted()),
        u -> Smi.counter64(u.heapMax()),
        u -> Smi.counter64(u.nonHeapUsed()),
        u -> Smi.counter64(u.gcCount()),
        u -> Smi.counter64(u.gcMillis()),
        u -> Smi.gauge(u.threads()),
        u -> Smi.gauge(u.threadsPeak()),
        u -> Smi.gauge(u.openFiles()),
        u -> Smi.gauge(u.maxFiles()),
        u -> Smi.counter64(u.processCpuMillis()),
        u -> Smi.gauge(u.processLoad()),
        u -> Smi.gauge(u.machineLoad()),
        u -> Smi.counter64(u.residentBytes()),
        u -> Smi.counter64(u.memoryTotal()),
        u -> Smi.counter64(u.memoryAvailable()),
        u -> Smi.gauge(u.loadAverage1()),
        u -> Smi.gauge(u.loadAverage5()),
        u -> Smi.gauge(u.loadAverage15()));
  }

  private static Collection<Subtree> condition() {
    return List.of(
        new Scalar(Oids.below(CONDITION, 1), m -> Smi.code(m.snapshot().condition())),
        new Scalar(Oids.below(CONDITION, 2), m -> Smi.text(m.snapshot().conditionText())),
        platform(Oids.below(CONDITION, 3), p -> Smi.code(p.timeSync().syncState())),
        platform(Oids.below(CONDITION, 4), p -> signed(p.timeSync().offsetMicros())),
        platform(Oids.below(CONDITION, 5), p -> Smi.gauge(p.timeSync().maxErrorMicros())),
        platform(Oids.below(CONDITION, 6), p -> Smi.gauge(p.certificatesOmitted())),
        new Scalar(Oids.below(SOFTWARE, 1), m -> Smi.gauge(m.snapshot().bundles().size())),
        new Scalar(
            Oids.below(SOFTWARE, 2),
            m ->
                Smi.gauge(
                    m.snapshot().bundles().stream()
                        .filter(bundle -> bundle.state() == BundleLifecycle.ACTIVE)
                        .count())),
        new Scalar(
            Oids.below(SOFTWARE, 3),
            m ->
                Smi.gauge(
                    m.snapshot().activeAlarms().stream()
                        .filter(alarm -> alarm.type() == AlarmType.BUNDLE_FAILED)
                        .count())));
  }

  private static Subtree cores() {
    RowSource<List<Core>, Core> rows =
        new RowSource<>(
            m -> m.platform().map(PlatformState::cores).orElse(List.of()),
            list -> list,
            core -> new OID(new int[] {core.index()}));
    List<Column<Core>> columns =
        List.of(
            read(2, (m, c) -> Smi.gauge(c.load())), read(3, (m, c) -> Smi.gauge(c.loadMinute())));
    return new Table<>(Oids.below(TABLES, 1), rows, columns);
  }

  private static Subtree capabilities() {
    RowSource<List<Capability>, Capability> rows =
        new RowSource<>(
            m -> m.platform().map(PlatformState::capabilities).orElse(List.of()),
            list -> list,
            capability -> Smi.nameIndex(capability.name()));
    List<Column<Capability>> columns =
        List.of(
            read(2, (m, c) -> Smi.truth(c.available())), read(3, (m, c) -> Smi.text(c.detail())));
    return new Table<>(Oids.below(TABLES, 2), rows, columns);
  }

  private static Subtree certificates() {
    RowSource<List<Certificate>, Certificate> rows =
        new RowSource<>(
            m -> m.platform().map(PlatformState::certificates).orElse(List.of()),
            list -> list,
            certificate -> Smi.nameIndex(certificate.name()));
    List<Column<Certificate>> columns =
        List.of(
            read(2, (m, c) -> Smi.text(c.purpose())),
            read(3, (m, c) -> Smi.text(c.subject())),
            read(4, (m, c) -> Smi.text(c.issuer())),
            read(5, (m, c) -> Smi.text(c.serial())),
            read(6, (m, c) -> Smi.dateAndTime(c.notBefore())),
            read(7, (m, c) -> Smi.dateAndTime(c.notAfter())),
            read(8, (m, c) -> signed(c.daysLeft())),
            read(9, (m, c) -> Smi.text(c.fingerprint())));
    return new Table<>(Oids.below(TABLES, 3), rows, columns);
  }

  private static Subtree syslog() {
    RowSource<List<Syslog.Server>, Syslog.Server> rows =
        new RowSource<>(
            m -> m.platform().map(PlatformState::syslog).orElse(List.of()),
            list -> list,
            server -> Smi.nameIndex(server.name()));
    List<Column<Syslog.Server>> columns =
        List.of(
            read(2, (m, s) -> Smi.code(s.transport())),
            read(3, (m, s) -> Smi.addressType(s.address())),
            read(4, (m, s) -> Smi.address(s.address())),
            read(5, (m, s) -> Smi.gauge(s.port())),
            read(6, (m, s) -> Smi.text(s.problem())),
            read(7, (m, s) -> Smi.counter64(s.sent())),
            read(8, (m, s) -> Smi.counter64(s.dropped())),
            read(9, (m, s) -> Smi.gauge(s.waiting())));
    return new Table<>(Oids.below(TABLES, 4), rows, columns);
  }

  /** Integer32; what does not fit stays at the nearest that does. */
  private static Variable signed(long value) {
    return Smi.integer(Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
  }
}
