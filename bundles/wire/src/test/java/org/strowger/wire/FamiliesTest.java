package org.strowger.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.strowger.wire.Bench.settles;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** IPv6 and IPv4 before and behind the same wire; datagrams have theirs in DatagramTest. */
@Timeout(120)
class FamiliesTest {
  private static final InetAddress SIX = InetAddress.ofLiteral("::1");
  private static final InetAddress FOUR = InetAddress.ofLiteral("127.0.0.1");

  private static boolean hasSix() {
    try (ServerSocket socket = new ServerSocket(0, 1, SIX)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static void serve(Bench bench, InetSocketAddress at) {
    bench.wire.apply(List.of(bench.service("web", at)));
    Bench.await("listening", () -> "".equals(bench.wire.listening().get("web")));
  }

  /** What it is told, having connected from an address that the wire then lists. */
  private static String told(Bench bench, InetSocketAddress at) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(20_000);
      socket.connect(at, 10_000);
      String name = new String(socket.getInputStream().readNBytes(4), UTF_8);
      List<Object> clients =
          bench.wire.connections(Map.of(), 10).stream().<Object>map(c -> c.get("client")).toList();
      assertEquals(List.of(socket.getLocalSocketAddress()), clients);
      return name;
    }
  }

  private static void served(Transport transport, InetAddress family) throws Exception {
    try (TestServer four = TestServer.named("four", FOUR);
        TestServer six = TestServer.named("six ", SIX);
        Bench bench = new Bench(transport, new TestDecider(four.address(), six.address()))) {
      bench.wire.decideBy(bench.decider);
      InetSocketAddress at = new InetSocketAddress(family, bench.address.getPort());
      serve(bench, at);
      for (int i = 0; i < 2; i++) {
        assertEquals("four", told(bench, at));
        bench.awaitNothingLeft();
        assertEquals("six ", told(bench, at));
        bench.awaitNothingLeft();
      }
      settles(4, () -> bench.verdicts(Contract.ACCEPTED));
      settles(8, () -> bench.real("p/a", Contract.REAL_BYTES_OUT));
      settles(8, () -> bench.real("p/b", Contract.REAL_BYTES_OUT));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void servicesOfEitherFamilyHaveRealServersOfBoth(Transport transport) throws Exception {
    Bench.available(transport);
    assumeTrue(hasSix(), "this machine has no IPv6");
    served(transport, SIX);
    served(transport, FOUR);
  }
}
