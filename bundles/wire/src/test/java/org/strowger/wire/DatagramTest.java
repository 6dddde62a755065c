package org.strowger.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.strowger.wire.Bench.settles;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Datagrams through the wire, beside every transport that this machine has. */
@Timeout(120)
@SuppressWarnings("try") // closing is what is tested
class DatagramTest {
  @ParameterizedTest
  @EnumSource(Transport.class)
  void flowStaysWithItsRealServerAndRepliesComeFromTheVirtualAddress(Transport transport)
      throws Exception {
    Bench.available(transport);
    try (UdpServer a = new UdpServer("a");
        UdpServer b = new UdpServer("b");
        Bench bench = DatagramBench.serve(transport, Map.of(), a, b);
        UdpClient one = new UdpClient(bench.address);
        UdpClient two = new UdpClient(bench.address)) {
      for (int i = 0; i < 20; i++) {
        assertEquals("a:" + i, one.ask("" + i));
        assertEquals("b:" + i, two.ask("" + i));
      }
      assertEquals(1, a.peers.size(), "one socket a flow");
      settles(2, () -> bench.count(Contract.CONNS_TOTAL));
      settles(2, () -> bench.count(Contract.CONNS_HELD));
      settles(2, () -> bench.verdicts(Contract.ACCEPTED));
      settles(1, () -> bench.real("p/a", Contract.ACTIVE));
      settles(40, () -> bench.count(Contract.PACKETS_IN));
      settles(70, () -> bench.real("p/b", Contract.REAL_BYTES_OUT));
      settles(40, () -> bench.count(Contract.PACKETS_OUT));
      settles(0, () -> bench.count(Contract.PACKETS_DROPPED));
      settles(30, () -> bench.real("p/a", Contract.REAL_BYTES_IN));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void emptyAndGreatestDatagramsPassBothWays(Transport transport) throws Exception {
    Bench.available(transport);
    byte[] great = new byte[65_507];
    new Random(1).nextBytes(great);
    try (UdpServer a = new UdpServer("a");
        Bench bench = DatagramBench.serve(transport, Map.of(), a);
        UdpClient client = new UdpClient(bench.address)) {
      for (int i = 0; i < 3; i++) {
        client.send(new byte[0]);
        assertEquals(0, client.receive().length);
        client.send(great);
        assertArrayEquals(great, client.receive());
        assertEquals("a:x", client.ask("x"));
      }
      assertEquals(1, a.peers.size());
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void idleFlowEndsAndIsCounted(Transport transport) throws Exception {
    Bench.available(transport);
    try (UdpServer a = new UdpServer("a");
        UdpServer b = new UdpServer("b");
        Bench bench = DatagramBench.serve(transport, Map.of(Contract.FLOW, 400L), a, b);
        UdpClient client = new UdpClient(bench.address)) {
      assertEquals("a:1", client.ask("1"));
      Bench.await("flow ended", () -> bench.wire.live() == 0);
      settles(1, () -> bench.count(Contract.TIMED_OUT));
      settles(0, () -> bench.count(Contract.CONNS_HELD));
      settles(0, () -> bench.real("p/a", Contract.ACTIVE));
      assertEquals("b:2", client.ask("2"), "a new flow is decided anew");
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void refusedDatagramIsTriedOnTheNextRealServerAndIsEvidence(Transport transport)
      throws Exception {
    Bench.available(transport);
    try (UdpServer b = new UdpServer("b");
        Bench bench = new Bench(transport, new TestDecider(UdpServer.nobody(), b.address()))) {
      bench.wire.decideBy(bench.decider);
      DatagramBench.apply(bench, Map.of());
      try (UdpClient client = new UdpClient(bench.address)) {
        assertEquals("b:1", client.ask("1"), "the very first datagram is not lost");
        assertEquals("b:2", client.ask("2"));
      }
      assertEquals(List.of("p/a"), bench.decider.failed);
      settles(1, () -> bench.real("p/a", Contract.CONN_FAILURES));
      settles(0, () -> bench.real("p/a", Contract.ACTIVE));
      settles(1, () -> bench.real("p/b", Contract.ACTIVE));
      settles(1, () -> bench.verdicts(Contract.ACCEPTED));
      settles(1, () -> bench.count(Contract.CONNS_TOTAL));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void flowThatEverybodyRefusesEndsWithAVerdict(Transport transport) throws Exception {
    Bench.available(transport);
    try (Bench bench =
        new Bench(transport, new TestDecider(UdpServer.nobody(), UdpServer.nobody()))) {
      bench.wire.decideBy(bench.decider);
      DatagramBench.apply(bench, Map.of());
      try (UdpClient client = new UdpClient(bench.address)) {
        client.send("1");
        Bench.await("verdict", () -> bench.verdicts(Contract.CONNECT_FAILED) == 1);
      }
      assertEquals(0, bench.wire.live());
      settles(0, () -> bench.verdicts(Contract.ACCEPTED));
      settles(1, () -> bench.count(Contract.PACKETS_DROPPED));
      settles(0, () -> bench.count(Contract.CONNS_HELD));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void flowMovesWhenItsRealServerDies(Transport transport) throws Exception {
    Bench.available(transport);
    try (UdpServer a = new UdpServer("a");
        UdpServer b = new UdpServer("b");
        Bench bench = DatagramBench.serve(transport, Map.of(), a, b);
        UdpClient client = new UdpClient(bench.address)) {
      assertEquals("a:1", client.ask("1"));
      long id = (Long) bench.wire.connections(Map.of(), 1).getFirst().get("id");
      a.close();
      while (bench.real("p/b", Contract.ACTIVE) == 0) { // what meets the closing socket is lost
        client.send("2");
        Thread.sleep(20);
      }
      assertEquals("b:2", client.ask("2"));
      var listed = bench.wire.connections(Map.of(), 1).getFirst();
      assertEquals(id, listed.get("id"), "the same flow");
      assertEquals("p/b", listed.get("real"));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void flowsAreListedFoundAndCut(Transport transport) throws Exception {
    Bench.available(transport);
    try (UdpServer a = new UdpServer("a");
        UdpServer b = new UdpServer("b");
        Bench bench = DatagramBench.serve(transport, Map.of(), a, b);
        UdpClient one = new UdpClient(bench.address);
        UdpClient two = new UdpClient(bench.address)) {
      assertEquals("a:1", one.ask("1"));
      assertEquals("b:1", two.ask("1"));
      var list = bench.wire.connections(Map.of(), 10);
      assertEquals(List.of("udp", "udp"), list.stream().map(c -> c.get("protocol")).toList());
      assertEquals("flow", list.getFirst().get("state"));
      assertEquals(one.address(), list.getFirst().get("client"));
      settles(3, () -> (Long) bench.wire.connections(Map.of(), 10).getFirst().get("bytesOut"));
      assertEquals(2, bench.wire.held());
      assertEquals("p/a", bench.wire.top("real", Map.of("real", "p/a"), 5).getFirst().get("name"));
      assertEquals(1, bench.wire.disconnect(Map.of("real", "p/a")));
      assertEquals(1, bench.wire.held());
      assertEquals("b:2", two.ask("2"));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void refusedClientGetsNothingAndNothingIsKept(Transport transport) throws Exception {
    Bench.available(transport);
    try (Bench bench = DatagramBench.serve(transport, Map.of());
        UdpClient client = new UdpClient(bench.address)) {
      client.send("1");
      Bench.await("verdict", () -> bench.verdicts(Contract.NO_REAL_SERVER) == 1);
      assertTrue(client.silence());
      settles(0, () -> bench.wire.live());
      settles(1, () -> bench.count(Contract.PACKETS_DROPPED));
      settles(0, () -> bench.count(Contract.CONNS_HELD));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void firstDatagramsWaitForADeciderInTheirOrder(Transport transport) throws Exception {
    Bench.available(transport);
    try (UdpServer a = new UdpServer("a");
        Bench bench = DatagramBench.serve(transport, Map.of(), a);
        UdpClient client = new UdpClient(bench.address)) {
      bench.wire.undecide(bench.decider);
      for (int i = 0; i < 5; i++) {
        client.send("" + i);
      }
      Bench.await("waits", () -> bench.count(Contract.PACKETS_IN) == 5);
      bench.wire.decideBy(bench.decider);
      for (int i = 0; i < 5; i++) {
        assertEquals(
            "a:" + i, new String(client.receive(), java.nio.charset.StandardCharsets.UTF_8));
      }
      assertEquals(1, bench.decider.asked.get());
      settles(0, () -> bench.count(Contract.CHOSEN_ALONE));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void withoutADeciderTheWireDecidesAlone(Transport transport) throws Exception {
    Bench.available(transport);
    try (UdpServer a = new UdpServer("a");
        Bench bench = DatagramBench.serve(transport, Map.of(), a);
        UdpClient held = new UdpClient(bench.address);
        UdpClient client = new UdpClient(bench.address)) {
      assertEquals("a:1", held.ask("1"));
      bench.wire.undecide(bench.decider);
      assertEquals("a:2", held.ask("2"), "nothing happens to a live flow");
      assertEquals("a:3", client.ask("3"));
      settles(1, () -> bench.count(Contract.CHOSEN_ALONE));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void eachPortOfARangeIsServedAndToldToTheDecider(Transport transport) throws Exception {
    Bench.available(transport);
    try (UdpServer a = new UdpServer("a");
        Bench bench = new Bench(transport, new TestDecider(a.address()))) {
      Set<Integer> asked = new HashSet<>();
      bench.wire.decideBy(new PortDecider(bench.decider, asked));
      int first = bench.address.getPort();
      int last = Math.min(first + 9, 65_535);
      DatagramBench.apply(bench, Map.of(Contract.LAST_PORT, last));
      try (UdpClient one = new UdpClient(bench.address)) {
        assertEquals("a:1", one.ask("1"));
        for (int port = first; port <= last; port++) {
          try (UdpClient client =
              new UdpClient(new InetSocketAddress(bench.address.getAddress(), port))) {
            assertEquals("a:" + port, client.ask("" + port));
          }
        }
        assertEquals(last - first + 1, asked.size());
        DatagramBench.apply(bench, Map.of(Contract.LAST_PORT, first + 1));
        assertEquals("a:2", one.ask("2"), "what stays is not touched");
        Bench.await("only flows of two ports are left", () -> bench.wire.live() == 3);
      }
    }
  }

  /** Notes the ports that clients sent to. */
  public static final class PortDecider implements Decider {
    private final Decider decider;
    private final Set<Integer> asked;

    PortDecider(Decider decider, Set<Integer> asked) {
      this.decider = decider;
      this.asked = asked;
    }

    @Override
    public synchronized Object choose(
        String service,
        InetSocketAddress client,
        InetSocketAddress destination,
        Set<String> tried,
        int attempt,
        java.util.function.BiConsumer<String, List<?>> bind) {
      asked.add(destination.getPort());
      return decider.choose(service, client, destination, tried, attempt, bind);
    }

    @Override
    public void connectFailed(String service, String real, InetSocketAddress at, String why) {
      decider.connectFailed(service, real, at, why);
    }

    @Override
    public void listening(String service, String failure) {
      decider.listening(service, failure);
    }

    @Override
    public void shortage(String resource, String why) {
      decider.shortage(resource, why);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void addressFamiliesMix(Transport transport) throws Exception {
    Bench.available(transport);
    InetAddress six = InetAddress.ofLiteral("::1");
    assumeTrue(binds(six), "this machine has no IPv6");
    InetAddress four = InetAddress.ofLiteral("127.0.0.1");
    try (UdpServer on4 = new UdpServer("four", new InetSocketAddress(four, 0));
        UdpServer on6 = new UdpServer("six", new InetSocketAddress(six, 0));
        Bench bench = new Bench(transport, new TestDecider(on4.address(), on6.address()))) {
      bench.wire.decideBy(bench.decider);
      InetSocketAddress service6 = new InetSocketAddress(six, bench.address.getPort());
      DatagramBench.apply(bench, Map.of(Contract.ADDRESS, service6));
      try (UdpClient one = new UdpClient(service6);
          UdpClient two = new UdpClient(service6)) {
        assertEquals("four:1", one.ask("1"));
        assertEquals("six:1", two.ask("1"));
      }
      DatagramBench.apply(bench, Map.of(Contract.ADDRESS, bench.address));
      try (UdpClient one = new UdpClient(bench.address);
          UdpClient two = new UdpClient(bench.address)) {
        assertEquals("four:2", one.ask("2"));
        assertEquals("six:2", two.ask("2"));
      }
    }
  }

  private static boolean binds(InetAddress address) {
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0))) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void datagramsScheduledAloneAreSpreadAndTheirAnswersArrive(Transport transport) throws Exception {
    Bench.available(transport);
    try (UdpServer a = new UdpServer("a");
        UdpServer b = new UdpServer("b");
        Bench bench = DatagramBench.serve(transport, Map.of(Contract.ONE_PACKET, true), a, b);
        UdpClient one = new UdpClient(bench.address);
        UdpClient two = new UdpClient(bench.address)) {
      for (int i = 0; i < 10; i++) {
        assertEquals("a:" + i, one.ask("" + i));
        assertEquals("b:" + i, two.ask("" + i));
      }
      for (int i = 0; i < 10; i++) { // many at once: each answer to who asked
        one.send("one" + i);
        two.send("two" + i);
      }
      for (int i = 0; i < 10; i++) {
        assertTrue(
            new String(one.receive(), java.nio.charset.StandardCharsets.UTF_8).contains("one"));
        assertTrue(
            new String(two.receive(), java.nio.charset.StandardCharsets.UTF_8).contains("two"));
      }
      assertEquals(0, bench.wire.held());
      settles(0, () -> bench.real("p/a", Contract.ACTIVE));
      settles(40, () -> bench.count(Contract.CONNS_TOTAL));
      settles(40, () -> bench.verdicts(Contract.ACCEPTED));
      Bench.await("all counted", () -> bench.count(Contract.PACKETS_OUT) == 40);
      settles(0, () -> bench.count(Contract.PACKETS_DROPPED));
      int ways = a.peers.size();
      Thread.sleep(Limits.WAY_ANSWERED_MILLIS + 50);
      assertEquals("a:again", one.ask("again"));
      assertEquals(ways, a.peers.size(), "a way that was answered is taken again");
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void datagramsScheduledAloneThatNobodyAnswersGoOn(Transport transport) throws Exception {
    Bench.available(transport);
    int many = Limits.WAYS + 100;
    try (UdpServer a = new UdpServer("a").silent();
        Bench bench = DatagramBench.serve(transport, Map.of(Contract.ONE_PACKET, true), a);
        UdpClient client = new UdpClient(bench.address)) {
      for (int i = 0; i < many; i++) {
        client.send("" + i);
        if (i % 50 == 0) {
          Thread.sleep(5);
        }
      }
      Bench.await("all there", () -> a.got.get() == many);
      assertEquals(Limits.WAYS + 1, a.peers.size(), "the last ones share the socket of nobody");
      settles(many, () -> bench.verdicts(Contract.ACCEPTED));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void strangerOnThePortOfAFlowIsNotHeard(Transport transport) throws Exception {
    Bench.available(transport);
    try (UdpServer a = new UdpServer("a");
        Bench bench = DatagramBench.serve(transport, Map.of(), a);
        UdpClient client = new UdpClient(bench.address);
        DatagramSocket stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      client.send(new byte[0]); // after which the socket is connected again
      assertEquals(0, client.receive().length);
      assertEquals("a:1", client.ask("1"));
      stranger.send(new DatagramPacket(new byte[5], 5, a.peers.iterator().next()));
      assertTrue(client.silence());
      assertFalse(bench.decider.failed.contains("p/a"));
      Bench.await("both counted", () -> bench.count(Contract.PACKETS_OUT) == 2);
    }
  }
}
