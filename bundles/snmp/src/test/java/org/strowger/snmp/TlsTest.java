package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.snmp4j.PDU;
import org.snmp4j.smi.Gauge32;
import org.snmp4j.smi.OctetString;
import org.strowger.api.AlarmType;
import org.strowger.api.Fingerprint;
import org.strowger.api.Management.Snmp;
import org.strowger.api.Management.SnmpTls;
import org.strowger.api.Management.SnmpTlsClient;
import org.strowger.api.Management.Tls;
import org.strowger.api.Role;

/** The agent over TLS 1.3 (RFC 6353), as SNMP4J's own manager and openssl meet it. */
class TlsTest {
  private static final String NAME = ".1.3.6.1.2.1.1.5.0";
  private static final String WEIGHT_A = Rig.STG + ".2.3.1.2.5.1.9.3.119.101.98.1.97";
  private static final String ACCEPTS = ".1.3.6.1.2.1.198.2.1.4.0";
  private static final String BAD_CERTIFICATES = ".1.3.6.1.2.1.198.2.1.7.0";
  private static final String INVALID_CACHES = ".1.3.6.1.2.1.190.1.1.1.0";
  private static final String MAPPING = ".1.3.6.1.2.1.198.2.2.1.3.1";

  private static final Logger AUDIT = (Logger) LoggerFactory.getLogger("audit");

  @TempDir static Path state;
  private static Rig rig;
  private final ListAppender<ILoggingEvent> audited = new ListAppender<>();
  private int port;

  @BeforeAll
  static void startAgent() {
    Tools.require("openssl", "openssl");
    Tools.require("snmp", "snmpget");
    for (String name : List.of("agent", "next", "noc", "ops", "stranger")) {
      TlsStation.certificate(state, name);
    }
    rig = Rig.start(state);
  }

  @AfterAll
  static void stopAgent() {
    if (rig != null) {
      rig.close();
    }
  }

  @BeforeEach
  void start() throws Exception {
    audited.list = new CopyOnWriteArrayList<>(); // many threads write, this one reads
    audited.start();
    AUDIT.setLevel(Level.INFO);
    AUDIT.addAppender(audited);
    port = freePort();
    clients(client("noc", Role.VIEWER), client("ops", Role.OPERATOR));
    Rig.until(this::listens, () -> "nobody listens at TCP port " + port);
  }

  @AfterEach
  void stop() {
    AUDIT.detachAppender(audited);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, Rig.LOOPBACK)) {
      return socket.getLocalPort();
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket(Rig.LOOPBACK, port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  private SnmpTlsClient client(String name, Role role) throws Exception {
    byte[] pem = Files.readAllBytes(state.resolve(name + ".crt"));
    var certificate =
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
    return new SnmpTlsClient(name, role, Fingerprint.of(certificate, 4));
  }

  private void clients(SnmpTlsClient... wanted) {
    Map<String, SnmpTlsClient> clients = new LinkedHashMap<>();
    for (SnmpTlsClient each : wanted) {
      clients.put(each.name(), each);
    }
    configure(new Tls(Path.of("agent.crt"), Path.of("agent.key")), clients);
  }

  private void configure(Tls files, Map<String, SnmpTlsClient> clients) {
    Snmp plain = rig.configured(rig.port, Map.of());
    rig.director.manage(
        new Snmp(
            plain.address(),
            plain.port(),
            plain.users(),
            plain.targets(),
            false,
            Optional.of(new SnmpTls(port, files, clients))));
  }

  private int counter(String oid) {
    String answer = rig.get(oid);
    return Integer.parseInt(answer.substring(answer.lastIndexOf(' ') + 1));
  }

  private String audit() {
    return audited.list.stream()
        .map(event -> event.getFormattedMessage() + " " + event.getKeyValuePairs())
        .collect(Collectors.joining("\n"));
  }

  @Test
  void managerIsWhoHisCertificateSays() throws Exception {
    try (TlsStation noc = TlsStation.as("noc", state, "agent", port);
        TlsStation ops = TlsStation.as("ops", state, "agent", port)) {
      assertEquals("lab-1", noc.get(NAME).get(0).getVariable().toString());
      assertEquals(PDU.authorizationError, noc.set(WEIGHT_A, new Gauge32(7)).getErrorStatus());
      assertEquals(PDU.noError, ops.set(WEIGHT_A, new Gauge32(7)).getErrorStatus());
      assertEquals(7, rig.director.real("web", "a").weight());
      assertEquals("ops", rig.director.origins().getLast().user());
      assertEquals(PDU.noAccess, ops.set(NAME, new OctetString("x")).getErrorStatus());
      PDU bulk = noc.bulk(".1.3.6.1.2.1", 500);
      assertTrue(bulk.size() > 100, "bindings: " + bulk.size());
      String hidden = noc.get(MAPPING + ".4.1").get(0).toString();
      assertTrue(hidden.contains("noSuchObject"), "a viewer does not see who is let in: " + hidden);
    }
    assertTrue(counter(ACCEPTS) >= 2);
    assertTrue(rig.get(MAPPING + ".4.1").endsWith("\"noc\""), rig.get(MAPPING + ".4.1"));
    assertTrue(rig.get(MAPPING + ".2.1").contains("Hex-STRING: 04 "), "with its octet of the hash");
    assertTrue(audit().contains("may not write"), audit());
    // The group of his certificate, by the model of transport security.
    String group = ".1.3.6.1.6.3.16.1.2.1.3.4.3.110.111.99";
    assertTrue(rig.get(group).endsWith("\"viewer\""), rig.get(group));
  }

  private String openssl(String words) {
    String command = "sleep 0.3 | timeout 20 openssl s_client -connect 127.0.0.1:" + port;
    return Tools.run(
            Map.of(), List.of("sh", "-c", "cd '" + state + "'; " + command + " " + words + " 2>&1"))
        .text();
  }

  @Test
  void opensslSpeaksOnePointThreeWithTheRightCertificateOnly() {
    String right = openssl("-cert noc.crt -key noc.key");
    assertTrue(right.contains("New, TLSv1.3"), right);
    assertFalse(right.contains("alert"), right);
    int before = counter(BAD_CERTIFICATES);
    String old = openssl("-tls1_2 -cert noc.crt -key noc.key");
    assertTrue(old.contains("alert protocol version"), old);
    String wrong = openssl("-cert stranger.crt -key stranger.key");
    assertTrue(wrong.contains("alert"), wrong);
    String none = openssl("");
    assertTrue(none.contains("alert"), none);
    Rig.until(() -> counter(BAD_CERTIFICATES) >= before + 2, () -> "not counted: " + audit());
    assertTrue(audit().contains("nobody who is configured has this certificate"), audit());
    assertTrue(audit().contains("denied"), audit());
  }

  @Test
  void oneWhoIsRefusedAgainAndAgainIsAnAlarm() {
    for (int i = 0; i < AccessAudit.FAILURES; i++) {
      Tools.run(
          Map.of(),
          List.of(
              "sh",
              "-c",
              "cd '%s'; openssl s_client -connect 127.0.0.1:%d </dev/null 2>&1"
                  .formatted(state, port)));
    }
    Rig.until(
        () ->
            rig.director.reported("snmp").stream()
                .anyMatch(each -> each.type() == AlarmType.AUTH_FAILURES),
        () -> rig.director.reported("snmp").toString());
  }

  @Test
  void oneWhoIsTakenOutLosesHisSessionAndTheOthersKeepTheirs() throws Exception {
    try (TlsStation noc = TlsStation.as("noc", state, "agent", port);
        TlsStation ops = TlsStation.as("ops", state, "agent", port)) {
      noc.get(NAME);
      ops.get(NAME);
      int accepts = counter(ACCEPTS);
      clients(client("noc", Role.VIEWER));
      Rig.until(() -> rig.get(MAPPING + ".4.2").contains("No Such"), () -> "ops is still there");
      assertEquals("lab-1", noc.get(NAME).get(0).getVariable().toString());
      Rig.until(() -> audit().contains("it is not let in any more"), this::audit);
      assertEquals(accepts, counter(ACCEPTS), "the session of noc is the one of before");
      boolean answered;
      try {
        answered = ops.get(NAME).getErrorStatus() == PDU.noError;
      } catch (IOException | NullPointerException closed) {
        answered = false;
      }
      assertFalse(answered, "ops is not let in any more");
    }
  }

  @Test
  void renewedCertificateOfTheAgentIsShownToTheNext() throws Exception {
    for (String ending : List.of(".crt", ".key")) {
      Files.copy(state.resolve("agent" + ending), state.resolve("renewed" + ending));
    }
    Tls files = new Tls(Path.of("renewed.crt"), Path.of("renewed.key"));
    configure(files, Map.of("noc", client("noc", Role.VIEWER)));
    Rig.until(
        () -> openssl("-cert noc.crt -key noc.key").contains("CN = agent"), () -> "not shown");
    for (String ending : List.of(".key", ".crt")) {
      Files.copy(
          state.resolve("next" + ending),
          state.resolve("renewed" + ending),
          StandardCopyOption.REPLACE_EXISTING);
    }
    Rig.until(() -> openssl("-cert noc.crt -key noc.key").contains("CN = next"), () -> "not taken");
  }

  @Test
  void whatCannotBeReadIsAnAlarmAndUdpGoesOn() throws Exception {
    port = freePort();
    configure(new Tls(Path.of("missing.crt"), Path.of("agent.key")), Map.of());
    Rig.until(
        () ->
            rig.director.reported("snmp").stream()
                .anyMatch(
                    each ->
                        each.type() == AlarmType.SECRET_MISSING
                            && each.text().contains("missing.crt")),
        () -> rig.director.reported("snmp").toString());
    assertTrue(rig.get(NAME).contains("lab-1"));
  }

  @Test
  void noiseEndsItsSessionOnly() throws Exception {
    try (TlsStation noc = TlsStation.as("noc", state, "agent", port)) {
      noc.get(NAME);
      String noise = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | timeout 20 openssl s_client -quiet";
      Tools.Output output =
          Tools.run(
              Map.of(),
              List.of(
                  "sh",
                  "-c",
                  "cd '%s'; %s -connect 127.0.0.1:%d -cert ops.crt -key ops.key 2>&1"
                      .formatted(state, noise, port)));
      assertNotEquals(124, output.code(), "its session was ended");
      Rig.until(() -> audit().contains("what is sent is no SNMP message"), this::audit);
      assertEquals("lab-1", noc.get(NAME).get(0).getVariable().toString());
    }
  }

  @Test
  void thoseWhoConnectAndSayNothingKeepNoManagerOut() throws Exception {
    int accepts = counter(ACCEPTS);
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        silent.add(new Socket(Rig.LOOPBACK, port));
      }
      try (TlsStation noc = TlsStation.as("noc", state, "agent", port)) {
        assertEquals("lab-1", noc.get(NAME).get(0).getVariable().toString());
      }
      assertTrue(audit().contains("too many handshakes"), audit());
      assertEquals(accepts + 1, counter(ACCEPTS), "one session had a message");
    } finally {
      for (Socket each : silent) {
        each.close();
      }
    }
  }

  @Test
  void transportSecurityIsWorthNothingWithoutItsTransport() throws Exception {
    // A message of the Transport Security Model that claims to be noc's, in a datagram.
    byte[] message = Messages.ofTransportSecurity(NAME);
    int before = counter(INVALID_CACHES);
    try (DatagramSocket socket = new DatagramSocket(0, Rig.LOOPBACK)) {
      socket.send(new DatagramPacket(message, message.length, Rig.LOOPBACK, rig.port));
    }
    Rig.until(() -> counter(INVALID_CACHES) == before + 1, () -> "not counted");
  }
}
