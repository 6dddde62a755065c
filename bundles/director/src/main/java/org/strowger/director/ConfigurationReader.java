package org.strowger.director;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.strowger.api.AdminState;
import org.strowger.api.Configuration;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.Management;
import org.strowger.api.NotificationKind;
import org.strowger.api.Pool;
import org.strowger.api.Protocol;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.Role;
import org.strowger.api.SnmpAuth;
import org.strowger.api.SnmpPriv;
import org.strowger.api.VirtualService;

/** Turns a tree that passed {@link TreeCheck} into records. */
final class ConfigurationReader {
  private ConfigurationReader() {}

  static Configuration read(Map<String, Object> tree) {
    Section root = new Section(tree, Shape.ROOT);
    return new Configuration(
        root.section("director").get("name", String.class),
        root.entries("pools", ConfigurationReader::pool),
        root.entries("virtualServices", ConfigurationReader::virtualService),
        management(root.section("management")));
  }

  private static Pool pool(String name, Section section) {
    return new Pool(
        name,
        section.get("adminState", AdminState.class),
        section.entries("realServers", (real, each) -> real(new RealServerId(name, real), each)));
  }

  private static RealServer real(RealServerId id, Section section) {
    return new RealServer(
        id,
        section.get("address", InetAddress.class),
        section.integer("port"),
        section.integer("weight"),
        section.get("adminState", AdminState.class));
  }

  private static VirtualService virtualService(String name, Section section) {
    return new VirtualService(
        name,
        section.get("address", InetAddress.class),
        section.integer("port"),
        section.get("protocol", Protocol.class),
        section.get("scheduler", String.class),
        section.open("schedulerOptions"),
        section.get("pool", String.class),
        section.get("forwarding", ForwardingMethod.class),
        section.get("connectTimeout", Duration.class),
        section.integer("connectTries"),
        section.get("adminState", AdminState.class));
  }

  private static Management management(Section section) {
    return new Management(
        section.has("snmp") ? Optional.of(snmp(section.section("snmp"))) : Optional.empty(),
        section.has("jmx") ? Optional.of(jmx(section.section("jmx"))) : Optional.empty());
  }

  private static Management.Snmp snmp(Section section) {
    return new Management.Snmp(
        section.get("address", InetAddress.class),
        section.integer("port"),
        section.entries("users", ConfigurationReader::snmpUser),
        section.entries("targets", ConfigurationReader::snmpTarget));
  }

  private static Management.SnmpUser snmpUser(String name, Section section) {
    return new Management.SnmpUser(
        name,
        section.get("role", Role.class),
        section.get("auth", SnmpAuth.class),
        section.get("authPassphraseFile", Path.class),
        section.get("priv", SnmpPriv.class),
        section.get("privPassphraseFile", Path.class));
  }

  private static Management.SnmpTarget snmpTarget(String name, Section section) {
    return new Management.SnmpTarget(
        name,
        section.get("address", InetAddress.class),
        section.integer("port"),
        section.get("kind", NotificationKind.class),
        section.get("user", String.class),
        section.get("timeout", Duration.class),
        section.integer("retries"));
  }

  private static Management.Jmx jmx(Section section) {
    return new Management.Jmx(
        section.get("address", InetAddress.class),
        section.integer("port"),
        section.entries(
            "users",
            (name, each) ->
                new Management.JmxUser(
                    name, each.get("role", Role.class), each.get("passwordFile", Path.class))));
  }
}
