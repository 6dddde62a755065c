package org.strowger.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Datagrams through the wire, beside every transport that this machine has. */
@Timeout(120)
@SuppressWarnings("try") // closing is what is tested
class DatagramTest {
  private static void available(Transport transport) {
    String only = System.getProperty("strowger.test.transport", transport.word());
    assumeTrue(transport.word().equals(only), () -> "only " + only + " is asked for");
    assumeTrue(transport.available(), () -> transport + " is not available on this machine");
  }

  private static Bench serve(Transport transport, Map<String, Object> more, UdpServer... servers) {
    Bench bench =
        new Bench(
            transport,
            new TestDecider(
                java.util.Arrays.stream(servers)
                    .map(UdpServer::address)
                    .toArray(InetSocketAddress[]::new)));
    bench.wire.decideBy(bench.decider);
    apply(bench, more);
    return bench;
  }

  private static void apply(Bench bench, Map<String, Object> more) {
    bench.wire.apply(List.of(service(bench, more)));
    Bench.await("listening", () -> "".equals(bench.wire.listening().get("web")));
  }

  private static Map<String, Object> service(Bench bench, Map<String, Object> more) {
    Map<String, Object> service = new HashMap<>(bench.service("web", bench.address));
    service.put(Contract.PROTOCOL, "udp");
    service.putAll(more);
    return service;
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void flowStaysWithItsRealServerAndRepliesComeFromTheVirtualAddress(Transport transport)
      throws Exception {
    available(transport);
    try (UdpServer a = new UdpServer("a");
        UdpServer b = new UdpServer("b");
        Bench bench = serve(transport, Map.of(), a, b);
        UdpClient one = new UdpClient(bench.address);
        UdpClient two = new UdpClient(bench.address)) {
      for (int i = 0; i < 20; i++) {
        assertEquals("a:" + i, one.ask("" + i));
        assertEquals("b:" + i, two.ask("" + i));
      }
      assertEquals(1, a.peers.size(), "one socket a flow");
      assertEquals(2, bench.count(Contract.CONNS_TOTAL));
      assertEquals(2, bench.count(Contract.CONNS_HELD));
      assertEquals(2, bench.verdicts(Contract.ACCEPTED));
      assertEquals(1, bench.real("p/a", Contract.ACTIVE));
      assertEquals(40, bench.count(Contract.PACKETS_IN));
      // A reply is counted when it is on its way.
      Bench.await("counted", () -> bench.real("p/b", Contract.REAL_BYTES_OUT) == 70);
      assertEquals(40, bench.count(Contract.PACKETS_OUT));
      assertEquals(0, bench.count(Contract.PACKETS_DROPPED));
      assertEquals(30, bench.real("p/a", Contract.REAL_BYTES_IN));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void emptyAndGreatestDatagramsPassBothWays(Transport transport) throws Exception {
    available(transport);
    byte[] great = new byte[65_507];
    new Random(1).nextBytes(great);
    try (UdpServer a = new UdpServer("a");
        Bench bench = serve(transport, Map.of(), a);
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
    available(transport);
    try (UdpServer a = new UdpServer("a");
        UdpServer b = new UdpServer("b");
        Bench bench = serve(transport, Map.of(Contract.FLOW, 400L), a, b);
        UdpClient client = new UdpClient(bench.address)) {
      assertEquals("a:1", client.ask("1"));
      Bench.await("flow ended", () -> bench.wire.live() == 0);
      assertEquals(1, bench.count(Contract.TIMED_OUT));
      assertEquals(0, bench.count(Contract.CONNS_HELD));
      assertEquals(0, bench.real("p/a", Contract.ACTIVE));
      assertEquals("b:2", client.ask("2"), "a new flow is decided anew");
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void refusedDatagramIsTriedOnTheNextRealServerAndIsEvidence(Transport transport)
      throws Exception {
    available(transport);
    try (UdpServer b = new UdpServer("b");
        Bench bench = new Bench(transport, new TestDecider(UdpServer.nobody(), b.address()))) {
      bench.wire.decideBy(bench.decider);
      apply(bench, Map.of());
      try (UdpClient client = new UdpClient(bench.address)) {
        assertEquals("b:1", client.ask("1"), "the very first datagram is not lost");
        assertEquals("b:2", client.ask("2"));
      }
      assertEquals(List.of("p/a"), bench.decider.failed);
      assertEquals(1, bench.real("p/a", Contract.CONN_FAILURES));
      assertEquals(0, bench.real("p/a", Contract.ACTIVE));
      assertEquals(1, bench.real("p/b", Contract.ACTIVE));
      assertEquals(1, bench.verdicts(Contract.ACCEPTED));
      assertEquals(1, bench.count(Contract.CONNS_TOTAL));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void flowThatEverybodyRefusesEndsWithAVerdict(Transport transport) throws Exception {
    available(transport);
    try (Bench bench =
        new Bench(transport, new TestDecider(UdpServer.nobody(), UdpServer.nobody()))) {
      bench.wire.decideBy(bench.decider);
      apply(bench, Map.of());
      try (UdpClient client = new UdpClient(bench.address)) {
        client.send("1");
        Bench.await("verdict", () -> bench.verdicts(Contract.CONNECT_FAILED) == 1);
      }
      assertEquals(0, bench.wire.live());
      assertEquals(0, bench.verdicts(Contract.ACCEPTED));
      assertEquals(1, bench.count(Contract.PACKETS_DROPPED));
      assertEquals(0, bench.count(Contract.CONNS_HELD));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void flowMovesWhenItsRealServerDies(Transport transport) throws Exception {
    available(transport);
    try (UdpServer a = new UdpServer("a");
        UdpServer b = new UdpServer("b");
        Bench bench = serve(transport, Map.of(), a, b);
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
    available(transport);
    try (UdpServer a = new UdpServer("a");
        UdpServer b = new UdpServer("b");
        Bench bench = serve(transport, Map.of(), a, b);
        UdpClient one = new UdpClient(bench.address);
        UdpClient two = new UdpClient(bench.address)) {
      assertEquals("a:1", one.ask("1"));
      assertEquals("b:1", two.ask("1"));
      var list = bench.wire.connections(Map.of(), 10);
      assertEquals(List.of("udp", "udp"), list.stream().map(c -> c.get("protocol")).toList());
      assertEquals("flow", list.getFirst().get("state"));
      assertEquals(one.address(), list.getFirst().get("client"));
      assertEquals(3L, list.getFirst().get("bytesOut"));
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
    available(transport);
    try (Bench bench = serve(transport, Map.of());
        UdpClient client = new UdpClient(bench.address)) {
      client.send("1");
      Bench.await("verdict", () -> bench.verdicts(Contract.NO_REAL_SERVER) == 1);
      assertTrue(client.silence());
      assertEquals(0, bench.wire.live());
      assertEquals(1, bench.count(Contract.PACKETS_DROPPED));
      assertEquals(0, bench.count(Contract.CONNS_HELD));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void firstDatagramsWaitForADeciderInTheirOrder(Transport transport) throws Exception {
    available(transport);
    try (UdpServer a = new UdpServer("a");
        Bench bench = serve(transport, Map.of(), a);
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
      assertEquals(0, bench.count(Contract.CHOSEN_ALONE));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void withoutADeciderTheWireDecidesAlone(Transport transport) throws Exception {
    available(transport);
    try (UdpServer a = new UdpServer("a");
        Bench bench = serve(transport, Map.of(), a);
        UdpClient held = new UdpClient(bench.address);
        UdpClient client = new UdpClient(bench.address)) {
      assertEquals("a:1", held.ask("1"));
      bench.wire.undecide(bench.decider);
      assertEquals("a:2", held.ask("2"), "nothing happens to a live flow");
      assertEquals("a:3", client.ask("3"));
      assertEquals(1, bench.count(Contract.CHOSEN_ALONE));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void eachPortOfARangeIsServedAndToldToTheDecider(Transport transport) throws Exception {
    available(transport);
    try (UdpServer a = new UdpServer("a");
        Bench bench = new Bench(transport, new TestDecider(a.address()))) {
      Set<Integer> asked = new HashSet<>();
      bench.wire.decideBy(new PortDecider(bench.decider, asked));
      int first = bench.address.getPort();
      int last = Math.min(first + 9, 65_535);
      apply(bench, Map.of(Contract.LAST_PORT, last));
      try (UdpClient one = new UdpClient(bench.address)) {
        assertEquals("a:1", one.ask("1"));
        for (int port = first; port <= last; port++) {
          try (UdpClient client =
              new UdpClient(new InetSocketAddress(bench.address.getAddress(), port))) {
            assertEquals("a:" + port, client.ask("" + port));
          }
        }
        assertEquals(last - first + 1, asked.size());
        apply(bench, Map.of(Contract.LAST_PORT, first + 1));
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
    available(transport);
    InetAddress six = InetAddress.ofLiteral("::1");
    assumeTrue(binds(six), "this machine has no IPv6");
    InetAddress four = InetAddress.ofLiteral("127.0.0.1");
    try (UdpServer on4 = new UdpServer("four", new InetSocketAddress(four, 0));
        UdpServer on6 = new UdpServer("six", new InetSocketAddress(six, 0));
        Bench bench = new Bench(transport, new TestDecider(on4.address(), on6.address()))) {
      bench.wire.decideBy(bench.decider);
      InetSocketAddress service6 = new InetSocketAddress(six, bench.address.getPort());
      apply(bench, Map.of(Contract.ADDRESS, service6));
      try (UdpClient one = new UdpClient(service6);
          UdpClient two = new UdpClient(service6)) {
        assertEquals("four:1", one.ask("1"));
        assertEquals("six:1", two.ask("1"));
      }
      apply(bench, Map.of(Contract.ADDRESS, bench.address));
      try (UdpClient one = new UdpClient(bench.address);
          UdpClient two = new UdpClient(bench.address)) {
        assertEquals("four:2", one.ask("2"));
        assertEquals("six:2", two.ask("2"));
      }
    }
  }

  private static boolean free(InetSocketAddress address) {
    try (DatagramSocket socket = new DatagramSocket(address)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean binds(InetAddress address) {
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0))) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  @Test // waits for the next attempt; the sockets are the same with any transport
  void addressInUseIsToldAndServedOnceFree() throws Exception {
    try (UdpServer a = new UdpServer("a");
        Bench bench = new Bench(Transport.NIO, new TestDecider(a.address()));
        UdpServer squatter = new UdpServer("squatter", bench.address)) {
      bench.wire.decideBy(bench.decider);
      bench.wire.apply(List.of(service(bench, Map.of())));
      Bench.await("told", () -> bench.decider.told.getOrDefault("web", "").contains("in use"));
      String told = bench.decider.told.getOrDefault("web", "");
      assertTrue(told.contains("udp port " + bench.address.getPort()), told);
      squatter.close();
      Bench.await("listening", () -> "".equals(bench.wire.listening().get("web")));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void drainedServiceServesItsFlowsAndRemovedOneEndsThem(Transport transport) throws Exception {
    available(transport);
    try (UdpServer a = new UdpServer("a");
        Bench bench = serve(transport, Map.of(Contract.FLOW, 2_000L), a);
        UdpClient client = new UdpClient(bench.address)) {
      assertEquals("a:1", client.ask("1"));
      bench.wire.apply(List.of(service(bench, Map.of(Contract.LISTENING, false))));
      assertEquals("a:2", client.ask("2"));
      bench.wire.apply(List.of());
      assertEquals(0, bench.wire.live());
      Bench.await("the kernel has closed it", () -> free(bench.address));
      try (UdpServer other = new UdpServer("other", bench.address)) {
        assertEquals("other:3", client.ask("3"), "the address is free");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void renamedServiceKeepsItsFlows(Transport transport) throws Exception {
    available(transport);
    try (UdpServer a = new UdpServer("a");
        UdpServer b = new UdpServer("b");
        Bench bench = serve(transport, Map.of(), a, b);
        UdpClient client = new UdpClient(bench.address)) {
      assertEquals("a:1", client.ask("1"));
      bench.wire.apply(List.of(service(bench, Map.of(Contract.NAME, "renamed"))));
      assertEquals("a:2", client.ask("2"));
      // Each loop takes the new name at its next turn: a flow before that has the old one.
      Bench.await("new flows have the new name", () -> namedAnew(bench));
      assertEquals("a:3", client.ask("3"));
    }
  }

  private static boolean namedAnew(Bench bench) {
    try (UdpClient late = new UdpClient(bench.address)) {
      late.ask("1");
      return !bench.wire.connections(Map.of("service", "renamed"), 5).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void datagramsScheduledAloneAreSpreadAndTheirAnswersArrive(Transport transport) throws Exception {
    available(transport);
    try (UdpServer a = new UdpServer("a");
        UdpServer b = new UdpServer("b");
        Bench bench = serve(transport, Map.of(Contract.ONE_PACKET, true), a, b);
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
      assertEquals(0, bench.real("p/a", Contract.ACTIVE));
      assertEquals(40, bench.count(Contract.CONNS_TOTAL));
      assertEquals(40, bench.verdicts(Contract.ACCEPTED));
      Bench.await("all counted", () -> bench.count(Contract.PACKETS_OUT) == 40);
      assertEquals(0, bench.count(Contract.PACKETS_DROPPED));
      int ways = a.peers.size();
      Thread.sleep(Limits.WAY_ANSWERED_MILLIS + 50);
      assertEquals("a:again", one.ask("again"));
      assertEquals(ways, a.peers.size(), "a way that was answered is taken again");
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void datagramsScheduledAloneThatNobodyAnswersGoOn(Transport transport) throws Exception {
    available(transport);
    int many = Limits.WAYS + 100;
    try (UdpServer a = new UdpServer("a").silent();
        Bench bench = serve(transport, Map.of(Contract.ONE_PACKET, true), a);
        UdpClient client = new UdpClient(bench.address)) {
      for (int i = 0; i < many; i++) {
        client.send("" + i);
        if (i % 50 == 0) {
          Thread.sleep(5);
        }
      }
      Bench.await("all there", () -> a.got.get() == many);
      assertEquals(Limits.WAYS + 1, a.peers.size(), "the last ones share the socket of nobody");
      assertEquals(many, bench.verdicts(Contract.ACCEPTED));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void anotherWireTakesTheFlowsAndNoDatagramIsLost(Transport transport) throws Exception {
    available(transport);
    try (UdpServer a = new UdpServer("a");
        UdpServer b = new UdpServer("b");
        UdpServer c = new UdpServer("c");
        Bench bench = serve(transport, Map.of(), a, b, c)) {
      List<UdpClient> clients = new ArrayList<>();
      List<String> names = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        clients.add(new UdpClient(bench.address));
        names.add(clients.get(i).ask("first").substring(0, 1));
      }
      var before = bench.wire.connections(Map.of(), 100);
      SocketWire next = null;
      int[] count = new int[clients.size()];
      for (int round = 0; round < 120; round++) {
        for (int i = 0; i < clients.size(); i++) {
          clients.get(i).send("n" + count[i]++);
        }
        if (round == 40) {
          Takeover takeover = new Takeover(bench.wire.handOver());
          next = new SocketWire(transport, 3, takeover.books(), () -> {});
          next.decideBy(bench.decider);
          takeover.into(next);
          bench.wire.retire();
        }
        Thread.sleep(1);
      }
      SocketWire newer = java.util.Objects.requireNonNull(next);
      try (newer) {
        for (int i = 0; i < clients.size(); i++) {
          for (int n = 0; n < count[i]; n++) {
            String got =
                new String(clients.get(i).receive(), java.nio.charset.StandardCharsets.UTF_8);
            assertEquals(names.get(i) + ":n" + n, got, "in order, from the same real server");
          }
          clients.get(i).close();
        }
        assertEquals(0, bench.wire.held(), "drained at once");
        Bench.await("drained", bench.wire::drained);
        bench.wire.close();
        assertEquals(12, newer.held());
        var after = newer.connections(Map.of(), 100);
        for (int i = 0; i < 12; i++) {
          for (String same : List.of("id", "client", "real", "service")) {
            assertEquals(before.get(i).get(same), after.get(i).get(same));
          }
        }
        assertEquals(12, bench.count(Contract.CONNS_TOTAL));
        assertEquals(12, bench.count(Contract.CONNS_HELD));
        assertEquals(4, bench.real("p/a", Contract.ACTIVE));
        assertEquals(12 * 121, bench.count(Contract.PACKETS_OUT));
        assertEquals(0, bench.count(Contract.PACKETS_DROPPED));
        newer.disconnect(Map.of());
        assertEquals(0, bench.count(Contract.CONNS_HELD));
        assertEquals(0, bench.real("p/a", Contract.ACTIVE));
      }
    }
  }

  @Test // waits as long as another wire may take; the loops of flows are the same with any
  // transport
  void flowsThatNobodyTookGoOn() throws Exception {
    try (UdpServer a = new UdpServer("a");
        Bench bench = serve(Transport.NIO, Map.of(), a);
        UdpClient client = new UdpClient(bench.address)) {
      assertEquals("a:1", client.ask("1"));
      var handed = bench.wire.handOver();
      assertEquals("a:2", client.ask("2"), "told of the sockets, nothing stops yet");
      var flows = (java.util.function.Supplier<?>) handed.get(Contract.HANDED_FLOWS);
      assertEquals(1, ((List<?>) flows.get()).size());
      assertEquals("a:3", client.ask("3"), "later, but not lost");
      assertEquals(1, bench.wire.held());
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void strangerOnThePortOfAFlowIsNotHeard(Transport transport) throws Exception {
    available(transport);
    try (UdpServer a = new UdpServer("a");
        Bench bench = serve(transport, Map.of(), a);
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
