package org.strowger.api;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The wanted management plane. What is absent does not listen. */
public record Management(
    Optional<Snmp> snmp,
    Optional<Jmx> jmx,
    Optional<Metrics> metrics,
    Map<String, SyslogTarget> syslog,
    PerformanceSettings performance) {
  public Management {
    syslog = Collections.unmodifiableMap(new LinkedHashMap<>(syslog));
  }

  /** One without syslog, and with performance measured as where nothing is configured. */
  public Management(Optional<Snmp> snmp, Optional<Jmx> jmx, Optional<Metrics> metrics) {
    this(snmp, jmx, metrics, Map.of(), PerformanceSettings.STANDARD);
  }

  /**
   * The SNMP agent. Without a user whose passphrase files exist, it answers nobody.
   *
   * @param keepalivedMib whether virtual services and real servers are also shown as keepalived
   *     shows its own, for managers that know no other
   * @param tls how it is reached over TLS besides; empty if it is not
   * @param communities who may read by version 2c, which protects nothing; without one that version
   *     is not even decoded
   * @param authenticationTraps whether who does not show who he is, by user, key, community or
   *     certificate, is also told as authenticationFailure (RFC 3418), once a second at most
   */
  public record Snmp(
      InetAddress address,
      int port,
      Map<String, SnmpUser> users,
      Map<String, SnmpTarget> targets,
      boolean keepalivedMib,
      Optional<SnmpTls> tls,
      Map<String, SnmpCommunity> communities,
      boolean authenticationTraps) {
    /** One of version 3 alone. */
    public Snmp(
        InetAddress address,
        int port,
        Map<String, SnmpUser> users,
        Map<String, SnmpTarget> targets,
        boolean keepalivedMib,
        Optional<SnmpTls> tls) {
      this(address, port, users, targets, keepalivedMib, tls, Map.of(), false);
    }

    /** One that shows only its own. */
    public Snmp(
        InetAddress address,
        int port,
        Map<String, SnmpUser> users,
        Map<String, SnmpTarget> targets) {
      this(address, port, users, targets, false, Optional.empty());
    }

    public Snmp {
      users = Collections.unmodifiableMap(new LinkedHashMap<>(users));
      targets = Collections.unmodifiableMap(new LinkedHashMap<>(targets));
      communities = Collections.unmodifiableMap(new LinkedHashMap<>(communities));
    }
  }

  /**
   * Who may read by version 2c as a viewer does, and nothing else: whoever sends the community from
   * one of the sources, which may be forged.
   *
   * @param communityFile file with the community in its first line, as that of a passphrase
   * @param sources from where; from nowhere if there is none
   */
  public record SnmpCommunity(String name, Path communityFile, List<Prefix> sources) {
    public SnmpCommunity {
      sources = List.copyOf(sources);
    }
  }

  /**
   * The agent over TLS 1.3, by the Transport Security Model (RFC 5591, 6353, 9456): who a manager
   * is tells his certificate.
   *
   * @param port TCP, at the agent's address
   * @param files what the agent shows itself with
   */
  public record SnmpTls(int port, Tls files, Map<String, SnmpTlsClient> clients) {
    public SnmpTls {
      clients = Collections.unmodifiableMap(new LinkedHashMap<>(clients));
    }
  }

  /**
   * A manager over TLS.
   *
   * @param name his security name
   * @param fingerprint of his certificate itself; who signed it does not matter
   */
  public record SnmpTlsClient(String name, Role role, Fingerprint fingerprint) {}

  /**
   * A USM user, always authPriv.
   *
   * @param authPassphraseFile file with the passphrase in its first line, readable by the owner
   *     only; relative to the state folder. A user whose files are missing does not exist yet.
   * @param privPassphraseFile the same for privacy
   */
  public record SnmpUser(
      String name,
      Role role,
      SnmpAuth auth,
      Path authPassphraseFile,
      SnmpPriv priv,
      Path privPassphraseFile) {}

  /**
   * A receiver of notifications: over UDP by the User-based Security Model, or over TLS 1.3, to
   * which the agent shows the certificate of {@link SnmpTls}.
   *
   * @param user name of an {@link SnmpUser}; empty over TLS
   * @param timeout of one inform, before it is sent again; over TLS nothing is sent again, and it
   *     is given up after as long as that would have taken
   * @param retries of an inform, 0 to 10
   * @param heartbeat time between two heartbeats to it, at least 1 s, or zero: none; empty: those
   *     of {@link AlarmSettings}
   * @param fingerprint of the receiver's certificate; empty over UDP
   */
  public record SnmpTarget(
      String name,
      InetAddress address,
      int port,
      NotificationKind kind,
      String user,
      Duration timeout,
      int retries,
      Optional<Duration> heartbeat,
      Optional<Fingerprint> fingerprint) {
    /** One over UDP with the heartbeats of everybody. */
    public SnmpTarget(
        String name,
        InetAddress address,
        int port,
        NotificationKind kind,
        String user,
        Duration timeout,
        int retries) {
      this(name, address, port, kind, user, timeout, retries, Optional.empty(), Optional.empty());
    }
  }

  /**
   * The JMX connector: does not start without a user whose password file exists, and on an address
   * that is not one of loopback not without TLS.
   *
   * @param tls what it speaks TLS 1.3 with; empty for loopback alone
   * @param clientTrustFile with TLS: certificates in PEM of which a client's must be one, or be
   *     signed by one, beside the password; empty if the password is enough
   */
  public record Jmx(
      InetAddress address,
      int port,
      Map<String, JmxUser> users,
      Optional<Tls> tls,
      Optional<Path> clientTrustFile) {
    /** One on loopback, without TLS. */
    public Jmx(InetAddress address, int port, Map<String, JmxUser> users) {
      this(address, port, users, Optional.empty(), Optional.empty());
    }

    public Jmx {
      users = Collections.unmodifiableMap(new LinkedHashMap<>(users));
    }
  }

  /** A JMX user; the password is the first line of the file, relative to the state folder. */
  public record JmxUser(String name, Role role, Path passwordFile) {}

  /**
   * A receiver of alarms and changes in the form of RFC 5424.
   *
   * @param facility 0 to 23
   * @param trustFile with TLS: certificates in PEM of which the server's must be one, or be signed
   *     by one; relative to the state folder
   */
  public record SyslogTarget(
      String name,
      InetAddress address,
      int port,
      SyslogTransport transport,
      int facility,
      Optional<Path> trustFile) {}

  /**
   * The endpoint of metrics over HTTP. On an address that is not one of loopback it needs TLS and a
   * user.
   */
  public record Metrics(
      InetAddress address, int port, Map<String, MetricsUser> users, Optional<Tls> tls) {
    public Metrics {
      users = Collections.unmodifiableMap(new LinkedHashMap<>(users));
    }
  }

  /** Who may read the metrics; the password is the file's first line ({@link SecretFile}). */
  public record MetricsUser(String name, Path passwordFile) {}

  /**
   * What a server speaks TLS 1.3 with.
   *
   * @param certificateFile PEM, its own certificate first; relative to the state folder
   * @param keyFile PEM, PKCS #8 without a passphrase
   */
  public record Tls(Path certificateFile, Path keyFile) {}
}
