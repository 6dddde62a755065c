package org.strowger.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.strowger.wire.Bench.settles;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real DNS servers (dnsmasq) as real servers, a real client (dig): Debian's packages. */
@Timeout(120)
class DnsTest {
  private static final Path DNSMASQ = Path.of("/usr/sbin/dnsmasq");
  private static final Path DIG = Path.of("/usr/bin/dig");

  private final List<Process> servers = new ArrayList<>();

  @AfterEach
  void stop() throws InterruptedException {
    for (Process server : servers) {
      server.destroy();
      server.waitFor();
    }
  }

  /** One that knows its own number as the address of who.test. */
  private InetSocketAddress dnsmasq(int number) throws IOException {
    for (int tries = 0; tries < 20; tries++) {
      InetSocketAddress address = address();
      Process server = start(number, address);
      servers.add(server);
      Bench.await(
          "dnsmasq " + number,
          () -> !server.isAlive() || dig(address, 2, 1).equals("192.0.2." + number));
      if (server.isAlive()) {
        return address;
      }
      servers.remove(server);
    }
    throw new AssertionError("dnsmasq finds no port, or ends for another reason");
  }

  /**
   * Not of those that the kernel gives to clients: dnsmasq listens with TCP as well, and a port
   * that is free with UDP may be in use there by somebody's connection.
   */
  private static InetSocketAddress address() {
    return new InetSocketAddress(
        InetAddress.getLoopbackAddress(), ThreadLocalRandom.current().nextInt(15_000, 32_000));
  }

  private static Process start(int number, InetSocketAddress address) throws IOException {
    return new ProcessBuilder(
            DNSMASQ.toString(),
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--pid-file=",
            "--no-resolv",
            "--no-hosts",
            "--user=",
            "--bind-interfaces",
            "--listen-address=" + address.getAddress().getHostAddress(),
            "--port=" + address.getPort(),
            "--address=/who.test/192.0.2." + number)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** What dig prints, or empty. */
  private static String dig(InetSocketAddress server, int seconds, int tries) {
    try {
      Process dig =
          new ProcessBuilder(
                  DIG.toString(),
                  "@" + server.getAddress().getHostAddress(),
                  "-p",
                  "" + server.getPort(),
                  "+short",
                  "+time=" + seconds,
                  "+tries=" + tries,
                  "who.test")
              .redirectErrorStream(true)
              .start();
      String printed = new String(dig.getInputStream().readAllBytes(), UTF_8).strip();
      String last = printed.substring(printed.lastIndexOf('\n') + 1); // before it: what timed out
      return dig.waitFor(20, TimeUnit.SECONDS) && dig.exitValue() == 0 ? last : "";
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void queriesAreAnsweredBySeveralServers(boolean onePacket) throws Exception {
    assumeTrue(Files.isExecutable(DNSMASQ), "dnsmasq is not installed (Debian: dnsmasq-base)");
    assumeTrue(Files.isExecutable(DIG), "dig is not installed (Debian: bind9-dnsutils)");
    TestDecider decider = new TestDecider(dnsmasq(1), dnsmasq(2), dnsmasq(3));
    try (Bench bench = new Bench(Transport.choose("auto"), decider)) {
      InetSocketAddress at =
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), bench.address.getPort());
      Map<String, Object> service = new HashMap<>(bench.service("web", at));
      service.put(Contract.PROTOCOL, "udp");
      service.put(Contract.ONE_PACKET, onePacket);
      bench.wire.decideBy(decider);
      bench.wire.apply(List.of(service));
      Bench.await("listening", () -> "".equals(bench.wire.listening().get("web")));
      Set<String> answers = new TreeSet<>();
      for (int i = 0; i < 12; i++) {
        answers.add(dig(at, 2, 1));
      }
      assertEquals(Set.of("192.0.2.1", "192.0.2.2", "192.0.2.3"), answers);
      assertEquals(onePacket ? 0 : 12, bench.wire.held());
      settles(12, () -> bench.verdicts(Contract.ACCEPTED));
      servers.getFirst().destroy();
      servers.getFirst().waitFor();
      for (int i = 0; i < 6; i++) {
        String answer = dig(at, 1, 6); // refused: the wire sends it elsewhere, or dig does
        assertTrue(answer.equals("192.0.2.2") || answer.equals("192.0.2.3"), answer);
      }
      assertTrue(decider.failed.contains("p/a"));
    }
  }
}
