package org.strowger.director;

import static org.strowger.director.Key.branch;
import static org.strowger.director.Key.optional;
import static org.strowger.director.Key.withDefault;

import java.util.List;
import org.strowger.api.KernelSettings;

/** The part of the {@link Shape} that is about this director as a whole. */
final class DirectorShape {
  /** Most network devices of one list. */
  private static final int MAX_DEVICES = 64;

  private DirectorShape() {}

  static Key.Branch director() {
    return branch(
        "This director.",
        "name",
        withDefault(Type.name("this director"), "strowger", "Name, as sysName in SNMP."),
        "zone",
        optional(Type.name("a zone"), "Where it stands: real servers of its zone are preferred."),
        "connectionLimit",
        withDefault(
            Shape.count("connections"), 0L, "Connections held at once, at most; 0: no limit."),
        "maintenanceFolder",
        optional(
            Type.file(),
            "A file in it named POOL_REAL, ADDRESS or ADDRESS_PORT drains that real server."),
        "dataInterface",
        optional(
            Type.name("a network device"),
            "Where addresses of services that the kernel forwards are put; else nowhere."),
        "xdpInterfaces",
        withDefault(
            Type.names("network devices", MAX_DEVICES),
            List.of(),
            "Devices where the kernel plane meets packets in the driver; others: tc."),
        "xdpGenericInterfaces",
        withDefault(
            Type.names("network devices", MAX_DEVICES),
            List.of(),
            "Devices where it meets them behind the driver, by XDP for every device."),
        "sourceAddresses",
        withDefault(
            Type.addresses(KernelSettings.MAX_SOURCES),
            List.of(),
            "What full NAT takes as sources; put on dataInterface too."),
        "programStatistics",
        withDefault(
            Type.yesOrNo(), false, "The kernel measures its programs: some 10 ns a packet."),
        "hooks",
        HookShape.names("for whatever happens to anything."),
        "checksOnStandby",
        withDefault(
            Type.yesOrNo(),
            true,
            "false: no health checks while this director is not the active one."),
        "maintenance",
        withDefault(Type.yesOrNo(), false, "Somebody works on it: its alarms are put aside."));
  }
}
