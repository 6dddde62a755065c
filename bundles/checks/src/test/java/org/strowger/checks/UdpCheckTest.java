package org.strowger.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;
import org.strowger.api.RealServerId;

/** Datagrams, their ICMP errors, and ICMP echo. */
final class UdpCheckTest {
  private static final byte[] REPLY = HexFormat.of().parseHex("a1b2c3d4");

  private static CheckResult answered(byte[] reply, Map<String, Object> options) throws Exception {
    try (DatagramServer server = DatagramServer.with(seen -> List.of(reply))) {
      return Lab.look("udp", options, server.port());
    }
  }

  @Test
  void aReplyIsComparedUnderItsMask() throws Exception {
    Map<String, Object> exact = Map.of("payload", "hello", "replyHex", "a1b2");
    assertEquals("a reply of 4 bytes", answered(REPLY, exact).text());
    Map<String, Object> masked =
        Map.of("payloadHex", "00ff", "replyHex", "a1 00", "maskHex", "ff 00");
    assertTrue(answered(REPLY, masked).passed());
    CheckResult other =
        answered(REPLY, Map.of("payload", "hello", "replyHex", "a100", "maskHex", "fff0"));
    assertEquals("the reply starts a1b2c3d4, expected a100", other.text());
    assertFalse(answered(new byte[1], exact).passed());
    CheckResult longer = answered(REPLY, Map.of("payload", "hello", "maxLength", 3));
    assertEquals("a reply of 4 bytes, expected 0 to 3", longer.text());
  }

  @Test
  void silenceIsDownUnlessItIsAllowed() throws Exception {
    try (DatagramServer silent = DatagramServer.with(seen -> List.of())) {
      CheckResult down = Lab.shortLook("udp", Map.of("payload", "hello"), silent.port());
      assertTrue(Lab.ranOut(down), down.text());
      Map<String, Object> allowed =
          Map.of("payload", "hello", "silence", "up", "silenceAfter", "50ms");
      assertEquals("no ICMP error within 50 ms", Lab.look("udp", allowed, silent.port()).text());
    }
  }

  @Test
  void anIcmpErrorIsDownEvenWhereSilenceIsUp() throws Exception {
    // Connected elsewhere: datagrams of others find no socket, and nobody else can get the port.
    try (DatagramSocket taken = new DatagramSocket(0, Lab.HERE);
        DatagramSocket elsewhere = new DatagramSocket(0, Lab.HERE)) {
      taken.connect(elsewhere.getLocalSocketAddress());
      Map<String, Object> options =
          Map.of("payload", "hello", "silence", "up", "silenceAfter", "10s");
      CheckResult result = Lab.look("udp", options, taken.getLocalPort());
      assertFalse(result.passed());
      assertEquals("ICMP says: port unreachable while waiting for a reply", result.text());
    }
  }

  private static CheckTarget at(String literal) {
    return new CheckTarget(
        new RealServerId("web", "a"),
        InetAddress.ofLiteral(literal),
        0,
        Optional.empty(),
        1,
        Lab.PATIENCE);
  }

  @Test
  void anEchoIsAnswered() {
    assumeTrue(IcmpCheck.rawSockets(), "needs the capability NET_RAW: run as root");
    assertEquals("echo reply", Lab.look("icmp", Map.of(), at("127.0.0.1")).text());
  }

  @Test
  void anEchoIsAnsweredOverIpv6() {
    assumeTrue(IcmpCheck.rawSockets(), "needs the capability NET_RAW: run as root");
    assumeTrue(java.nio.file.Files.exists(java.nio.file.Path.of("/proc/net/if_inet6")), "no IPv6");
    assertTrue(Lab.look("icmp", Map.of(), at("::1")).passed());
  }

  @Test
  void withoutTheCapabilityAnEchoIsNoVerdict() {
    assumeTrue(!IcmpCheck.rawSockets(), "runs with the capability NET_RAW");
    IllegalStateException fault =
        assertThrows(
            IllegalStateException.class, () -> Lab.look("icmp", Map.of(), at("127.0.0.1")));
    assertTrue(fault.getMessage().contains("NET_RAW"), fault.getMessage());
  }
}
