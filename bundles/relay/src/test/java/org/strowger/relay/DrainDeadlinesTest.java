package org.strowger.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.strowger.api.AdminState;
import org.strowger.api.ForwardingTable;
import org.strowger.api.PlaneEvent;

/** What drains is cut when its time has passed, on real sockets. */
@Timeout(120)
@SuppressWarnings("try") // closing is what is tested
class DrainDeadlinesTest {
  private static final Duration LONG = Duration.ofDays(1);
  private static final Duration SHORT = Duration.ofMillis(10);

  private final Farm farm = new Farm(3);
  private RelayPlane plane = new RelayPlane();

  @AfterEach
  void close() throws Exception {
    plane.close();
    farm.close();
  }

  private List<Socket> serve(Duration drain) throws Exception {
    farm.drainTimeout(drain);
    plane.wires(List.of(farm.wire));
    plane.apply(farm.table(0, 1, 2), farm.events);
    Farm.await("listening", () -> farm.events.all.contains(new PlaneEvent.Listening("web")));
    return List.of(farm.connected(), farm.connected(), farm.connected());
  }

  private long held() {
    return farm.wire.held();
  }

  @Test
  void aDrainedRealServerLosesWhatIsLeftWhenTheTimeHasPassed() throws Exception {
    List<Socket> sockets = serve(LONG);
    farm.states.set(1, AdminState.DRAIN);
    plane.apply(farm.table(0, 1, 2), farm.events);
    assertTrue(sockets.stream().allMatch(Farm::alive));
    farm.drainTimeout(SHORT); // live, and counted from the beginning of the drain
    plane.apply(farm.table(0, 1, 2), farm.events);
    Farm.await("cut", () -> held() == 2);
    assertEquals(List.of(true, false, true), sockets.stream().map(Farm::alive).toList());
  }

  @Test
  void aRemovedRealServerLosesThemToo() throws Exception {
    List<Socket> sockets = serve(SHORT);
    plane.apply(farm.table(0, 2), farm.events);
    Farm.await("cut", () -> held() == 2);
    assertEquals(List.of(true, false, true), sockets.stream().map(Farm::alive).toList());
  }

  @Test
  void aDrainedServiceAndARemovedOneLoseAll() throws Exception {
    List<Socket> sockets = serve(SHORT);
    farm.serviceState = AdminState.DRAIN;
    plane.apply(farm.table(0, 1, 2), farm.events);
    Farm.await("cut", () -> held() == 0);
    assertFalse(Farm.alive(sockets.getFirst()));
    farm.serviceState = AdminState.IN_SERVICE;
    plane.apply(farm.table(0, 1, 2), farm.events);
    Farm.await("back", () -> Farm.alive(client()));
    plane.apply(new ForwardingTable(9, List.of()), farm.events);
    Farm.await("cut", () -> held() == 0);
  }

  private Socket client() {
    try {
      return farm.client();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void withoutATimeoutAndForWhatIsBackNothingIsCut() throws Exception {
    List<Socket> sockets = serve(Duration.ZERO);
    farm.states.set(0, AdminState.DRAIN);
    plane.apply(farm.table(0, 1), farm.events);
    farm.states.set(0, AdminState.IN_SERVICE);
    farm.drainTimeout(SHORT);
    plane.apply(farm.table(0, 1, 2), farm.events);
    for (int i = 0; i < 5; i++) {
      plane.apply(farm.table(0, 1, 2), farm.events); // looks too
      Thread.sleep(20);
    }
    assertTrue(sockets.stream().allMatch(Farm::alive));
  }

  @Test
  void theBeginningOfADrainOutlivesTheBundleInTypesOfTheJdk() throws Exception {
    serve(LONG);
    farm.states.set(1, AdminState.DRAIN);
    plane.apply(farm.table(0, 1), farm.events);
    final Object before = since();
    plane.close();
    plane = new RelayPlane();
    plane.wires(List.of(farm.wire));
    plane.apply(farm.table(0, 1), farm.events);
    assertEquals(before, since());
    assertTrue(before.toString().contains("web|web/r1"), before.toString());
    assertTrue(before.toString().contains("web|web/r2"), "removed: " + before);
    ((Map<?, ?>) since())
        .forEach(
            (key, value) -> {
              assertEquals(String.class, key.getClass());
              assertEquals(Long.class, value.getClass());
            });
  }

  private Object since() {
    return Map.copyOf((Map<?, ?>) farm.wire.memory().getOrDefault("relay.drainSince", Map.of()));
  }
}
