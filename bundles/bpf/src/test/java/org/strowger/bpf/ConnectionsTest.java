package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.strowger.api.Verdict.ACCEPTED;
import static org.strowger.api.Verdict.CUT;
import static org.strowger.api.Verdict.FORWARDED;
import static org.strowger.api.Verdict.NO_REAL_SERVER;
import static org.strowger.api.Verdict.UNKNOWN_CONNECTION;
import static org.strowger.bpf.Kernel.DIRECT;
import static org.strowger.bpf.Kernel.DROP;
import static org.strowger.bpf.Kernel.MASQUERADING;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.api.BpfMap.Mode;
import org.strowger.api.BpfRing;
import org.strowger.api.KernelException;
import org.strowger.api.Verdict;

/** What a connection remembers, how it is counted and how it ends. */
@ExtendWith(LoadedKernel.class)
class ConnectionsTest {
  private static final String OPEN = "tcp 10.1.0.5:4 > 10.0.0.1:80 S";
  private static final String DATA = "tcp 10.1.0.5:4 > 10.0.0.1:80 A data 10";
  private static final String ANSWER = "tcp 10.0.1.1:8080 > 10.1.0.5:4 SA";

  private static final int ESTABLISHED = 3;

  private final Kernel kernel;

  ConnectionsTest(Kernel kernel) {
    this.kernel = kernel;
  }

  private int state(String line) throws KernelException {
    return kernel
        .entry("connections", line)
        .or(
            () -> {
              try {
                return kernel.entry("halfopen", line);
              } catch (KernelException e) {
                throw new IllegalStateException(e);
              }
            })
        .orElseThrow()
        .get(44);
  }

  /** By the words of the fixtures: {@code <} from the real server; states as IPVS names them. */
  @ParameterizedTest
  @CsvSource({
    "masquerading, S, SYN_RECV, 1 0 0",
    "masquerading, S <SA, SYN_RECV, 1 0 0",
    "masquerading, S <SA A, ESTABLISHED, 0 1 0",
    "masquerading, S <SA A <FA, FIN_WAIT, 0 0 1",
    "masquerading, S <SA A <FA A, FIN_WAIT, 0 0 1",
    "masquerading, S <SA A <FA FA, TIME_WAIT, 0 0 1",
    "masquerading, S <SA A FA, CLOSE_WAIT, 0 0 1",
    "masquerading, S <SA A FA <A, CLOSE_WAIT, 0 0 1",
    "masquerading, S <SA A FA <FA, TIME_WAIT, 0 0 1",
    "masquerading, S <SA A R, CLOSE, 0 0 1",
    "masquerading, S <SA A <R, CLOSE, 0 0 1",
    "masquerading, S <R, CLOSE, 0 0 0",
    "direct, S, SYN_RECV, 1 0 0",
    "direct, S A, ESTABLISHED, 0 1 0",
    "direct, S A FA, FIN_WAIT, 0 0 1",
    "direct, S A FA A, FIN_WAIT, 0 0 1",
    "direct, S A R, CLOSE, 0 0 1"
  })
  void tcpGoesThroughTheStatesOfIpvs(String method, String packets, String state, String loads)
      throws Exception {
    boolean masquerading = method.equals("masquerading");
    kernel.serve(masquerading ? MASQUERADING : DIRECT, masquerading ? 8080 : 0);
    for (String packet : packets.split(" ")) {
      String line =
          packet.startsWith("<")
              ? "tcp 10.0.1.1:8080 > 10.1.0.5:4 " + packet.substring(1)
              : "tcp 10.1.0.5:4 > 10.0.0.1:80 " + packet;
      Set<Verdict> verdicts = kernel.run(line).verdicts();
      assertEquals(Set.of(packet.equals("S") ? ACCEPTED : FORWARDED), verdicts, line);
    }
    List<String> names =
        List.of(
            "NONE",
            "SYN_SENT",
            "SYN_RECV",
            "ESTABLISHED",
            "FIN_WAIT",
            "CLOSE_WAIT",
            "LAST_ACK",
            "TIME_WAIT",
            "CLOSE");
    assertEquals(state, names.get(state(OPEN)));
    List<Long> wanted = new ArrayList<>();
    for (String count : loads.split(" ")) {
      wanted.add(Long.valueOf(count));
    }
    assertEquals(wanted, kernel.loads(1), "half open, active, inactive");
  }

  @Test
  void aHandshakeMovesAConnectionToTheTableThatAFloodDoesNotReach() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    kernel.run(OPEN);
    assertTrue(kernel.entry("halfopen", OPEN).isPresent());
    assertTrue(kernel.entry("halfopen", ANSWER).isPresent(), "its reverse");
    kernel.run(ANSWER);
    kernel.run(DATA);
    assertTrue(kernel.entry("connections", OPEN).isPresent());
    assertTrue(kernel.entry("connections", ANSWER).isPresent());
    assertFalse(kernel.entry("halfopen", OPEN).isPresent());
    for (int i = 0; i < 5000; i++) {
      kernel.run("tcp 10.9." + i / 250 + "." + (1 + i % 250) + ":7 > 10.0.0.1:80 S");
    }
    assertEquals(Set.of(FORWARDED), kernel.run(DATA).verdicts());
    assertEquals(ESTABLISHED, state(OPEN));
  }

  @Test
  void aClientAloneDoesNotCompleteAHandshake() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    kernel.run(OPEN);
    kernel.run(DATA);
    kernel.run(DATA);
    assertFalse(kernel.entry("connections", OPEN).isPresent());
    assertEquals(List.of(1L, 0L, 0L), kernel.loads(1));
  }

  @Test
  void whatFindsNoRoomAmongTheEstablishedGoesOnHalfOpen() throws Exception {
    try (Kernel small = Kernel.load(Map.of("connections", 1))) {
      small.reset();
      small.serve(MASQUERADING, 8080);
      small.run(OPEN);
      small.run(ANSWER);
      small.run(DATA).goes("tcp 10.1.0.5:4 > 10.0.1.1:8080 A ttl 63", FORWARDED);
      assertTrue(small.entry("halfopen", OPEN).isPresent());
      assertFalse(small.entry("connections", ANSWER).isPresent(), "no half of it is left there");
      assertEquals(1, small.counter("plane_counters", 0, 64));
      small
          .run("tcp 10.0.1.1:8080 > 10.1.0.5:4 A data 5")
          .goes("tcp 10.0.0.1:80 > 10.1.0.5:4 A ttl 63", FORWARDED);
    }
  }

  @Test
  void aSecondDatagramMakesAFlow() throws Exception {
    kernel.serve(DIRECT, 0);
    String line = "udp 10.1.0.5:4 > 10.0.0.1:80 data 3";
    kernel.run(line);
    assertTrue(kernel.entry("halfopen", line).isPresent());
    kernel.run(line);
    assertTrue(kernel.entry("connections", line).isPresent());
    assertEquals(List.of(0L, 1L, 0L), kernel.loads(1));
    assertEquals(1 + 1, kernel.entry("connections", line).orElseThrow().getLong(16), "packets");
    assertEquals(2 * 31, kernel.entry("connections", line).orElseThrow().getLong(24), "octets");
  }

  @Test
  void datagramsWithoutAnswerAreAFlowInTheEnd() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    String line = "udp 10.1.0.5:4 > 10.0.0.1:80 data 3";
    for (int i = 0; i < 3; i++) {
      kernel.run(line);
      assertFalse(kernel.entry("connections", line).isPresent());
    }
    kernel.run(line);
    assertTrue(kernel.entry("connections", line).isPresent());
  }

  @Test
  void anIdleFlowBeginsAnew() throws Exception {
    kernel.serve(DIRECT, 0);
    String line = "udp 10.1.0.5:4 > 10.0.0.1:80 data 3";
    kernel.run(line);
    kernel.run(line);
    kernel.put("timeouts", 1, Kernel.room(24).putInt(12, 1));
    Thread.sleep(50);
    assertEquals(Set.of(ACCEPTED), kernel.run(line).verdicts());
    assertEquals(List.of(1L, 0L, 0L), kernel.loads(1), "the old one is counted no more");
  }

  @Test
  void anIdleConnectionIsUnknownAfterItsTime() throws Exception {
    kernel.serve(DIRECT, 0);
    kernel.run(OPEN);
    kernel.run(DATA);
    kernel.put("timeouts", 1, Kernel.room(24).putInt(0, 1));
    Thread.sleep(50);
    kernel.run(DATA).ends(DROP, UNKNOWN_CONNECTION);
    assertEquals(List.of(0L, 0L, 0L), kernel.loads(1));
  }

  @Test
  void aFlowLivesAsLongAsItsRealServerSends() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    String line = "udp 10.1.0.5:4 > 10.0.0.1:80 data 3";
    kernel.run(line);
    kernel.run("udp 10.0.1.1:8080 > 10.1.0.5:4 data 7");
    kernel.run(line);
    ByteBuffer old = kernel.entry("connections", line).orElseThrow();
    kernel.run("udp 10.0.1.1:8080 > 10.1.0.5:4 data 7");
    // As if the client had been silent for an hour.
    old.putLong(8, old.getLong(8) - 3_600_000_000_000L);
    kernel.map("connections").update(Kernel.flow(line), old, Mode.EXISTING);
    assertEquals(Set.of(FORWARDED), kernel.run(line).verdicts());
  }

  @Test
  void aClientsPortUsedAgainIsANewConnection() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    for (String line :
        List.of(
            OPEN,
            ANSWER,
            DATA,
            "tcp 10.1.0.5:4 > 10.0.0.1:80 FA",
            "tcp 10.0.1.1:8080 > 10.1.0.5:4 FA")) {
      kernel.run(line);
    }
    assertEquals(Set.of(ACCEPTED), kernel.run(OPEN).verdicts());
    kernel.run(ANSWER).goes("tcp 10.0.0.1:80 > 10.1.0.5:4 SA ttl 63", FORWARDED);
    kernel.run(DATA);
    assertEquals(ESTABLISHED, state(OPEN));
    assertEquals(List.of(0L, 1L, 0L), kernel.loads(1));
  }

  @Test
  void whereOnlyTheClientIsSeenItsOwnEndIsEnough() throws Exception {
    kernel.serve(DIRECT, 0);
    for (String line : List.of(OPEN, DATA, "tcp 10.1.0.5:4 > 10.0.0.1:80 FA", DATA)) {
      kernel.run(line);
    }
    assertEquals(List.of(0L, 0L, 1L), kernel.loads(1));
    assertEquals(Set.of(ACCEPTED), kernel.run(OPEN).verdicts());
    assertEquals(List.of(1L, 0L, 0L), kernel.loads(1));
  }

  @Test
  void aFirstPacketRepeatedGoesToOneThatCanAnswer() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    kernel.run(OPEN);
    kernel.put("reals", 3, kernel.real(1, MASQUERADING, "10.0.1.3", 8080));
    kernel.put("reals", 1, kernel.real(1, MASQUERADING, "10.0.1.1", 8080).putInt(52, 0));
    kernel.service(1, "tcp", "10.0.0.1:80").reals(3).write();
    kernel.run(OPEN).goes("tcp 10.1.0.5:4 > 10.0.1.3:8080 S ttl 63", ACCEPTED);
  }

  @Test
  void connectionsOfAQuiescedRealServerGoOn() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    for (String line : List.of(OPEN, ANSWER, DATA)) {
      kernel.run(line);
    }
    kernel.put("reals", 1, kernel.real(1, MASQUERADING, "10.0.1.1", 8080).putInt(52, 0));
    kernel.run(DATA).goes("tcp 10.1.0.5:4 > 10.0.1.1:8080 A ttl 63", FORWARDED);
  }

  @Test
  void connectionsOfARealServerThatIsGoneAreReset() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    for (String line : List.of(OPEN, ANSWER, DATA)) {
      kernel.run(line);
    }
    kernel.put("reals", 1, kernel.real(1, MASQUERADING, "10.0.1.1", 8080).putInt(52, Kernel.GONE));
    kernel.run(DATA).goes("tcp 10.0.0.1:80 > 10.1.0.5:4 R ttl 64 df", NO_REAL_SERVER);
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.0.5:4 > 10.0.0.1:80, 10.0.1.1:8080 > 10.1.0.5:4",
    "[2001:db8::5]:4 > [2001:db8::1]:80, [2001:db8:1::1]:8080 > [2001:db8::5]:4"
  })
  void aCutConnectionIsResetTowardsBothEnds(String forward, String back) throws Exception {
    kernel.serve(MASQUERADING, 8080);
    kernel.run("tcp " + forward + " S");
    kernel.run("tcp " + back + " SA");
    kernel.run("tcp " + forward + " A");
    for (String line : List.of("tcp " + forward + " S", "tcp " + back + " S")) {
      ByteBuffer entry = kernel.entry("connections", line).orElseThrow();
      entry.put(45, (byte) (entry.get(45) | 2));
      kernel.map("connections").update(Kernel.flow(line), entry, Mode.EXISTING);
    }
    String whole = forward.startsWith("[") ? "" : " df";
    String[] ends = forward.split(" > ");
    kernel
        .run("tcp " + forward + " A data 99")
        .goes("tcp " + ends[1] + " > " + ends[0] + " R ttl 64" + whole, CUT);
    ends = back.split(" > ");
    kernel
        .run("tcp " + back + " A data 99")
        .goes("tcp " + ends[1] + " > " + ends[0] + " R ttl 64" + whole, CUT);
    kernel.run("tcp " + forward + " R").ends(DROP, CUT);
  }

  @Test
  void whatAnotherDirectorToldIsCarriedOnWithTheClientsFirstPacket() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    for (String line : List.of(OPEN, ANSWER, DATA)) {
      kernel.run(line);
    }
    int device = kernel.entry("connections", OPEN).orElseThrow().getInt(40);
    ByteBuffer forward = kernel.entry("connections", OPEN).orElseThrow();
    forward.put(45, (byte) 4).putInt(40, 0); // told, and by which device it comes is not known
    kernel.map("connections").update(Kernel.flow(OPEN), forward, Mode.EXISTING);
    ByteBuffer back = kernel.entry("connections", ANSWER).orElseThrow();
    back.putInt(40, 0);
    kernel.map("connections").update(Kernel.flow(ANSWER), back, Mode.EXISTING);

    kernel.run(DATA).goes("tcp 10.1.0.5:4 > 10.0.1.1:8080 A ttl 63", FORWARDED);

    assertEquals(0, kernel.entry("connections", OPEN).orElseThrow().get(45), "its own now");
    assertEquals(device, kernel.entry("connections", OPEN).orElseThrow().getInt(40));
    assertEquals(device, kernel.entry("connections", ANSWER).orElseThrow().getInt(40));
  }

  @Test
  void sctpAssociationsAreFollowed() throws Exception {
    kernel.serve(MASQUERADING, 0);
    String forward = "sctp 10.1.0.5:4 > 10.0.0.1:80 ";
    String back = "sctp 10.0.1.1:80 > 10.1.0.5:4 ";
    kernel.run(forward + "chunk 1"); // INIT
    kernel.run(back + "chunk 2"); // INIT ACK
    assertFalse(kernel.entry("connections", forward).isPresent());
    kernel.run(forward + "chunk 10"); // COOKIE ECHO
    assertEquals(ESTABLISHED, state(forward));
    assertEquals(List.of(0L, 1L, 0L), kernel.loads(1));
    kernel.run(forward + "chunk 7"); // SHUTDOWN
    kernel.run(back + "chunk 8"); // SHUTDOWN ACK
    assertEquals(List.of(0L, 0L, 1L), kernel.loads(1));
  }

  @Test
  void nobodyIsToldOfConnectionsThatAreNotLogged() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    ByteBuffer times = Kernel.room(24).putInt(0, 900_000).putInt(16, 60_000);
    kernel.put("timeouts", 1, times);
    try (BpfRing ring = kernel.map("events").ring()) {
      ring.read(_ -> {}, 100_000);
      kernel.run(OPEN);
      kernel.run(ANSWER);
      kernel.run(DATA);
      kernel.run("tcp 10.1.0.5:4 > 10.0.0.1:80 R");

      assertEquals(0, ring.read(_ -> {}, 100));
    }
  }

  @Test
  void beginAndEndAreToldOnce() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    kernel.service(1, "tcp", "10.0.0.1:80").reals(1).write();
    List<String> told = new ArrayList<>();
    try (BpfRing ring = kernel.map("events").ring()) {
      ring.read(_ -> {}, 100_000);
      kernel.run(OPEN);
      kernel.run(ANSWER);
      kernel.run(DATA);
      kernel.run(DATA);
      kernel.run("tcp 10.1.0.5:4 > 10.0.0.1:80 R");
      kernel.run("tcp 10.1.0.5:4 > 10.0.0.1:80 R");
      ring.read(
          event ->
              told.add(
                  event.order(java.nio.ByteOrder.nativeOrder()).getInt(event.position() + 32)
                      + " state "
                      + event.getInt(event.position() + 36)
                      + " real "
                      + event.getInt(event.position() + 44)),
          100);
    }
    assertEquals(List.of("1 state 3 real 1", "3 state 8 real 1"), told);
  }
}
