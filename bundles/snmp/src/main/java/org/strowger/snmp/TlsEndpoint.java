package org.strowger.snmp;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.MessageDispatcher;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmType;
import org.strowger.api.Fingerprint;
import org.strowger.api.Management.Snmp;
import org.strowger.api.Management.SnmpTls;
import org.strowger.api.Management.Tls;
import org.strowger.api.TlsFiles;

/**
 * Keeps the agent's TLS as it is configured: opens, moves or closes it, takes renewed certificates,
 * ends the sessions of who is not let in any more. What keeps it from that is an alarm, not a
 * reason to be deaf over UDP as well. Used by the agent's thread only.
 */
final class TlsEndpoint {
  private static final Logger log = LoggerFactory.getLogger(TlsEndpoint.class);

  private static final int SHA_256 = 4;

  private final Path stateFolder;
  private final MessageDispatcher dispatcher;
  private final ProtocolCounters counters;
  private final AccessAudit audit;
  private final TlsPeers clients = new TlsPeers(InstantSource.system());
  private @Nullable TlsTransport transport;
  private @Nullable Secured secured;
  private @Nullable AlarmCondition problem;

  /** What sessions are opened with, and which files that was made of. */
  private record Secured(Tls files, String age, SSLSocketFactory factory, Fingerprint own) {}

  TlsEndpoint(
      Path stateFolder,
      MessageDispatcher dispatcher,
      ProtocolCounters counters,
      AccessAudit audit) {
    this.stateFolder = stateFolder;
    this.dispatcher = dispatcher;
    this.counters = counters;
    this.audit = audit;
  }

  void follow(Snmp wanted) {
    SnmpTls tls = wanted.tls().orElse(null);
    if (tls == null) {
      close();
      complain(null);
      return;
    }
    Map<String, Fingerprint> wantedClients = new HashMap<>();
    tls.clients().forEach((name, client) -> wantedClients.put(name, client.fingerprint()));
    clients.configure(wantedClients);
    try {
      SSLSocketFactory factory = factory(tls.files());
      listen(wanted.address(), tls.port(), factory);
      complain(null);
    } catch (BindException e) {
      String where = "TCP port " + tls.port() + " on " + wanted.address().getHostAddress();
      complain(
          condition(AlarmType.LISTEN_FAILED, "SNMP over TLS: " + where + ": " + e.getMessage()));
    } catch (IOException e) {
      complain(condition(AlarmType.SECRET_MISSING, "SNMP over TLS: " + e.getMessage()));
    }
    if (transport != null) {
      transport.endOthers();
      transport.logDrops();
    }
  }

  private static AlarmCondition condition(AlarmType type, String text) {
    return new AlarmCondition(type, "listener=tls,of=snmp", text);
  }

  /** A new one when a file is another; if that cannot be read the one before stays. */
  private SSLSocketFactory factory(Tls files) throws IOException {
    String age = age(files.certificateFile()) + age(files.keyFile());
    Secured known = secured;
    if (known == null || !known.files().equals(files) || !known.age().equals(age)) {
      TrustManager[] trust = {clients};
      SSLSocketFactory factory = TlsFiles.context(stateFolder, files, trust).getSocketFactory();
      known = new Secured(files, age, factory, fingerprint(files));
      secured = known;
      if (transport != null) {
        transport.renew(known.factory());
      }
    }
    return known.factory();
  }

  private Fingerprint fingerprint(Tls files) throws IOException {
    try {
      return Fingerprint.of(TlsFiles.all(stateFolder, files.certificateFile()).getFirst(), SHA_256);
    } catch (CertificateEncodingException e) {
      throw new IOException(files.certificateFile() + " has no encoding", e);
    }
  }

  /** Of the certificate that was last read from these files. */
  Optional<Fingerprint> ownFingerprint(Tls files) {
    return Optional.ofNullable(secured)
        .filter(known -> known.files().equals(files))
        .map(Secured::own);
  }

  private String age(Path file) {
    try {
      return Files.getLastModifiedTime(stateFolder.resolve(file)) + " ";
    } catch (IOException absent) { // reading it says so
      return "none ";
    }
  }

  private void listen(InetAddress address, int port, SSLSocketFactory factory) throws IOException {
    InetSocketAddress at = new InetSocketAddress(address, port);
    if (transport != null && !transport.isAt(at)) {
      close();
    }
    if (transport == null) {
      transport = TlsTransport.open(at, dispatcher, counters, audit, clients, factory);
      log.info("SNMP over TLS 1.3: TCP port {} on {}", port, address.getHostAddress());
    }
  }

  private void complain(@Nullable AlarmCondition now) {
    if (now != null && !now.equals(problem)) {
      log.error("{}", now.text());
    }
    problem = now;
  }

  /** What keeps it from being as it is configured. */
  Optional<AlarmCondition> problem() {
    return Optional.ofNullable(problem);
  }

  void close() {
    if (transport != null) {
      try {
        transport.close();
      } catch (IOException e) {
        log.warn("the TLS socket did not close: {}", e.toString());
      }
      transport = null;
    }
  }
}
