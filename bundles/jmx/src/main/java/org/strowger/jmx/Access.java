package org.strowger.jmx;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.management.MBeanServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.strowger.api.AlarmCondition;
import org.strowger.api.Management.Jmx;
import org.strowger.api.Management.Tls;
import org.strowger.api.StartupReport;
import org.strowger.api.TlsFiles;

/**
 * Keeps the connector as it is configured: opens, moves or closes it, and says how it stands. One
 * thread at a time; the counters and {@link #status} any thread.
 */
final class Access {
  private static final Logger LOG = LoggerFactory.getLogger(Access.class);

  private final MBeanServer beans;
  private final Path state;
  private final Users users;
  private final Login login;
  private final Guard guard;
  private volatile @Nullable Connector connector;
  private @Nullable Shape opened;
  private volatile String status = StartupReport.STARTING;

  /**
   * @param state folder that relative password files are in
   */
  Access(MBeanServer beans, Path state) {
    this.beans = beans;
    this.state = state;
    this.users = new Users(state);
    this.login = new Login(users);
    this.guard = new Guard(users);
  }

  /** The users who do not exist, and why. */
  List<AlarmCondition> conditions() {
    return users.conditions();
  }

  /** One sentence: see {@link StartupReport}. */
  String status() {
    return status;
  }

  ConnectorObject.View counters() {
    Connector open = connector;
    return new ConnectorObject.View(
        open == null ? "" : OpenData.text(open.address()),
        open == null ? 0 : open.sessions(),
        open == null ? 0 : open.refused(),
        login.logins(),
        login.failures(),
        guard.denied());
  }

  void reconcile(Optional<Jmx> wanted) {
    String now = wanted.map(this::opened).orElse("");
    if (wanted.isEmpty()) {
      close();
      now = "JMX is not configured";
    }
    if (!now.equals(status)) {
      status = now;
      boolean failed = now.startsWith(StartupReport.FAILED);
      LOG.atLevel(failed ? Level.ERROR : Level.INFO).addKeyValue("state", now).log("JMX connector");
    }
  }

  void close() {
    Connector open = connector;
    connector = null;
    if (open != null) {
      open.close();
    }
  }

  private String opened(Jmx wanted) {
    users.configure(wanted.users());
    InetAddress host = wanted.address();
    InetSocketAddress address = new InetSocketAddress(host, wanted.port());
    if (wanted.tls().isEmpty() && !host.isLoopbackAddress()) {
      close();
      return StartupReport.FAILED
          + "JMX: "
          + host.getHostAddress()
          + " is not a loopback address, and without TLS JMX listens on loopback only";
    }
    if (!users.any()) {
      close();
      return "JMX does not listen: no user is configured whose password file exists";
    }
    Connector open = connector;
    Shape shape = shape(wanted);
    if (open == null || !open.address().equals(address) || !shape.equals(opened)) {
      close();
      opened = shape;
      return open(address, wanted);
    }
    return ready(address, wanted);
  }

  /** What the connector was opened with; renewed certificates count at once. */
  private record Shape(Optional<Tls> tls, Optional<Path> trust, List<String> files) {}

  private Shape shape(Jmx wanted) {
    List<String> files = new ArrayList<>();
    wanted.tls().ifPresent(tls -> files.add(age(tls.certificateFile()) + age(tls.keyFile())));
    wanted.clientTrustFile().ifPresent(file -> files.add(age(file)));
    return new Shape(wanted.tls(), wanted.clientTrustFile(), files);
  }

  private String age(Path file) {
    try {
      return Files.getLastModifiedTime(state.resolve(file)) + " ";
    } catch (IOException absent) { // opening says so
      return "none ";
    }
  }

  private CallerSockets.@Nullable Secured secured(Jmx wanted) throws IOException {
    Optional<Tls> tls = wanted.tls();
    return tls.isEmpty()
        ? null
        : new CallerSockets.Secured(
            TlsFiles.context(state, tls.get(), wanted.clientTrustFile()),
            wanted.clientTrustFile().isPresent());
  }

  private String open(InetSocketAddress address, Jmx wanted) {
    try {
      connector = Connector.open(address, secured(wanted), beans, login, guard);
      return ready(address, wanted);
    } catch (BindException e) {
      String where =
          "TCP port " + address.getPort() + " on " + address.getAddress().getHostAddress();
      boolean used = String.valueOf(e.getMessage()).contains("in use");
      return StartupReport.FAILED
          + "JMX: "
          + (used ? where + " is in use" : "cannot listen on " + where + ": " + e.getMessage());
    } catch (IOException e) {
      String failed = StartupReport.FAILED + "JMX: the connector did not start: " + e.getMessage();
      if (!failed.equals(status)) { // it is tried every other second
        LOG.atError().addKeyValue("address", address).setCause(e).log("no connector");
      }
      return failed;
    }
  }

  private static String ready(InetSocketAddress address, Jmx wanted) {
    String secured =
        wanted.clientTrustFile().isPresent()
            ? " with TLS 1.3 and certificates of clients"
            : wanted.tls().isPresent() ? " with TLS 1.3" : "";
    return "JMX listens on " + OpenData.text(address) + secured;
  }
}
