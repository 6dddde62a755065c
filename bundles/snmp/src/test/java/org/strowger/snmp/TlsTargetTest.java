package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.AlarmType;
import org.strowger.api.Fingerprint;
import org.strowger.api.Management.Snmp;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.Management.SnmpTls;
import org.strowger.api.Management.Tls;
import org.strowger.api.NotificationKind;
import org.strowger.api.Severity;

/** Notifications over TLS 1.3 (RFC 6353), as SNMP4J's own receiver and openssl meet them. */
class TlsTargetTest {
  private static final String COLD_START = ".1.3.6.1.6.3.1.1.5.1";
  private static final String CRITICAL = Rig.STG + ".2.6.0.5";
  private static final String CLEARED = Rig.STG + ".2.6.0.6";
  private static final String REPLAYED = Rig.STG + ".2.6.0.12";
  private static final String ADDRESSES = ".1.3.6.1.6.3.12.1.2.1";
  private static final String PARAMETERS = ".1.3.6.1.6.3.12.1.3.1";
  private static final String TLSTM = ".1.3.6.1.2.1.198.2";
  private static final String NOC = ".110.111.99";
  private static final String TLS = ".58.116.108.115";

  @TempDir Path state;

  @BeforeEach
  void processIsNew() {
    Tools.require("openssl", "openssl");
    Tools.require("snmp", "snmpget");
    System.clearProperty(Agent.STARTED_PROPERTY);
    for (String name : List.of("agent", "noc", "stranger")) {
      TlsStation.certificate(state, name);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, Rig.LOOPBACK)) {
      return socket.getLocalPort();
    }
  }

  private Fingerprint fingerprint(String name) throws Exception {
    byte[] pem = Files.readAllBytes(state.resolve(name + ".crt"));
    return Fingerprint.of(
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem)),
        4);
  }

  private SnmpTarget target(String name, int port, NotificationKind kind, String certificate)
      throws Exception {
    return new SnmpTarget(
        name,
        Rig.LOOPBACK,
        port,
        kind,
        "",
        Duration.ofSeconds(5),
        1,
        Optional.empty(),
        Optional.of(fingerprint(certificate)));
  }

  private Rig rig(SnmpTarget... all) throws IOException {
    Map<String, SnmpTarget> targets = new LinkedHashMap<>();
    for (SnmpTarget each : all) {
      targets.put(each.name(), each);
    }
    Rig rig = Rig.withoutAgent(state, Map.of());
    Snmp plain = rig.configured(rig.port, targets);
    Tls files = new Tls(Path.of("agent.crt"), Path.of("agent.key"));
    rig.director.manage(
        new Snmp(
            plain.address(),
            plain.port(),
            plain.users(),
            plain.targets(),
            false,
            Optional.of(new SnmpTls(freePort(), files, Map.of()))));
    rig.startAgent();
    return rig;
  }

  /** A cell of stgAlmTargetTable. */
  private static String column(Rig rig, int column) {
    String text = rig.get(Rig.STG + ".2.6.1.2.5.1." + column + NOC);
    return text.substring(text.indexOf(" = ") + 3);
  }

  private static boolean alarmed(Rig rig) {
    return rig.director.reported("snmp").stream()
        .anyMatch(each -> each.type() == AlarmType.TRAP_TARGET_UNREACHABLE);
  }

  @Test
  void whatHappensBeforeThereIsASessionWaitsForIt() throws Exception {
    int port = freePort();
    try (Rig rig = rig(target("noc", port, NotificationKind.TRAP, "noc"))) {
      rig.director.raise(AlarmType.SERVICE_DOWN, "service=web", Severity.CRITICAL, "all down");
      Rig.until(() -> alarmed(rig), () -> "nobody says that there is no session");
      try (TlsReceiver receiver = TlsReceiver.start("noc", state, "agent", port)) {
        Rig.until(() -> column(rig, 9).equals("INTEGER: 2"), () -> column(rig, 9));
        receiver.await(COLD_START, 1);
        receiver.await(CRITICAL, 1);
        Rig.until(() -> !alarmed(rig), () -> "the alarm stays: " + rig.director.reported("snmp"));
        assertEquals("Counter32: 0", column(rig, 7), "nothing was lost");
      }
    }
  }

  @Test
  void whatWasOnItsWayWhenASessionBrokeComesAgainWithTheNext() throws Exception {
    try (SilentReceiver dying = SilentReceiver.open(state, "noc");
        Rig rig = rig(target("noc", dying.port(), NotificationKind.TRAP, "noc"))) {
      SilentReceiver.Session session = dying.accept(() -> {});
      rig.director.raise(AlarmType.SERVICE_DOWN, "service=web", Severity.CRITICAL, "all down");
      Rig.until(() -> column(rig, 2).equals("Gauge32: 1"), () -> column(rig, 2));
      assertEquals("Gauge32: 0", column(rig, 10), "as far as anybody knows");
      dying.refuse();
      session.reset();
      try (TlsReceiver receiver = TlsReceiver.start("noc", state, "agent", dying.port())) {
        receiver.await(CRITICAL, 1);
        receiver.await(REPLAYED, 1);
      }
    }
  }

  @Test
  void informsAreAcknowledgedAndTheTablesShowHowTheyGo() throws Exception {
    int port = freePort();
    try (TlsReceiver receiver = TlsReceiver.start("noc", state, "agent", port);
        Rig rig = rig(target("noc", port, NotificationKind.INFORM, "noc"))) {
      var alarm =
          rig.director.raise(AlarmType.SERVICE_DOWN, "service=web", Severity.CRITICAL, "down");
      rig.director.clear(alarm);
      receiver.await(CLEARED, 1);
      assertTrue(receiver.count(CRITICAL) >= 1); // again if it was slow to acknowledge
      Rig.until(
          () -> Integer.parseInt(column(rig, 5).replace("Counter32: ", "")) >= 3,
          () -> column(rig, 5));
      assertTrue(rig.get(ADDRESSES + ".2" + NOC).endsWith(".1.3.6.1.6.1.8"), "over TLS");
      assertTrue(
          rig.get(ADDRESSES + ".3" + NOC).endsWith("\"127.0.0.1:" + port + "\""),
          rig.get(ADDRESSES + ".3" + NOC));
      assertTrue(rig.get(PARAMETERS + ".3" + TLS).endsWith("INTEGER: 4"), "transport security");
      assertTrue(rig.get(TLSTM + ".2.1.9.1.1" + NOC).contains(hex("noc")), "whom it expects");
      assertTrue(rig.get(TLSTM + ".2.1.6.1.1" + TLS).contains(hex("agent")), "what it shows");
      assertTrue(rig.get(TLSTM + ".2.1.7.0").endsWith("Gauge32: 1"));
      assertFalse(rig.get(TLSTM + ".1.1.0").endsWith("Counter32: 0"), "a session was opened");
    }
  }

  /** The first octets as net-snmp writes them. */
  private String hex(String name) throws Exception {
    return fingerprint(name).text().substring(0, 23).toUpperCase(Locale.ROOT).replace(':', ' ');
  }

  @Test
  void oneWithAnotherCertificateIsToldNothing() throws Exception {
    int port = freePort();
    try (TlsReceiver receiver = TlsReceiver.start("stranger", state, "agent", port);
        Rig rig = rig(target("noc", port, NotificationKind.TRAP, "noc"))) {
      Rig.until(() -> alarmed(rig), () -> "a stranger passes for the target");
      assertFalse(rig.get(TLSTM + ".1.9.0").endsWith("Counter32: 0"), "counted");
      assertEquals(0, receiver.count(COLD_START));
    }
  }

  @Test
  void opensslSeesTheAgentsCertificateAndTheMessage() throws Exception {
    int port = freePort();
    Path said = state.resolve("said");
    Process server =
        new ProcessBuilder(
                "openssl",
                "s_server",
                "-accept",
                "127.0.0.1:" + port,
                "-cert",
                "noc.crt",
                "-key",
                "noc.key",
                "-CAfile",
                "agent.crt",
                "-Verify",
                "1",
                "-verify_return_error",
                "-tls1_3")
            .directory(state.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try (Rig rig = rig(target("noc", port, NotificationKind.TRAP, "noc"))) {
      rig.director.raise(AlarmType.SERVICE_DOWN, "service=web", Severity.CRITICAL, "all down");
      Rig.until(
          () -> text(said).contains("service=web"), () -> "openssl has not seen it: " + text(said));
      assertTrue(text(said).contains("CN = agent"), text(said));
    } finally {
      server.destroy();
      assertTrue(server.waitFor(20, TimeUnit.SECONDS), "openssl does not end");
    }
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
