package org.strowger.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.strowger.api.CheckOutcome;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.Knocker;
import org.strowger.api.Protocol;
import org.strowger.api.RealServerId;
import org.strowger.api.ServicePath;

/** What is knocked at, and what is made of the answers; that packets arrive is tried elsewhere. */
class ForwardingCheckTest {
  private static final InetAddress REAL = InetAddress.getLoopbackAddress();
  private static final InetAddress FIRST = InetAddress.ofLiteral("192.0.2.10");
  private static final InetAddress SECOND = InetAddress.ofLiteral("192.0.2.11");

  /** A link on which each virtual address answers as told, and which notes what it was asked. */
  private static final class Link implements Knocker {
    private final Map<InetAddress, Answer> answers;
    private final List<Knock> knocks = new CopyOnWriteArrayList<>();
    private Optional<String> unavailable = Optional.empty();

    Link(Map<InetAddress, Answer> answers) {
      this.answers = answers;
    }

    @Override
    public Optional<String> unavailable() {
      return unavailable;
    }

    @Override
    public boolean claims(Knock knock) {
      return false;
    }

    @Override
    public Answer knock(Knock knock) {
      knocks.add(knock);
      return answers.getOrDefault(knock.virtual(), Answer.SILENT);
    }
  }

  private static ServicePath path(
      InetAddress address, int port, Protocol protocol, ForwardingMethod method) {
    return new ServicePath("web", address, port, protocol, method);
  }

  private static CheckResult look(Link link, int port, ServicePath... paths)
      throws InterruptedException {
    return new ForwardingCheck(() -> Optional.of(link))
        .run(
            new CheckTarget(
                new RealServerId("web", "a"),
                REAL,
                port,
                Optional.empty(),
                1,
                List.of(paths),
                Duration.ofSeconds(20)));
  }

  @Test
  void eachAddressOfItsServicesIsKnockedAtOnceAndATcpPortIsPreferred() throws Exception {
    Link link = new Link(Map.of(FIRST, Knocker.Answer.OPEN, SECOND, Knocker.Answer.OPEN));
    CheckResult result =
        look(
            link,
            80,
            path(FIRST, 53, Protocol.UDP, ForwardingMethod.DIRECT),
            path(FIRST, 80, Protocol.TCP, ForwardingMethod.DIRECT),
            path(SECOND, 5060, Protocol.UDP, ForwardingMethod.TUNNEL_GUE));
    assertTrue(result.passed(), result.text());
    assertEquals(
        List.of("192.0.2.10 80 direct", "192.0.2.11 0 tunnelGue"),
        link.knocks.stream()
            .map(k -> k.virtual().getHostAddress() + " " + k.port() + " " + k.method().word())
            .toList());
    assertEquals(REAL, link.knocks.getFirst().real());
  }

  @Test
  void oneThatLostTheAddressOfAServiceHasFailedAndTheTextSaysWhich() throws Exception {
    Link link = new Link(Map.of(FIRST, Knocker.Answer.OPEN));
    CheckResult result =
        look(
            link,
            80,
            path(FIRST, 80, Protocol.TCP, ForwardingMethod.DIRECT),
            path(SECOND, 80, Protocol.TCP, ForwardingMethod.DIRECT));
    assertEquals(CheckOutcome.TIMEOUT, result.outcome());
    assertEquals(
        "no answer from 192.0.2.11 port 80 by direct: does it have the address of the service?",
        result.text());
  }

  @Test
  void oneThatRefusesAndOneThatIsNotThereHaveFailed() throws Exception {
    ServicePath path = path(FIRST, 80, Protocol.TCP, ForwardingMethod.TUNNEL_IPIP);
    CheckResult refused = look(new Link(Map.of(FIRST, Knocker.Answer.REFUSED)), 80, path);
    assertEquals(CheckOutcome.REFUSED, refused.outcome());
    CheckResult gone = look(new Link(Map.of(FIRST, Knocker.Answer.NOBODY)), 80, path);
    assertEquals(CheckOutcome.UNREACHABLE, gone.outcome());
  }

  @Test
  void whereAddressesAreTranslatedThePathIsAConnectionToTheRealServer() throws Exception {
    Link link = new Link(Map.of());
    ServicePath relay = path(FIRST, 80, Protocol.TCP, ForwardingMethod.RELAY);
    int port;
    try (ServerSocket server = new ServerSocket(0, 16, REAL)) {
      port = server.getLocalPort();
      ServicePath translated = path(SECOND, 80, Protocol.TCP, ForwardingMethod.MASQUERADING);
      assertEquals("connected", look(link, port, relay, translated).text());
    }
    assertEquals(CheckOutcome.REFUSED, look(link, port, relay).outcome());
    assertEquals(List.of(), link.knocks);
  }

  @Test
  void whatThisMachineCannotSendIsNoEvidence() {
    Link link = new Link(Map.of());
    link.unavailable = Optional.of("it needs CAP_NET_RAW");
    ServicePath path = path(FIRST, 80, Protocol.TCP, ForwardingMethod.DIRECT);
    assertThrows(IllegalStateException.class, () -> look(link, 80, path));
  }
}
