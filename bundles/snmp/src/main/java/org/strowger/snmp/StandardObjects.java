package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.Variable;
import org.strowger.api.KeyPath;
import org.strowger.api.Management.Snmp;

/**
 * SNMPv2-MIB, SNMP-FRAMEWORK-MIB, SNMP-MPD-MIB and the scalars of the other SNMP modules. All but
 * snmpEnableAuthenTraps are read-only: the configuration is the only truth, and it is changed
 * through the director.
 */
final class StandardObjects {
  /** Transport and application layer: 2^(4-1) + 2^(7-1). */
  private static final int SYS_SERVICES = 72;

  private static final int MAX_MESSAGE_SIZE = 65_507;
  private static final Variable NOTHING = new OctetString();

  private record Module(int number, OID id, String description) {}

  private static final List<Module> MODULES =
      List.of(
          new Module(1, Oids.SNMP_MIB, "SNMPv2-MIB (RFC 3418)"),
          new Module(2, Oids.below(Oids.FRAMEWORK, 3, 1, 1), "SNMP-FRAMEWORK-MIB (RFC 3411)"),
          new Module(3, Oids.below(Oids.MPD, 3, 1, 1), "SNMP-MPD-MIB (RFC 3412)"),
          new Module(4, Oids.below(Oids.USM, 2, 1, 1), "SNMP-USER-BASED-SM-MIB (RFC 3414)"),
          new Module(5, Oids.below(Oids.VACM, 2, 1, 1), "SNMP-VIEW-BASED-ACM-MIB (RFC 3415)"),
          new Module(6, Oids.below(Oids.STG_LB_MIB, 2, 1, 1), "STROWGER-LB-MIB"),
          new Module(7, Oids.below(Oids.STG_ALM_MIB, 2, 1, 1), "STROWGER-ALARM-MIB"),
          new Module(8, Oids.below(Oids.STG_HC_MIB, 2, 1, 1), "STROWGER-HEALTH-MIB"),
          new Module(9, Oids.below(Oids.STG_CFG_MIB, 2, 1, 1), "STROWGER-CONFIG-MIB"),
          new Module(10, Oids.below(Oids.MIB_2, 118, 2, 1, 1), "ALARM-MIB (RFC 3877)"),
          new Module(11, Oids.below(Oids.MIB_2, 121, 2, 1, 1), "ITU-ALARM-MIB (RFC 3877)"),
          new Module(12, Oids.below(Oids.STG_SYS_MIB, 2, 1, 1), "STROWGER-SYSTEM-MIB"),
          new Module(13, Oids.below(Oids.STG_PM_MIB, 2, 1, 1), "STROWGER-PM-MIB"),
          new Module(14, Oids.below(Oids.MIB_2, 31, 2, 1, 3), "IF-MIB (RFC 2863)"),
          new Module(15, Oids.below(Oids.MIB_2, 48, 2, 1, 2), "IP-MIB (RFC 4293)"),
          new Module(16, Oids.below(Oids.MIB_2, 49, 2, 1, 2), "TCP-MIB (RFC 4022)"),
          new Module(17, Oids.below(Oids.MIB_2, 50, 2, 1, 2), "UDP-MIB (RFC 4113)"),
          new Module(18, Oids.below(Oids.MIB_2, 25, 7, 2, 1), "HOST-RESOURCES-MIB (RFC 2790)"),
          new Module(19, Oids.below(Oids.MIB_2, 47, 3, 1, 5), "ENTITY-MIB (RFC 6933)"),
          new Module(20, Oids.below(Oids.STG, 3, 2), "STROWGER-AGENT-CAPS: release 0.1"),
          new Module(21, Oids.below(Oids.STG_UPG_MIB, 2, 1, 1), "STROWGER-UPGRADE-MIB"),
          new Module(22, Oids.below(Oids.STG_HA_MIB, 2, 1, 1), "STROWGER-HA-MIB"),
          new Module(23, Oids.below(Oids.MIB_2, 207, 2, 1, 2), "VRRPV3-MIB (RFC 6527)"),
          new Module(24, Oids.below(TlsObjects.TSM, 2, 1, 1), "SNMP-TSM-MIB (RFC 5591)"),
          new Module(25, Oids.below(TlsObjects.TLSTM, 3, 1, 1), "SNMP-TLS-TM-MIB (RFC 6353)"),
          new Module(
              26,
              Oids.below(NotificationLogObjects.ROOT, 3, 1, 1),
              "NOTIFICATION-LOG-MIB (RFC 3014)"));

  private StandardObjects() {}

  static Collection<Subtree> all(String description) {
    List<Subtree> all = new ArrayList<>(system(description));
    all.addAll(protocol());
    all.addAll(engine());
    all.addAll(AccessObjects.all());
    all.addAll(TargetObjects.all());
    return all;
  }

  private static Collection<Subtree> system(String description) {
    RowSource<List<Module>, Module> modules =
        new RowSource<>(m -> MODULES, list -> list, m -> new OID(new int[] {m.number()}));
    return List.of(
        scalar(Oids.SYSTEM, 1, m -> Smi.text(description)),
        scalar(Oids.SYSTEM, 2, m -> Oids.STG_DIRECTOR_SOFTWARE),
        scalar(Oids.SYSTEM, 3, m -> Smi.ticks(m.upTime())),
        scalar(Oids.SYSTEM, 4, m -> NOTHING),
        scalar(Oids.SYSTEM, 5, m -> Smi.text(m.snapshot().configuration().directorName())),
        scalar(Oids.SYSTEM, 6, m -> NOTHING),
        scalar(Oids.SYSTEM, 7, m -> Smi.integer(SYS_SERVICES)),
        scalar(Oids.SYSTEM, 8, m -> Smi.ticks(0)),
        new Table<>(
            Oids.below(Oids.SYSTEM, 9),
            modules,
            List.of(
                read(2, (m, module) -> module.id()),
                read(3, (m, module) -> Smi.text(module.description())),
                read(4, (m, module) -> Smi.ticks(0)))));
  }

  private static boolean authenticationTraps(Moment moment) {
    return moment
        .snapshot()
        .configuration()
        .management()
        .snmp()
        .filter(Snmp::authenticationTraps)
        .isPresent();
  }

  private static Collection<Subtree> protocol() {
    List<Subtree> all = new ArrayList<>();
    for (int number : new int[] {1, 3, 4, 5, 6, 31, 32}) {
      all.add(counter(Oids.below(Oids.SNMP, number)));
    }
    all.add(
        new Scalar(
            Oids.below(Oids.SNMP, 30),
            m -> Smi.truth(authenticationTraps(m)),
            Writable.truth(m -> KeyPath.of("management", "snmp", "authenticationTraps"))));
    for (int number = 1; number <= 3; number++) {
      all.add(counter(Oids.below(Oids.MPD, 2, 1, number)));
    }
    for (int number = 1; number <= 6; number++) {
      all.add(counter(Oids.below(Oids.USM, 1, 1, number)));
    }
    for (int number = 4; number <= 5; number++) {
      all.add(counter(Oids.below(Oids.TARGET, 1, number)));
    }
    return all;
  }

  private static Collection<Subtree> engine() {
    OID engine = Oids.below(Oids.FRAMEWORK, 2, 1);
    return List.of(
        scalar(engine, 1, m -> m.agent().engine().id()),
        scalar(engine, 2, m -> Smi.integer(m.agent().engine().boots())),
        scalar(engine, 3, m -> Smi.integer(m.agent().engine().seconds())),
        scalar(engine, 4, m -> Smi.integer(MAX_MESSAGE_SIZE)));
  }

  private static Subtree scalar(OID group, int number, Function<Moment, @Nullable Variable> value) {
    return new Scalar(Oids.below(group, number), value);
  }

  /** One that the protocol engine counts. */
  static Subtree counter(OID object) {
    OID instance = Oids.below(object, 0);
    return new Scalar(object, m -> Smi.counter32(m.agent().counters().value(instance)));
  }
}
