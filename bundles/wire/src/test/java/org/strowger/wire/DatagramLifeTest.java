package org.strowger.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.strowger.wire.Bench.settles;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The life of a service of datagrams: edited, drained, renamed, removed, handed to another wire.
 */
@Timeout(120)
@SuppressWarnings("try") // closing is what is tested
class DatagramLifeTest {
  @Test // waits for the next attempt; the sockets are the same with any transport
  void addressInUseIsToldAndServedOnceFree() throws Exception {
    try (UdpServer a = new UdpServer("a");
        Bench bench = new Bench(Transport.NIO, new TestDecider(a.address()));
        UdpServer squatter = new UdpServer("squatter", bench.address)) {
      bench.wire.decideBy(bench.decider);
      bench.wire.apply(List.of(DatagramBench.service(bench, Map.of())));
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
    Bench.available(transport);
    try (UdpServer a = new UdpServer("a");
        Bench bench = DatagramBench.serve(transport, Map.of(Contract.FLOW, 2_000L), a);
        UdpClient client = new UdpClient(bench.address)) {
      assertEquals("a:1", client.ask("1"));
      bench.wire.apply(List.of(DatagramBench.service(bench, Map.of(Contract.LISTENING, false))));
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
    Bench.available(transport);
    try (UdpServer a = new UdpServer("a");
        UdpServer b = new UdpServer("b");
        Bench bench = DatagramBench.serve(transport, Map.of(), a, b);
        UdpClient client = new UdpClient(bench.address)) {
      assertEquals("a:1", client.ask("1"));
      bench.wire.apply(List.of(DatagramBench.service(bench, Map.of(Contract.NAME, "renamed"))));
      assertEquals("a:2", client.ask("2"));
      // Each loop takes the new name at its next turn: a flow before that has the old one.
      Bench.await("new flows have the new name", () -> namedAnew(bench));
      assertEquals("a:3", client.ask("3"));
    }
  }

  private static boolean free(InetSocketAddress address) {
    try (DatagramSocket socket = new DatagramSocket(address)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
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
  void anotherWireTakesTheFlowsAndNoDatagramIsLost(Transport transport) throws Exception {
    Bench.available(transport);
    try (UdpServer a = new UdpServer("a");
        UdpServer b = new UdpServer("b");
        UdpServer c = new UdpServer("c");
        Bench bench = DatagramBench.serve(transport, Map.of(), a, b, c)) {
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
        settles(12, () -> bench.count(Contract.CONNS_TOTAL));
        settles(12, () -> bench.count(Contract.CONNS_HELD));
        settles(4, () -> bench.real("p/a", Contract.ACTIVE));
        settles(12 * 121, () -> bench.count(Contract.PACKETS_OUT));
        settles(0, () -> bench.count(Contract.PACKETS_DROPPED));
        newer.disconnect(Map.of());
        settles(0, () -> bench.count(Contract.CONNS_HELD));
        settles(0, () -> bench.real("p/a", Contract.ACTIVE));
      }
    }
  }

  @Test // waits as long as another wire may take; the loops of flows are the same with any
  // transport
  void flowsThatNobodyTookGoOn() throws Exception {
    try (UdpServer a = new UdpServer("a");
        Bench bench = DatagramBench.serve(Transport.NIO, Map.of(), a);
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
}
