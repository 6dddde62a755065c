package org.strowger.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.strowger.linux.OwnNamespace.ip;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.KernelException;
import org.strowger.api.Knocker;

/**
 * A director's namespace and a real server's, joined by one cable; both have the address of the
 * virtual service, as with direct routing.
 */
@Timeout(120)
class KnockerTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(400);

  private final KernelKnocker knocker = new KernelKnocker();

  private interface Steps {
    /**
     * @param inReal begins a command line that is run where the real server is
     */
    void run(String inReal) throws Exception;
  }

  private static void withRealServer(Steps steps) throws Exception {
    assumeTrue(Tried.present("socat"), "socat is not installed");
    OwnNamespace.run(
        () -> {
          String name = "knock-" + ProcessHandle.current().pid();
          ip("netns add " + name);
          try {
            ip("link set far netns " + name);
            ip("addr add 10.92.0.1/24 dev near");
            ip("addr add 10.92.0.100/32 dev lo");
            ip("addr add fd92::1/64 dev near nodad");
            ip("addr add fd92::100/128 dev lo nodad");
            String inReal = "-n " + name + " ";
            ip(inReal + "link set lo up");
            ip(inReal + "link set far up");
            ip(inReal + "addr add 10.92.0.2/24 dev far");
            ip(inReal + "addr add 10.92.0.100/32 dev lo");
            ip(inReal + "addr add fd92::2/64 dev far nodad");
            ip(inReal + "addr add fd92::100/128 dev lo nodad");
            steps.run(inReal);
          } finally {
            ip("netns del " + name);
          }
        });
  }

  private Knocker.Answer knock(String virtual, int port, String real, Duration timeout)
      throws Exception {
    return knocker.knock(
        new Knocker.Knock(
            InetAddress.ofLiteral(virtual),
            port,
            InetAddress.ofLiteral(real),
            ForwardingMethod.DIRECT,
            Optional.empty(),
            timeout));
  }

  /** A server in the other namespace; ends with what is returned. */
  private static Process listen(String inReal, String how) throws Exception {
    String name = inReal.substring(3).strip();
    return new ProcessBuilder("ip", "netns", "exec", name, "socat", how, "EXEC:/bin/true")
        .inheritIO()
        .start();
  }

  @ParameterizedTest
  @CsvSource({
    "10.92.0.100, 10.92.0.2, 10.92.0.100/32, TCP4-LISTEN",
    "fd92::100, fd92::2, fd92::100/128, TCP6-LISTEN"
  })
  void aRealServerThatLostTheAddressOfTheServiceIsFoundOut(
      String virtual, String real, String onLoopback, String listen) throws Exception {
    withRealServer(
        inReal -> {
          assertEquals(Knocker.Answer.REFUSED, knock(virtual, 8080, real, LONG), "nobody listens");
          assertEquals(Knocker.Answer.OPEN, knock(virtual, 0, real, LONG), "echo");
          Process server = listen(inReal, listen + ":8080,fork,reuseaddr");
          try {
            awaitOpen(virtual, real);
            ip(inReal + "addr del " + onLoopback + " dev lo");
            assertEquals(Knocker.Answer.SILENT, knock(virtual, 8080, real, SHORT));
            assertEquals(Knocker.Answer.SILENT, knock(virtual, 0, real, SHORT));
            assertEquals(Knocker.Answer.OPEN, knock(real, 8080, real, LONG), "its own it has");
            ip(inReal + "addr add " + onLoopback + " dev lo");
            assertEquals(Knocker.Answer.OPEN, knock(virtual, 8080, real, LONG));
          } finally {
            server.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
          }
        });
  }

  @Test
  void aRealServerThatAnswersForTheAddressOfTheServiceIsFoundOut() throws Exception {
    withRealServer(
        inReal -> {
          Knocker.Knock knock =
              new Knocker.Knock(
                  InetAddress.ofLiteral("10.92.0.100"),
                  0,
                  InetAddress.ofLiteral("10.92.0.2"),
                  ForwardingMethod.DIRECT,
                  Optional.empty(),
                  LONG);
          assertTrue(knocker.claims(knock), "Linux answers for all its addresses");
          String name = inReal.substring(3).strip();
          sysctl(name, "net.ipv4.conf.all.arp_ignore=1");
          assertFalse(
              knocker.claims(
                  new Knocker.Knock(
                      knock.virtual(), 0, knock.real(), knock.method(), Optional.empty(), SHORT)));
        });
  }

  private static void sysctl(String namespace, String setting) throws Exception {
    Process set =
        new ProcessBuilder("ip", "netns", "exec", namespace, "sysctl", "-qw", setting)
            .inheritIO()
            .start();
    assertEquals(0, set.waitFor());
  }

  private void awaitOpen(String virtual, String real) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (knock(virtual, 8080, real, LONG) != Knocker.Answer.OPEN) {
      assertTrue(System.nanoTime() < deadline, "nobody listens");
      Thread.sleep(20);
    }
  }

  @Test
  void anAddressThatNobodyOnTheLinkHasIsToldApart() throws Exception {
    withRealServer(
        inReal ->
            assertEquals(Knocker.Answer.NOBODY, knock("10.92.0.100", 80, "10.92.0.77", SHORT)));
  }

  @Test
  void whatThisMachineCannotSendIsAnErrorThatSaysWhy() throws Exception {
    withRealServer(
        inReal -> {
          String local =
              assertThrows(
                      KernelException.class, () -> knock("10.92.0.100", 80, "10.92.0.1", SHORT))
                  .sentence();
          assertTrue(local.endsWith("that is this machine"), local);
          ip("route add 10.93.0.0/24 via 10.92.0.2");
          String routed =
              assertThrows(
                      KernelException.class, () -> knock("10.92.0.100", 80, "10.93.0.2", SHORT))
                  .sentence();
          assertTrue(routed.endsWith("not behind router 10.92.0.2"), routed);
        });
  }

  @Test
  void aTunnelCarriesTheWholePacket() {
    InetAddress director = InetAddress.ofLiteral("192.0.2.1");
    InetAddress real = InetAddress.ofLiteral("192.0.2.2");
    InetAddress virtual = InetAddress.ofLiteral("198.51.100.7");
    ByteBuffer inner = Packet.tcp(director, 61000, virtual, 80, 1, Packet.SYN);
    // The header's checksum as another implementation works it out.
    assertEquals(
        "4500002c0000400040064e90c0000201c6336407ee480050000000010000000060020400"
            + checksum(inner)
            + "000002040218",
        hex(inner, 0, 44));
    ByteBuffer ipip = Packet.ipip(director, real, inner);
    assertEquals(4, ipip.get(9), "IP in IP");
    assertEquals(inner, ipip.slice(20, inner.remaining()));
    ByteBuffer gue = Packet.gue(director, 61000, real, inner);
    assertEquals(17, gue.get(9), "UDP");
    assertEquals(Knocker.GUE_PORT, gue.getShort(22));
    assertEquals("00040000", hex(gue, 28, 4));
    assertEquals(inner, gue.slice(32, inner.remaining()));
  }

  private static String hex(ByteBuffer packet, int from, int length) {
    byte[] bytes = new byte[length];
    packet.get(from, bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Of the segment: with it, all words of header and pseudo-header come to 0xffff. */
  private static String checksum(ByteBuffer packet) {
    long sum = 6L + packet.remaining() - 20;
    for (int i = 12; i < packet.remaining(); i += 2) {
      sum += i == 36 ? 0 : Short.toUnsignedInt(packet.getShort(i));
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return "%04x".formatted(~sum & 0xffff);
  }
}
