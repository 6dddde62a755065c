package org.strowger.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.strowger.api.AdminState;
import org.strowger.api.Connection;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.PlaneEvent;
import org.strowger.api.RealServerCounters;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualServiceCounters;

/** The plane with a real wire and real sockets. */
@Timeout(120)
@SuppressWarnings("try") // closing is what is tested
class RelayPlaneTest {
  private final Farm farm = new Farm(3);
  private RelayPlane plane = new RelayPlane();

  @AfterEach
  void close() throws Exception {
    plane.close();
    farm.close();
  }

  private void serve() {
    plane.wires(List.of(farm.wire));
    plane.apply(farm.table(0, 1, 2), farm.events);
    Farm.await("listening", () -> farm.events.all.contains(new PlaneEvent.Listening("web")));
  }

  private long active(int index) {
    return plane.loads("web").active(index);
  }

  private VirtualServiceCounters web() {
    return plane.report().services().getOrDefault("web", VirtualServiceCounters.ZERO);
  }

  private RealServerCounters real(int index) {
    return plane.report().realServers().getOrDefault(Farm.id(index), RealServerCounters.ZERO);
  }

  @Test
  void sixtyConnectionsAtOnceAreSpreadExactlyTwentyEach() throws Exception {
    serve();
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      start.await(20, TimeUnit.SECONDS);
                      Socket socket = new Socket(farm.address.getAddress(), farm.address.getPort());
                      synchronized (sockets) {
                        sockets.add(socket);
                      }
                      Farm.alive(socket);
                    } catch (IOException | InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  }));
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(20L, 20L, 20L), List.of(active(0), active(1), active(2)));
    assertEquals(60, web().connsActive());
    assertEquals(60, web().count(Verdict.ACCEPTED));
    assertEquals(20, real(1).selections());
    assertEquals(20, real(1).connsActive());
    for (Socket socket : sockets) {
      socket.close();
    }
    Farm.await("all gone", () -> active(0) + active(1) + active(2) == 0);
    assertEquals(60, web().bytesIn());
  }

  @Test
  void aPlaneThatGoesSaysNothingOfTheWiresItLeaves() {
    serve();
    List<PlaneEvent> told = List.copyOf(farm.events.all);
    plane.close();
    plane.wires(List.of()); // as the component's tracker tells when it is closed
    assertEquals(told, farm.events.all);
  }

  @Test
  void realServerThatRefusesThreeTimesIsUnreachableUntilItAcceptsAgain() throws Exception {
    serve();
    farm.kill(0);
    for (int i = 0; i < 4; i++) {
      farm.connected().close(); // the next one took it
      Farm.await("gone", () -> active(1) + active(2) == 0);
    }
    Farm.await("told", () -> unreachable() == 1);
    assertEquals(4, real(0).connFailures(), "asked first each time");
    farm.revive(0);
    Farm.await(
        "reachable",
        () -> farm.events.all.contains(new PlaneEvent.RealServerReachable(Farm.id(0))));
    assertEquals(1, unreachable(), "told once");
  }

  private long unreachable() {
    return farm.events.all.stream()
        .filter(e -> e instanceof PlaneEvent.RealServerUnreachable u && u.id().equals(Farm.id(0)))
        .count();
  }

  @Test
  void evidenceAndLiveConnectionsOutliveThePlaneAndAreToldToTheNext() throws Exception {
    serve();
    Socket held = farm.connected();
    farm.kill(0);
    farm.kill(1);
    farm.kill(2);
    for (int i = 0; i < 3; i++) {
      assertTrue(farm.refuses());
    }
    Farm.await("told", () -> unreachable() == 1);
    plane.close();
    assertTrue(Farm.alive(held));
    Socket parked = farm.client();
    farm.revive(2);

    plane = new RelayPlane();
    Farm.Events next = new Farm.Events();
    plane.wires(List.of(farm.wire));
    plane.apply(farm.table(0, 1, 2), next);
    assertTrue(next.all.contains(new PlaneEvent.Listening("web")), "told at once: " + next.all);
    assertTrue(
        next.all.stream().anyMatch(e -> e instanceof PlaneEvent.RealServerUnreachable),
        "told at once: " + next.all);
    assertTrue(Farm.alive(parked), "0 lost");
    assertTrue(Farm.alive(held));
    farm.revive(0);
    Farm.await(
        "probed by the next plane",
        () -> next.all.contains(new PlaneEvent.RealServerReachable(Farm.id(0))));
  }

  @Test
  void drainedRealServerKeepsItsConnectionsAndOutOfServiceLosesThem() throws Exception {
    serve();
    List<Socket> sockets = List.of(farm.connected(), farm.connected(), farm.connected());
    farm.states.set(1, AdminState.DRAIN);
    plane.apply(farm.table(0, 1, 2), farm.events);
    assertTrue(sockets.stream().allMatch(Farm::alive));
    farm.states.set(1, AdminState.OUT_OF_SERVICE);
    plane.apply(farm.table(0, 1, 2), farm.events);
    assertEquals(List.of(true, false, true), sockets.stream().map(Farm::alive).toList());
    assertEquals(0, active(1));
  }

  @Test
  void removedRealServerKeepsItsConnections() throws Exception {
    serve();
    List<Socket> sockets = List.of(farm.connected(), farm.connected(), farm.connected());
    plane.apply(farm.table(2), farm.events);
    assertTrue(sockets.stream().allMatch(Farm::alive));
    Socket more = farm.connected();
    assertEquals(2, active(0), "index 0 is the third real server now");
    assertTrue(Farm.alive(more));
  }

  @Test
  void serviceOutOfServiceStopsListeningAndCuts() throws Exception {
    serve();
    Socket held = farm.connected();
    farm.serviceState = AdminState.OUT_OF_SERVICE;
    plane.apply(farm.table(0, 1, 2), farm.events);
    assertFalse(Farm.alive(held));
    Farm.await("refused", this::refused);
    farm.serviceState = AdminState.IN_SERVICE;
    plane.apply(farm.table(0, 1, 2), farm.events);
    Farm.await("listening again", () -> !refused());
  }

  private boolean refused() {
    try (Socket socket = farm.client()) {
      return !socket.isConnected();
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void connectionsAreListedAndDisconnectedByFilter() throws Exception {
    serve();
    Socket one = farm.connected();
    Socket two = farm.connected();
    List<Connection> all = plane.connections(ConnectionFilter.ALL, 10);
    assertEquals(2, all.size());
    assertEquals(one.getLocalSocketAddress(), all.get(0).client());
    assertEquals(Farm.id(0), all.get(0).real());
    assertEquals(1, all.get(0).bytesIn());
    assertEquals("established", all.get(0).state());
    ConnectionFilter second = ConnectionFilter.ALL.withService("web").withReal(Farm.id(1));
    assertEquals(1, plane.connections(second, 10).size());
    assertEquals(1, plane.disconnect(second));
    assertTrue(Farm.alive(one));
    assertFalse(Farm.alive(two));
  }

  @Test
  void withoutAWireNothingCanBeDoneAndTheDirectorIsTold() {
    assertEquals(Set.of(), plane.methods());
    plane.apply(farm.table(0), farm.events);
    assertInstanceOf(PlaneEvent.ListenFailed.class, farm.events.all.getFirst());
    plane.wires(List.of(farm.wire));
    assertEquals(Set.of(ForwardingMethod.RELAY), plane.methods());
    Farm.await("listening", () -> farm.events.all.contains(new PlaneEvent.Listening("web")));
  }

  @Test
  void wireWithoutTheNeededMethodsIsRefusedWithTheirNames() {
    Runnable other = () -> {};
    var refused =
        assertThrows(IllegalArgumentException.class, () -> Structural.bind(Wire.class, other));
    assertTrue(String.valueOf(refused.getMessage()).contains("decideBy"), refused.toString());
  }
}
