package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snmp4j.PDU;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.smi.OctetString;
import org.strowger.api.AlarmType;
import org.strowger.api.Severity;

/** What a stranger or a greedy manager may send. */
class RobustnessTest {
  private static final String NAME = ".1.3.6.1.2.1.1.5.0";

  /** A million take some minutes: {@code ./strowger test --long}. */
  private static final int MUTANTS = Boolean.getBoolean("strowger.long") ? 1_000_000 : 20_000;

  /** What the agent may have more of after them: caches of the JVM, not something for each. */
  private static final long GROWTH_BYTES = 8 << 20;

  private static final int MUTANTS_OF_ONE_SOURCE = 2_000;

  @TempDir static Path state;
  private static Rig rig;

  @BeforeAll
  static void start() {
    Tools.require("snmp", "snmpget", "snmpbulkget");
    rig = Rig.start(state);
  }

  @AfterAll
  static void stop() {
    if (rig != null) {
      rig.close();
    }
  }

  @Test
  void answerThatDoesNotFitIsTooBigAndNeverSilence() throws IOException {
    try (Poller poller = Poller.asViewer(rig.port)) {
      int most = RequestProcessor.REQUEST_BINDINGS;
      assertEquals(PDU.noError, poller.get(Collections.nCopies(most, NAME)).getErrorStatus());
      PDU refused = poller.get(Collections.nCopies(most + 1, NAME));
      assertEquals(PDU.tooBig, refused.getErrorStatus());
      assertEquals(0, refused.size());
      for (int i = 0; i < 300; i++) {
        rig.director.raise(
            AlarmType.REAL_DOWN, "pool=web,real=x" + i, Severity.MINOR, "x".repeat(255));
      }
      assertEquals(PDU.tooBig, poller.get(texts(300)).getErrorStatus());
      PDU fits = poller.get(texts(200));
      assertEquals(PDU.noError, fits.getErrorStatus());
      assertEquals(200, fits.size());
      assertEquals(255, ((OctetString) fits.get(199).getVariable()).length());
    }
  }

  private static List<String> texts(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> Rig.STG + ".2.6.1.2.1.1.13." + i).toList();
  }

  @Test
  void bulkAnswerStaysBelowItsLimitWhateverIsAsked() {
    String table = Rig.STG + ".2.3.1.2";
    for (String repetitions : List.of("-Cr200", "-Cr10000", "-Cr2147483647")) {
      String[] arguments = new String[22];
      Arrays.fill(arguments, table);
      arguments[0] = "-Cn0";
      arguments[1] = repetitions;
      Tools.Output output = rig.as("viewer", "snmpbulkget", arguments);
      assertEquals(0, output.code(), output.text());
      assertTrue(output.lines().size() > 20, output.text());
    }
  }

  @Test
  void mutatedPacketsNeitherStopTheAgentNorGrowItNorChangeAnything() throws IOException {
    List<byte[]> originals = recorded();
    originals.addAll(Messages.odd());
    // The seed is printed by a failing assertion, and fixed: a run can be repeated.
    Random random = new Random(1891);
    long revision = rig.director.revision();
    flood(originals, random, MUTANTS_OF_ONE_SOURCE, 0); // fills what is filled once
    int threads = Thread.activeCount();
    long before = usedBytes();
    for (int sent = MUTANTS_OF_ONE_SOURCE; sent < MUTANTS; sent += MUTANTS_OF_ONE_SOURCE) {
      flood(originals, random, MUTANTS_OF_ONE_SOURCE, sent / MUTANTS_OF_ONE_SOURCE);
      if (sent % (5 * MUTANTS_OF_ONE_SOURCE) == 0) {
        assertEquals(0, rig.as("admin", "snmpget", NAME).code(), "after " + sent + ", seed 1891");
      }
    }
    assertEquals(0, rig.as("admin", "snmpget", NAME).code(), "after all, seed 1891");
    assertEquals(revision, rig.director.revision(), "nothing was changed");
    assertTrue(Thread.activeCount() <= threads + 2, "threads: " + Thread.activeCount());
    long grown = usedBytes() - before;
    assertTrue(grown < GROWTH_BYTES, "octets that stay: " + grown);
  }

  private static void flood(List<byte[]> originals, Random random, int count, int number)
      throws IOException {
    InetAddress source =
        InetAddress.getByAddress(
            new byte[] {127, 0, (byte) (1 + number / 250), (byte) (1 + number % 250)});
    try (DatagramSocket socket = new DatagramSocket(0, source)) {
      for (int i = 0; i < count; i++) {
        byte[] mutant = mutate(originals.get(random.nextInt(originals.size())), random);
        socket.send(new DatagramPacket(mutant, mutant.length, Rig.LOOPBACK, rig.port));
      }
    }
  }

  /** What of the heap is in use when nothing is left that could be collected. */
  private static long usedBytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  private static byte[] mutate(byte[] original, Random random) {
    byte[] mutant = original.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      if (mutant.length > 0) {
        // Another octet in any case: a SET as it was sent would be right, and done again.
        mutant[random.nextInt(mutant.length)] ^= (byte) (1 + random.nextInt(255));
      }
    }
    if (Arrays.equals(mutant, original) && mutant.length > 0) { // changed back
      mutant[0] ^= 1;
    }
    return random.nextInt(5) == 0
        ? Arrays.copyOf(mutant, random.nextInt(mutant.length + 1))
        : mutant;
  }

  /** The packets of a GET, a GETBULK and a SET, taken on their way to the agent. */
  private static List<byte[]> recorded() throws IOException {
    List<byte[]> packets = new ArrayList<>();
    packets.addAll(packetsOf("snmpget", NAME));
    packets.addAll(packetsOf("snmpbulkget", Rig.STG));
    packets.addAll(packetsOf("snmpset", Rig.STG + ".2.3.1.2.5.1.9.3.119.101.98.1.97", "u", "3"));
    assertTrue(packets.size() >= 6, "packets: " + packets.size());
    return packets;
  }

  private static List<byte[]> packetsOf(String tool, String... arguments) throws IOException {
    List<byte[]> packets = new ArrayList<>();
    try (DatagramSocket front = new DatagramSocket(0, Rig.LOOPBACK);
        DatagramSocket back = new DatagramSocket(0, Rig.LOOPBACK)) {
      front.setSoTimeout(200);
      back.setSoTimeout(5_000);
      List<String> command = new ArrayList<>(List.of(tool));
      command.addAll(Rig.credentials("operator"));
      command.add("127.0.0.1:" + front.getLocalPort());
      command.addAll(List.of(arguments));
      Process process = Tools.start(Map.of("MIBS", ""), command);
      while (process.isAlive()) {
        relay(front, back, packets);
      }
      assertEquals(0, process.exitValue(), tool);
    }
    return packets;
  }

  private static void relay(DatagramSocket front, DatagramSocket back, List<byte[]> packets)
      throws IOException {
    DatagramPacket request = new DatagramPacket(new byte[65_535], 65_535);
    try {
      front.receive(request);
    } catch (SocketTimeoutException e) {
      return; // The tool may have ended: the caller looks.
    }
    byte[] octets = Arrays.copyOf(request.getData(), request.getLength());
    packets.add(octets);
    back.send(new DatagramPacket(octets, octets.length, Rig.LOOPBACK, rig.port));
    DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
    back.receive(answer);
    answer.setSocketAddress(request.getSocketAddress());
    front.send(answer);
  }

  @Test
  void strangersEnginesAreNotRemembered() throws IOException {
    Protocol protocol =
        Protocol.of(new EngineStore(state).start("lab-1"), new ProtocolCounters(), false);
    var table = protocol.usm().getTimeTable();
    assertEquals(
        SnmpConstants.SNMPv3_USM_UNKNOWN_ENGINEID,
        table.checkEngineID(
            new OctetString("somebody else"), protocol.usm().isEngineDiscoveryEnabled(), 1, 1));
  }
}
