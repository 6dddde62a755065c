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
import org.strowger.api.Protocol;
import org.strowger.api.ProxyVersion;

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

  static final Key.Branch ROOT =
      branch(
          "Configuration of a Strowger director.",
          "director",
          DirectorShape.director(),
          "hooks",
          named("What is done outside the director.", HookShape.MAX_HOOKS, HookShape.hook()),
          "checks",
          named("Health checks, which pools refer to.", MAX_CHECKS, HealthShape.check()),
          "pools",
          named("Groups of real servers that do the same.", MAX_SERVICES, PoolShape.pool()),
          "virtualServices",
          named("What clients connect to.", MAX_SERVICES, virtualService()),
          "vrrp",
          VrrpShape.vrrp(),
          "sync",
          SyncShape.sync(),
          "management",
          ManagementShape.management(),
          "alarms",
          AlarmShape.alarms());

  private Shape() {}

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
        "hooks",
        HookShape.names("for what happens to it, and to the quorum of its pool."),
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

  static Key.Leaf adminState() {
    return withDefault(
        Type.word(AdminState.class), "inService", "drain: no new connections; outOfService: none.");
  }
}
