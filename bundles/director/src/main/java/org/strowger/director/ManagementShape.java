package org.strowger.director;

import static org.strowger.director.Key.branch;
import static org.strowger.director.Key.named;
import static org.strowger.director.Key.optional;
import static org.strowger.director.Key.required;
import static org.strowger.director.Key.withDefault;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.strowger.api.NotificationKind;
import org.strowger.api.Role;
import org.strowger.api.SnmpAuth;
import org.strowger.api.SnmpPriv;

/** The part of the {@link Shape} that is about how the director is seen and tuned. */
final class ManagementShape {
  /** Most users of one management protocol, and most notification targets. */
  static final int MAX_USERS = 64;

  /** Most prefixes that a community is taken from. */
  private static final int MAX_SOURCES = 256;

  private ManagementShape() {}

  static Key.Branch management() {
    return branch(
        "How the director is seen and tuned.",
        "snmp",
        snmp(),
        "jmx",
        jmx(),
        "metrics",
        metrics(),
        "syslog",
        AlarmShape.syslog(),
        "performance",
        PerformanceShape.performance());
  }

  private static Key.Branch snmp() {
    return branch(
        "The SNMP agent: version 3 with authentication and privacy.",
        "address",
        address(),
        "port",
        withDefault(Type.port(), 161L, "UDP port."),
        "users",
        named("Users of the User-based Security Model.", MAX_USERS, snmpUser()),
        "targets",
        named("Receivers of notifications.", MAX_USERS, snmpTarget()),
        "keepalivedMib",
        withDefault(
            Type.yesOrNo(),
            false,
            "true: services and real servers are also in the tables of KEEPALIVED-MIB."),
        "authenticationTraps",
        withDefault(
            Type.yesOrNo(),
            false,
            "true: who does not show who he is, by user, key, community or certificate, is told"
                + " to targets as authenticationFailure, once a second."),
        "tls",
        snmpTls(),
        "communities",
        named(
            "Who may read by version 2c, which protects nothing; without one it is not answered.",
            MAX_USERS,
            branch(
                "A community; without its file it does not exist.",
                "communityFile",
                required(Type.file(), "File, readable by its owner only, with the community."),
                "sources",
                withDefault(
                    Type.prefixes(MAX_SOURCES),
                    List.of(),
                    "From here only; without one from nowhere."))));
  }

  private static Key.Branch snmpTls() {
    return branch(
        "The agent over TLS 1.3 (RFC 6353) besides; without it it is not reached so.",
        tls(
            "port",
            withDefault(Type.port(), 10161L, "TCP port."),
            "clients",
            named(
                "Managers that are let in, by their certificates.",
                MAX_USERS,
                branch(
                    "A manager; its name is its security name.",
                    "role",
                    withDefault(Type.word(Role.class), "viewer", "What the manager may do."),
                    "fingerprint",
                    required(
                        Type.fingerprint(),
                        "Of its certificate: 04 and its SHA-256 (05: SHA-384, 06: SHA-512).")))));
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
        withDefault(Type.port(), 162L, "UDP port; with a fingerprint TCP, 10162 as a rule."),
        "kind",
        withDefault(Type.word(NotificationKind.class), "trap", "Once, or until acknowledged."),
        "user",
        optional(Type.name("an SNMP user"), "User that sends, over UDP."),
        "timeout",
        withDefault(
            Type.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
            "2s",
            "Until an inform is sent again."),
        "retries",
        withDefault(Type.integer(0, 10, "times"), 3L, "Times an inform is sent again."),
        "heartbeat",
        optional(
            AlarmShape.heartbeat(),
            "Time between its heartbeats; 0s: none; without it that of alarms."),
        "fingerprint",
        optional(
            Type.fingerprint(),
            "Of its certificate: it is told over TLS 1.3, with the certificate of snmp.tls."));
  }

  private static Key.Branch jmx() {
    return branch(
        "The JMX connector; does not start without a user.",
        "address",
        address(),
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
                required(Type.file(), "File, readable by its owner only, with the password."))),
        "tls",
        branch(
            "What it speaks TLS 1.3 with; without it JMX listens on loopback only.",
            tls(
                "clientTrustFile",
                optional(
                    Type.file(),
                    "PEM file of what a client's certificate must be, or be signed by."))));
  }

  private static Key.Branch metrics() {
    return branch(
        "Metrics over HTTP at /metrics; off loopback with TLS and a user only.",
        "address",
        address(),
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
        branch("What it speaks TLS 1.3 with.", tls()));
  }

  private static Object[] tls(Object... more) {
    List<Object> keys =
        new ArrayList<>(
            List.of(
                "certificateFile",
                required(Type.file(), "PEM file, its own certificate first."),
                "keyFile",
                required(Type.file(), "PEM file with the key, PKCS #8 without a passphrase.")));
    keys.addAll(List.of(more));
    return keys.toArray();
  }

  private static Key.Leaf address() {
    return withDefault(Type.address(), "127.0.0.1", "Address of the management network.");
  }
}
