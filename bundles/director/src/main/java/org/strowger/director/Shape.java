package org.strowger.director;

import static org.strowger.director.Key.branch;
import static org.strowger.director.Key.named;
import static org.strowger.director.Key.optional;
import static org.strowger.director.Key.required;
import static org.strowger.director.Key.withDefault;

import java.time.Duration;
import java.util.List;
import org.strowger.api.AdminState;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.InitState;
import org.strowger.api.NotificationKind;
import org.strowger.api.OnDown;
import org.strowger.api.Protocol;
import org.strowger.api.ProxyVersion;
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

  /** Most prefixes of one list. */
  static final int MAX_PREFIXES = 10_000;

  /** Most health checks, and most of one pool. */
  static final int MAX_CHECKS = 1_000;

  static final int MAX_CHECKS_OF_POOL = 16;

  /** Largest limit of connections. */
  static final long MAX_CONNECTIONS = 100_000_000;

  /** Most users of one management protocol, and most notification targets. */
  static final int MAX_USERS = 64;

  static final Key.Branch ROOT =
      branch(
          "Configuration of a Strowger director.",
          "director",
          DirectorShape.director(),
          "checks",
          named("Health checks, which pools refer to.", MAX_CHECKS, HealthShape.check()),
          "pools",
          named("Groups of real servers that do the same.", MAX_SERVICES, pool()),
          "virtualServices",
          named("What clients connect to.", MAX_SERVICES, virtualService()),
          "management",
          branch(
              "How the director is seen and tuned.",
              "snmp",
              snmp(),
              "jmx",
              jmx(),
              "metrics",
              metrics()));

  private Shape() {}

  private static Key.Branch pool() {
    return branch(
        "A pool.",
        "adminState",
        adminState(),
        "minUp",
        withDefault(
            Type.integer(1, MAX_REAL_SERVERS, "real servers"),
            1L,
            "While fewer of the larger priorities are up, the next priority joins."),
        "slowStart",
        withDefault(
            Type.duration(Duration.ZERO, Duration.ofHours(1)),
            "0s",
            "Time in which one that came back gets its whole weight; 0s: at once."),
        "panicThreshold",
        withDefault(
            Type.integer(0, 100, "percent"),
            0L,
            "If a smaller share is up all are used, healthy or not; 0: never."),
        "checks",
        withDefault(
            Type.names("health checks", MAX_CHECKS_OF_POOL),
            List.of(),
            "Health checks done for each real server."),
        "checksRequired",
        withDefault(
            Type.integer(0, MAX_CHECKS_OF_POOL, "checks"), 0L, "So many must pass; 0: all."),
        "initState",
        withDefault(Type.word(InitState.class), "up", "Until its checks have a first verdict."),
        "onDown",
        withDefault(
            Type.word(OnDown.class),
            "keep",
            "Live connections of one that went down; drainThenReset: cut after timeouts.drain."),
        "manualResume",
        withDefault(Type.yesOrNo(), false, "One that went down stays down until resumed by hand."),
        "quorum",
        withDefault(HealthShape.liveWeight(), 0L, "Live weight the pool needs; 0: none."),
        "quorumHysteresis",
        withDefault(
            HealthShape.liveWeight(),
            0L,
            "Lost below quorum minus this, back from quorum plus this."),
        "outlier",
        HealthShape.outlier(),
        "damping",
        HealthShape.damping(),
        "realServers",
        named("Its real servers, in the order that schedulers see.", MAX_REAL_SERVERS, real()));
  }

  private static Key.Branch real() {
    return branch(
        "A real server.",
        "address",
        required(Type.address(), "Where it is reached."),
        "port",
        required(Type.realPort(), "Port it listens on, or same: the one of the client."),
        "weight",
        withDefault(
            Type.integer(0, 65535, "weight"), 1L, "Share of new connections; 0 quiesces it."),
        "priority",
        withDefault(
            Type.integer(0, 65535, "priority"), 0L, "The largest serve; smaller ones stand by."),
        "zone",
        optional(Type.name("a zone"), "Where it stands."),
        "upperThreshold",
        withDefault(
            count("connections"), 0L, "Connections held at once, at most; 0: no threshold."),
        "lowerThreshold",
        withDefault(
            count("connections"),
            0L,
            "Once full it takes new ones below this; 0: three quarters of upperThreshold."),
        "track",
        optional(Type.realServer(), "While that one is down or drained, so is this one."),
        "adminState",
        adminState(),
        "forwarding",
        optional(
            Type.word(ForwardingMethod.class),
            "How connections reach it; without it as the virtual service says."));
  }

  private static Key.Branch virtualService() {
    return branch(
        "A virtual service.",
        "address",
        required(Type.address(), "Address that clients connect to."),
        "port",
        required(Type.portRange(), "Port that clients connect to; a range, or all."),
        "protocol",
        withDefault(Type.word(Protocol.class), "tcp", "Transport protocol."),
        "scheduler",
        withDefault(Type.name("a scheduler"), "wlc", "Who chooses the real server."),
        "schedulerOptions",
        new Key.Open("Options of that scheduler.", false, false),
        "pool",
        required(Type.name("a pool"), "Its real servers."),
        "backupPool",
        optional(Type.name("a pool"), "Serves while nobody of the pool can: sorry servers."),
        "forwarding",
        withDefault(
            Type.word(ForwardingMethod.class), "relay", "How connections reach a real server."),
        "onePacket",
        withDefault(Type.yesOrNo(), false, "UDP: each datagram is scheduled alone."),
        "timeouts",
        timeouts(),
        "connectTries",
        withDefault(
            Type.integer(1, 16, "real servers"), 3L, "Real servers tried for one connection."),
        "queue",
        queue(),
        "limits",
        limits(),
        "persistence",
        persistence(),
        "access",
        access(),
        "proxyProtocol",
        branch(
            "How the client's address is told.",
            "send",
            withDefault(Type.word(ProxyVersion.class), "none", "Header to the real servers."),
            "acceptFrom",
            withDefault(Type.prefixes(MAX_PREFIXES), List.of(), "These in front send a header.")),
        "transparentSource",
        withDefault(
            Type.yesOrNo(), false, "Real servers see the client's address; needs privilege."),
        "connectionLog",
        branch(
            "The log of its connections.",
            "sample",
            withDefault(
                Type.integer(0, 1_000_000, "connections"), 0L, "Every how many one; 0: none."),
            "rate",
            withDefault(Type.integer(1, 100_000, "lines a second"), 100L, "At most.")),
        "adminState",
        adminState());
  }

  private static Key.Branch access() {
    return branch(
        "Who may connect: the longest prefix decides, deny before allow.",
        "allow",
        withDefault(Type.prefixes(MAX_PREFIXES), List.of(), "These; if there are any, no others."),
        "deny",
        withDefault(Type.prefixes(MAX_PREFIXES), List.of(), "Not these."));
  }

  private static Key.Branch timeouts() {
    return branch(
        "How long it waits; when an idle time has passed, both ends get a reset.",
        "connect",
        withDefault(
            Type.duration(Duration.ofMillis(10), Duration.ofMinutes(2)),
            "3s",
            "For a real server to accept a connection."),
        "clientIdle",
        withDefault(idle(), "15m", "Without a byte to or from the client."),
        "serverIdle",
        withDefault(idle(), "15m", "Without a byte to or from the real server."),
        "halfClosed",
        withDefault(idle(), "2m", "Without a byte once one direction has ended."),
        "flow",
        withDefault(idle(), "5m", "For the next datagram of a UDP flow."),
        "drain",
        withDefault(
            Type.duration(Duration.ZERO, Duration.ofDays(30)),
            "0s",
            "For connections of what was drained or removed; 0s: as long as they like."));
  }

  private static Type idle() {
    return Type.duration(Duration.ofMillis(100), Duration.ofDays(30));
  }

  static Type count(String unit) {
    return Type.integer(0, MAX_CONNECTIONS, unit);
  }

  private static Key.Branch queue() {
    return branch(
        "New connections that wait while every real server is full.",
        "size",
        withDefault(Type.integer(0, 65_536, "connections"), 0L, "At most; 0: none waits."),
        "timeout",
        withDefault(
            Type.duration(Duration.ofMillis(10), Duration.ofMinutes(10)), "5s", "Longest wait."));
  }

  private static Key.Branch limits() {
    return branch(
        "Limits; 0 is none.",
        "connections",
        withDefault(count("connections"), 0L, "Held at once."),
        "connectionsPerSource",
        withDefault(count("connections"), 0L, "Held at once by one source."),
        "rate",
        withDefault(count("connections a second"), 0L, "New ones."),
        "burst",
        withDefault(count("connections"), 0L, "New ones at once; 0: one second's worth."),
        "ratePerSource",
        withDefault(count("connections a second"), 0L, "New ones of one source."),
        "burstPerSource",
        withDefault(count("connections"), 0L, "At once; 0: one second's worth."),
        "sourcePrefixIpv4",
        withDefault(Type.integer(1, 32, "bits"), 32L, "Bits of an address that make a source."),
        "sourcePrefixIpv6",
        withDefault(Type.integer(1, 128, "bits"), 128L, "Bits of an address that make a source."));
  }

  private static Key.Branch persistence() {
    return branch(
        "Keeps the connections of one source on one real server.",
        "timeout",
        withDefault(
            Type.duration(Duration.ZERO, Duration.ofDays(30)),
            "0s",
            "Since its last connection; 0s: no persistence."),
        "prefixIpv4",
        withDefault(Type.integer(1, 32, "bits"), 32L, "Bits of an address that make a source."),
        "prefixIpv6",
        withDefault(Type.integer(1, 128, "bits"), 128L, "Bits of an address that make a source."),
        "toQuiesced",
        withDefault(Type.yesOrNo(), false, "A source stays on a quiesced real server."),
        "entries",
        withDefault(
            Type.integer(16, 4_194_304, "sources"), 65_536L, "Sources remembered at most."));
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

  private static Key.Branch metrics() {
    return branch(
        "Metrics over HTTP at /metrics; off loopback with TLS and a user only.",
        "address",
        withDefault(Type.address(), "127.0.0.1", "Address of the management network."),
        "port",
        withDefault(Type.port(), 9464L, "TCP port."),
        "users",
        named(
            "Users, by HTTP basic authentication; without one everybody on loopback may read.",
            MAX_USERS,
            branch(
                "A user; without its password file it does not exist.",
                "passwordFile",
                required(Type.file(), "File, readable by its owner only, with the password."))),
        "tls",
        branch(
            "What it speaks TLS 1.3 with.",
            "certificateFile",
            required(Type.file(), "PEM file, its own certificate first."),
            "keyFile",
            required(Type.file(), "PEM file with the key, PKCS #8 without a passphrase.")));
  }
}
