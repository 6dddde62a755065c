package org.strowger.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.strowger.api.PlaneEvent;
import org.strowger.api.RealServerCounters;

/** Real servers that refuse datagrams, with a real wire; nobody listens with TCP. */
@Timeout(120)
class DatagramProbeTest {
  private static final PlaneEvent REACHABLE = new PlaneEvent.RealServerReachable(Farm.id(0));

  private final Farm farm = new Farm(0);
  private final RelayPlane plane = new RelayPlane();

  @AfterEach
  void close() throws Exception {
    plane.close();
    farm.close();
  }

  private static DatagramSocket socket(int port) throws IOException {
    DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static InetSocketAddress address(DatagramSocket socket) {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  /** What a new client sends comes to this real server. */
  private void arrivesAt(DatagramSocket real, byte... said) throws IOException {
    try (DatagramSocket client = socket(0)) {
      client.send(new DatagramPacket(said, said.length, farm.address));
      DatagramPacket packet = new DatagramPacket(new byte[100], 100);
      do {
        real.receive(packet);
      } while (packet.getLength() == 1 && packet.getData()[0] == 0); // a probe
      assertArrayEquals(said, Arrays.copyOf(packet.getData(), packet.getLength()));
    }
  }

  private long unreachable() {
    return farm.events.all.stream()
        .filter(e -> e instanceof PlaneEvent.RealServerUnreachable u && u.id().equals(Farm.id(0)))
        .count();
  }

  @Test
  void realServerThatRefusedDatagramsIsUnreachableUntilOneIsNotRefused() throws Exception {
    DatagramSocket first = socket(0);
    int port = first.getLocalPort();
    InetSocketAddress refusing = address(first);
    first.close();
    try (DatagramSocket other = socket(0)) {
      plane.wires(List.of(farm.wire));
      plane.apply(farm.datagrams(refusing, address(other)), farm.events);
      Farm.await("listening", () -> farm.events.all.contains(new PlaneEvent.Listening("web")));
      for (byte i = 1; i <= 4; i++) {
        arrivesAt(other, i); // the first one is asked first each time, as it holds nothing
      }
      Farm.await("told", () -> unreachable() == 1);
      assertEquals(
          4,
          plane
              .report()
              .realServers()
              .getOrDefault(Farm.id(0), RealServerCounters.ZERO)
              .connFailures());
      Thread.sleep(2 * Limits.PROBE_INTERVAL_MILLIS); // time for a probe, which is refused
      assertFalse(farm.events.all.contains(REACHABLE));
      try (DatagramSocket back = socket(port)) { // it never answers: silence is no refusal
        Farm.await("reachable", () -> farm.events.all.contains(REACHABLE));
        assertEquals(1, unreachable(), "told once");
        arrivesAt(back, (byte) 5);
      }
    }
  }
}
