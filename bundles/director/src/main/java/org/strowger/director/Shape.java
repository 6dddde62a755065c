package org.strowger.director;

import static org.strowger.director.Key.branch;
import static org.strowger.director.Key.named;
import static org.strowger.director.Key.required;
import static org.strowger.director.Key.withDefault;

import java.time.Duration;
import org.strowger.api.AdminState;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.NotificationKind;
import org.strowger.api.Protocol;
import org.strowger.api.Role;
import org.strowger.api.SnmpAuth;
import org.strowger.api.SnmpPriv;

/**
 * The shape of the configuration: the only list of its keys. From here come the checks and their
 * messages, the defaults, and the JSON Schema that editors use. A new key is added here, read in
 * {@link ConfigurationReader}, and given its MIB column and JMX attribute.
 */
final class Shape {
  /** Most real servers of one pool. */
  static final int MAX_REAL_SERVERS = 10_000;

  /** Most pools, and most virtual services. */
  static final int MAX_SERVICES = 10_000;

  /** Most users of one management protocol, and most notification targets. */
  static final int MAX_USERS = 64;

  static final Key.Branch ROOT =
      branch(
          "Configuration of a Strowger director.",
          "director",
          branch(
              "This director.",
              "name",
              withDefault(Type.name("this director"), "strowger", "Name, as sysName in SNMP.")),
          "pools",
          named("Groups of real servers that do the same.", MAX_SERVICES, pool()),
          "virtualServices",
          named("What clients connect to.", MAX_SERVICES, virtualService()),
          "management",
          branch("How the director is seen and tuned.", "snmp", snmp(), "jmx", jmx()));

  private Shape() {}

  private static Key.Branch pool() {
    return branch(
        "A pool.",
        "adminState",
        adminState(),
        "realServers",
        named("Its real servers, in the order that schedulers see.", MAX_REAL_SERVERS, real()));
  }

  private static Key.Branch real() {
    return branch(
        "A real server.",
        "address",
        required(Type.address(), "Where it is reached."),
        "port",
        required(Type.port(), "Port it listens on."),
        "weight",
        withDefault(
            Type.integer(0, 65535, "weight"), 1L, "Share of new connections; 0 quiesces it."),
        "adminState",
        adminState());
  }

  private static Key.Branch virtualService() {
    return branch(
        "A virtual service.",
        "address",
        required(Type.address(), "Address that clients connect to."),
        "port",
        required(Type.port(), "Port that clients connect to."),
        "protocol",
        withDefault(Type.word(Protocol.class), "tcp", "Transport protocol."),
        "scheduler",
        withDefault(Type.name("a scheduler"), "wlc", "Who chooses the real server."),
        "schedulerOptions",
        new Key.Open("Options of that scheduler.", false),
        "pool",
        required(Type.name("a pool"), "Its real servers."),
        "forwarding",
        withDefault(
            Type.word(ForwardingMethod.class), "relay", "How connections reach a real server."),
        "connectTimeout",
        withDefault(
            Type.duration(Duration.ofMillis(10), Duration.ofMinutes(2)),
            "3s",
            "Time a real server has to accept a connection."),
        "connectTries",
        withDefault(
            Type.integer(1, 16, "real servers"), 3L, "Real servers tried for one connection."),
        "adminState",
        adminState());
  }

  private static Key.Leaf adminState() {
    return withDefault(
        Type.word(AdminState.class), "inService", "drain: no new connections; outOfService: none.");
  }

  private static Key.Branch snmp() {
    return branch(
        "The SNMP agent: version 3 with authentication and privacy only.",
        "address",
        withDefault(Type.address(), "127.0.0.1", "Address of the management network."),
        "port",
        withDefault(Type.port(), 161L, "UDP port."),
        "users",
        named("Users of the User-based Security Model.", MAX_USERS, snmpUser()),
        "targets",
        named("Receivers of notifications.", MAX_USERS, snmpTarget()));
  }

  private static Key.Branch snmpUser() {
    return branch(
        "A user; without its passphrase files it does not exist.",
        "role",
        withDefault(Type.word(Role.class), "viewer", "What the user may do."),
        "auth",
        withDefault(Type.word(SnmpAuth.class), "sha256", "Authentication protocol."),
        "authPassphraseFile",
        required(Type.file(), "File, readable by its owner only, with the passphrase."),
        "priv",
        withDefault(Type.word(SnmpPriv.class), "aes128", "Privacy protocol."),
        "privPassphraseFile",
        required(Type.file(), "File, readable by its owner only, with the passphrase."));
  }

  private static Key.Branch snmpTarget() {
    return branch(
        "A receiver of notifications.",
        "address",
        required(Type.address(), "Where it listens."),
        "port",
        withDefault(Type.port(), 162L, "UDP port."),
        "kind",
        withDefault(Type.word(NotificationKind.class), "trap", "Once, or until acknowledged."),
        "user",
        required(Type.name("an SNMP user"), "User that sends."),
        "timeout",
        withDefault(
            Type.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
            "2s",
            "Until an inform is sent again."),
        "retries",
        withDefault(Type.integer(0, 10, "times"), 3L, "Times an inform is sent again."));
  }

  private static Key.Branch jmx() {
    return branch(
        "The JMX connector; does not start without a user.",
        "address",
        withDefault(Type.address(), "127.0.0.1", "Address of the management network."),
        "port",
        withDefault(Type.port(), 9010L, "TCP port of registry and connector."),
        "users",
        named(
            "Users.",
            MAX_USERS,
            branch(
                "A user; without its password file it does not exist.",
                "role",
                withDefault(Type.word(Role.class), "viewer", "What the user may do."),
                "passwordFile",
                required(Type.file(), "File, readable by its owner only, with the password."))));
  }
}
