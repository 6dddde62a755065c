package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snmp4j.MessageDispatcherImpl;
import org.snmp4j.mp.SnmpConstants;
import org.strowger.api.Fingerprint;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.Management.Tls;
import org.strowger.api.NotificationKind;
import org.strowger.api.TlsFiles;

/** What becomes of the session to a target over TLS when it, or its certificate, ends. */
class TlsLineTest {
  private static final Tls AGENT = new Tls(Path.of("agent.crt"), Path.of("agent.key"));

  @TempDir Path state;

  private final ProtocolCounters counters = new ProtocolCounters();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);

  /** What the line told, in its order. */
  private final List<String> told = new CopyOnWriteArrayList<>();

  private SilentReceiver receiver;
  private TlsLine line;

  @BeforeEach
  void open() throws IOException, CertificateEncodingException {
    Tools.require("openssl", "openssl");
    TlsStation.certificate(state, "agent");
    TlsStation.certificate(state, "noc");
    now.set(Instant.now().plusSeconds(60)); // valid by now, however its seconds are cut
    receiver = SilentReceiver.open(state, "noc");
    Fingerprint expected = Fingerprint.of(TlsFiles.all(state, Path.of("noc.crt")).getFirst(), 4);
    SnmpTarget target =
        new SnmpTarget(
            "noc",
            Rig.LOOPBACK,
            receiver.port(),
            NotificationKind.TRAP,
            "",
            Duration.ofSeconds(5),
            1,
            Optional.empty(),
            Optional.of(expected));
    line =
        new TlsLine(
            target,
            state,
            new MessageDispatcherImpl(),
            counters,
            now::get,
            new TlsLine.Listener() {
              @Override
              public void up() {
                told.add("up");
              }

              @Override
              public void down(String why, boolean inOrder) {
                told.add((inOrder ? "in order: " : "broken: ") + why);
              }
            });
  }

  @AfterEach
  void close() throws IOException {
    if (line != null) {
      line.close();
      receiver.close();
    }
  }

  /** The target answers a call, and its session stands; the agent looks again and again. */
  private SilentReceiver.Session session() throws IOException {
    long before = sessions();
    SilentReceiver.Session session = receiver.accept(this::look);
    Rig.until(() -> sessions() > before, () -> "there is no session: " + told);
    return session;
  }

  private void look() {
    line.look(Rig.LOOPBACK, AGENT);
  }

  private long sessions() {
    return told.stream().filter("up"::equals).count();
  }

  private void awaitEnd() {
    Rig.until(() -> told.size() >= 2, () -> "nobody says that it ended: " + told);
    assertFalse(line.isUp());
    assertEquals("up", told.getFirst());
  }

  @Test
  void aTargetWhoseCertificateEndsLosesItsSessionAndGetsNoOther() throws IOException {
    session();
    look();
    assertTrue(line.isUp(), "it is valid");
    now.set(Instant.now().plus(Duration.ofDays(30)));
    look();
    assertFalse(line.isUp(), "at once");
    awaitEnd();
    assertEquals("broken: " + TlsConnection.EXPIRED, told.getLast());
    assertEquals(
        1, counters.value(SnmpConstants.snmpTlstmSessionInvalidServerCertificates), "counted");
    assertThrows(IOException.class, () -> receiver.accept(this::look)); // an alert, or a reset
    Rig.until(() -> told.size() >= 3, () -> "nobody says that there is no other: " + told);
    assertEquals(1, sessions());
  }

  @Test
  void oneThatIsResetIsBroken() throws IOException {
    session().reset();
    awaitEnd();
    assertEquals("broken", told.getLast().substring(0, 6));
  }

  @Test
  void oneThatTheTargetEndsIsEndedInOrderAndAnotherFollows() throws IOException {
    session().end();
    awaitEnd();
    assertEquals("in order: the other end ended it", told.getLast());
    session();
    assertEquals(List.of("up", "in order: the other end ended it", "up"), told);
  }
}
