package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.strowger.api.Verdict.ACCEPTED;
import static org.strowger.api.Verdict.FORWARDED;
import static org.strowger.api.Verdict.MALFORMED;
import static org.strowger.api.Verdict.NOT_OURS;
import static org.strowger.api.Verdict.RELATED;
import static org.strowger.api.Verdict.UNKNOWN_CONNECTION;
import static org.strowger.bpf.Kernel.DIRECT;
import static org.strowger.bpf.Kernel.DROP;
import static org.strowger.bpf.Kernel.FULLNAT;
import static org.strowger.bpf.Kernel.GUE;
import static org.strowger.bpf.Kernel.IPIP;
import static org.strowger.bpf.Kernel.LOCAL;
import static org.strowger.bpf.Kernel.MASQUERADING;
import static org.strowger.bpf.Kernel.PASS;
import static org.strowger.bpf.Kernel.REDIRECT;

import java.nio.ByteBuffer;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.bpf.Kernel.Outcome;

/** What comes out for what goes in, packet by packet, in the kernel itself. */
@ExtendWith(LoadedKernel.class)
class PacketsTest {
  private final Kernel kernel;

  PacketsTest(Kernel kernel) {
    this.kernel = kernel;
  }

  // ---- One row a method, family and protocol: first packet in, packet out -----------------------

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          3 | tcp 10.1.0.5:40000 > 10.0.0.1:80 S | tcp 10.1.0.5:40000 > 10.0.0.1:80 S ttl 63
          3 | udp 10.1.0.5:40000 > 10.0.0.1:80 data 9 | udp 10.1.0.5:40000 > 10.0.0.1:80 ttl 63
          3 | sctp 10.1.0.5:40000 > 10.0.0.1:80 chunk 1 data 16 | sctp 10.1.0.5:40000 > 10.0.0.1:80 ttl 63
          3 | tcp [2001:db8::5]:4 > [2001:db8::1]:80 S | tcp [2001:db8::5]:4 > [2001:db8::1]:80 S ttl 63
          2 | tcp 10.1.0.5:40000 > 10.0.0.1:80 S | tcp 10.1.0.5:40000 > 10.0.1.1:8080 S ttl 63
          2 | tcp 10.1.0.5:40000 > 10.0.0.1:80 S options df | tcp 10.1.0.5:40000 > 10.0.1.1:8080 S ttl 63 df
          2 | udp 10.1.0.5:40000 > 10.0.0.1:80 data 9 | udp 10.1.0.5:40000 > 10.0.1.1:8080 ttl 63
          2 | udp 10.1.0.5:40000 > 10.0.0.1:80 data 8 nosum | udp 10.1.0.5:40000 > 10.0.1.1:8080 ttl 63
          2 | sctp 10.1.0.5:40000 > 10.0.0.1:80 chunk 1 data 16 | sctp 10.1.0.5:40000 > 10.0.1.1:8080 ttl 63
          2 | sctp 10.1.0.5:40000 > 10.0.0.1:80 chunk 1 data 16 nosum | sctp 10.1.0.5:40000 > 10.0.1.1:8080 ttl 63
          2 | tcp [2001:db8::5]:4 > [2001:db8::1]:80 S | tcp [2001:db8::5]:4 > [2001:db8:1::1]:8080 S ttl 63
          2 | udp [2001:db8::5]:4 > [2001:db8::1]:80 data 5 options | udp [2001:db8::5]:4 > [2001:db8:1::1]:8080 ttl 63
          7 | tcp 10.1.0.5:40000 > 10.0.0.1:80 S | ""
          """)
  void aFirstPacketGoesItsWay(int method, String in, String out) throws Exception {
    kernel.serve(method, method == MASQUERADING ? 8080 : 0);
    Outcome first = kernel.run(in);
    assertEquals(Set.of(ACCEPTED), first.verdicts());
    assertEquals(out, first.frame(), () -> Frame.hex(first.octets()));
    assertEquals(method == LOCAL ? PASS : REDIRECT, first.code());
    Outcome again = kernel.run(in);
    assertEquals(Set.of(FORWARDED), again.verdicts());
    assertEquals(out, again.frame());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      textBlock =
          """
          4 ~ tcp 10.1.0.5:40000 > 10.0.0.1:80 S ~ ipip 10.0.1.100 > 10.0.1.1 | tcp 10.1.0.5:40000 > 10.0.0.1:80 S ttl 63 | outer ttl 64
          5 ~ udp 10.1.0.5:40000 > 10.0.0.1:80 data 9 df ~ gue 10.0.1.100 > 10.0.1.1 4 | udp 10.1.0.5:40000 > 10.0.0.1:80 ttl 63 df | outer ttl 64 df
          4 ~ tcp [2001:db8::5]:4 > [2001:db8::1]:80 S ~ ipip 2001:db8:1::100 > 2001:db8:1::1 | tcp [2001:db8::5]:4 > [2001:db8::1]:80 S ttl 63 | outer ttl 64
          5 ~ sctp [2001:db8::5]:4 > [2001:db8::1]:80 chunk 1 ~ gue 2001:db8:1::100 > 2001:db8:1::1 6 | sctp [2001:db8::5]:4 > [2001:db8::1]:80 ttl 63 | outer ttl 64
          """)
  void aPacketGoesThroughATunnel(int method, String in, String out) throws Exception {
    kernel.serve(method, 0);
    kernel.run(in).goes(out, ACCEPTED);
  }

  @Test
  void aTunnelsFamilyIsItsRealServers() throws Exception {
    kernel.serve(IPIP, 0);
    kernel.put("reals", 1, kernel.real(1, IPIP, "2001:db8:1::1", 0));
    kernel
        .run("tcp 10.1.0.5:4 > 10.0.0.1:80 S")
        .goes(
            "ipip 2001:db8:1::100 > 2001:db8:1::1 |"
                + " tcp 10.1.0.5:4 > 10.0.0.1:80 S ttl 63 | outer ttl 64",
            ACCEPTED);
    kernel.put("reals", 2, kernel.real(2, GUE, "10.0.1.1", 0));
    kernel
        .run("tcp [2001:db8::5]:4 > [2001:db8::1]:80 S")
        .goes(
            "gue 10.0.1.100 > 10.0.1.1 6 |"
                + " tcp [2001:db8::5]:4 > [2001:db8::1]:80 S ttl 63 | outer ttl 64 df",
            ACCEPTED);
  }

  // ---- Answers ---------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          tcp 10.1.0.5:4 > 10.0.0.1:80 S | tcp 10.0.1.1:8080 > 10.1.0.5:4 SA | tcp 10.0.0.1:80 > 10.1.0.5:4 SA ttl 63
          udp 10.1.0.5:4 > 10.0.0.1:80 data 1 | udp 10.0.1.1:8080 > 10.1.0.5:4 data 70 | udp 10.0.0.1:80 > 10.1.0.5:4 ttl 63
          sctp 10.1.0.5:4 > 10.0.0.1:80 chunk 1 | sctp 10.0.1.1:8080 > 10.1.0.5:4 chunk 2 data 32 | sctp 10.0.0.1:80 > 10.1.0.5:4 ttl 63
          tcp [2001:db8::5]:4 > [2001:db8::1]:80 S | tcp [2001:db8:1::1]:8080 > [2001:db8::5]:4 SA | tcp [2001:db8::1]:80 > [2001:db8::5]:4 SA ttl 63
          """)
  void anAnswerComesFromTheService(String first, String answer, String out) throws Exception {
    kernel.serve(MASQUERADING, 8080);
    kernel.run(first);
    kernel.run(answer).goes(out, FORWARDED);
  }

  @ParameterizedTest
  @CsvSource({
    "tcp, 10.1.0.5, 10.0.0.1, 10.0.1.200, 10.0.1.1, S, SA",
    "udp, 10.1.0.5, 10.0.0.1, 10.0.1.200, 10.0.1.1, data 3, data 4",
    "tcp, [2001:db8::5], [2001:db8::1], [2001:db8:1::200], [2001:db8:1::1], S, SA"
  })
  void fullNatTakesASourceOfItsOwn(
      String protocol,
      String client,
      String service,
      String source,
      String real,
      String first,
      String answer)
      throws Exception {
    kernel.serve(FULLNAT, 8080);
    Outcome out = kernel.run(protocol + " " + client + ":4 > " + service + ":80 " + first);
    assertEquals(Set.of(ACCEPTED), out.verdicts());
    String[] words = out.frame().split(" ");
    assertEquals(source, words[1].substring(0, words[1].lastIndexOf(':')));
    assertEquals(real + ":8080", words[3]);
    int port = Frame.Place.read(words[1]).port();
    assertTrue(port >= 20_000 && port < 60_000, words[1]);
    Outcome back = kernel.run(protocol + " " + words[3] + " > " + words[1] + " " + answer);
    String flags = protocol.equals("tcp") ? " SA" : "";
    back.goes(protocol + " " + service + ":80 > " + client + ":4" + flags + " ttl 63", FORWARDED);
  }

  @Test
  void anAnswerOfNobodyIsTheHosts() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    kernel.run("tcp 10.0.1.1:8080 > 10.1.0.5:4 SA").ends(PASS, NOT_OURS);
  }

  @Test
  void twoServicesOverOneRealServerDoNotMixUpTheirAnswers() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    kernel.service(3, "tcp", "10.0.0.2:80").reals(3).write();
    kernel.put("reals", 3, kernel.real(3, MASQUERADING, "10.0.1.1", 8080));
    kernel
        .run("tcp 10.1.0.5:4 > 10.0.0.1:80 S")
        .goes("tcp 10.1.0.5:4 > 10.0.1.1:8080 S ttl 63", ACCEPTED);
    Outcome second = kernel.run("tcp 10.1.0.5:4 > 10.0.0.2:80 S");
    assertEquals(Set.of(ACCEPTED), second.verdicts());
    String[] words = second.frame().split(" ");
    int port = Frame.Place.read(words[1]).port();
    assertTrue(port != 4, "the source port is another one: " + second.frame());
    kernel
        .run("tcp 10.0.1.1:8080 > 10.1.0.5:" + port + " SA")
        .goes("tcp 10.0.0.2:80 > 10.1.0.5:4 SA ttl 63", FORWARDED);
    kernel
        .run("tcp 10.0.1.1:8080 > 10.1.0.5:4 SA")
        .goes("tcp 10.0.0.1:80 > 10.1.0.5:4 SA ttl 63", FORWARDED);
  }

  // ---- ICMP errors -----------------------------------------------------------------------------

  @Test
  void anErrorFromTheClientsSideReachesTheRealServerAsAboutItself() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    kernel.run("tcp 10.1.0.5:4 > 10.0.0.1:80 S");
    ByteBuffer error =
        Frame.error("10.9.9.9 > 10.0.0.1", 3, 4, 1400, "tcp 10.0.0.1:80 > 10.1.0.5:4 A data 90 df");
    kernel
        .run(error)
        .goes(
            "icmp 10.9.9.9 > 10.0.1.1 3/4 mtu 1400 |"
                + " tcp 10.0.1.1:8080 > 10.1.0.5:4 A ttl 64 df | outer ttl 63",
            RELATED);
  }

  @Test
  void anErrorFromTheRealServersSideReachesTheClientAsFromTheService() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    kernel.run("udp 10.1.0.5:4 > 10.0.0.1:80 data 4");
    ByteBuffer error =
        Frame.error("10.0.1.1 > 10.1.0.5", 3, 3, 0, "udp 10.1.0.5:4 > 10.0.1.1:8080 data 4");
    kernel
        .run(error)
        .goes(
            "icmp 10.0.0.1 > 10.1.0.5 3/3 mtu 0 |"
                + " udp 10.1.0.5:4 > 10.0.0.1:80 ttl 64 | outer ttl 63",
            RELATED);
  }

  @Test
  void anErrorOfIpv6IsRewrittenWithItsChecksum() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    kernel.run("tcp [2001:db8::5]:4 > [2001:db8::1]:80 S");
    kernel
        .run(
            Frame.error(
                "2001:db8:9::9 > 2001:db8::1",
                2,
                0,
                1300,
                "tcp [2001:db8::1]:80 > [2001:db8::5]:4 A"))
        .goes(
            "icmp 2001:db8:9::9 > 2001:db8:1::1 2/0 mtu 1300 |"
                + " tcp [2001:db8:1::1]:8080 > [2001:db8::5]:4 A ttl 64 | outer ttl 63",
            RELATED);
    kernel
        .run(
            Frame.error(
                "2001:db8:1::1 > 2001:db8::5",
                1,
                4,
                0,
                "tcp [2001:db8::5]:4 > [2001:db8:1::1]:8080 S"))
        .goes(
            "icmp 2001:db8::1 > 2001:db8::5 1/4 mtu 0 |"
                + " tcp [2001:db8::5]:4 > [2001:db8::1]:80 S ttl 64 | outer ttl 63",
            RELATED);
  }

  @Test
  void anErrorAboutADirectConnectionGoesWhereTheConnectionGoes() throws Exception {
    kernel.serve(DIRECT, 0);
    kernel.run("tcp 10.1.0.5:4 > 10.0.0.1:80 S");
    ByteBuffer error =
        Frame.error("10.9.9.9 > 10.0.0.1", 3, 4, 1400, "tcp 10.0.0.1:80 > 10.1.0.5:4 A");
    kernel
        .run(error)
        .goes(
            "icmp 10.9.9.9 > 10.0.0.1 3/4 mtu 1400 |"
                + " tcp 10.0.0.1:80 > 10.1.0.5:4 A ttl 64 | outer ttl 63",
            RELATED);
  }

  @Test
  void anErrorAboutNobodyIsTheHosts() throws Exception {
    kernel.serve(DIRECT, 0);
    ByteBuffer error =
        Frame.error("10.9.9.9 > 10.0.0.1", 3, 4, 1400, "tcp 10.0.0.1:80 > 10.1.0.5:4 A");
    kernel.run(error).ends(PASS, NOT_OURS);
  }

  // ---- Middle of nothing, and headers that lie
  // ----------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "tcp 10.1.0.5:4 > 10.0.0.1:80 A",
    "tcp 10.1.0.5:4 > 10.0.0.1:80 FA",
    "tcp 10.1.0.5:4 > 10.0.0.1:80 R",
    "tcp 10.1.0.5:4 > 10.0.0.1:80 SA",
    "sctp 10.1.0.5:4 > 10.0.0.1:80 chunk 0 data 9"
  })
  void aPacketMidStreamOfNobodyIsDropped(String line) throws Exception {
    kernel.serve(DIRECT, 0);
    kernel.run(line).ends(DROP, UNKNOWN_CONNECTION);
    kernel.settings(1);
    kernel.run(line).ends(PASS, UNKNOWN_CONNECTION);
  }

  @Test
  void whatIsForNoServiceIsTheHosts() throws Exception {
    kernel.serve(DIRECT, 0);
    kernel.run("tcp 10.1.0.5:4 > 10.0.0.1:81 S").ends(PASS, NOT_OURS);
    kernel.run("tcp 10.1.0.5:4 > 10.0.0.9:80 S").ends(PASS, NOT_OURS);
    ByteBuffer forOther = Frame.of("tcp 10.1.0.5:4 > 10.0.0.1:80 S").put(0, (byte) 6);
    kernel.run(forOther).ends(PASS, NOT_OURS);
    ByteBuffer arp = ByteBuffer.allocate(60).put(12, (byte) 8).put(13, (byte) 6);
    kernel.run(arp).ends(PASS, NOT_OURS);
  }

  @ParameterizedTest
  @CsvSource({
    "14, 0x44", // a header of 16 octets
    "14, 0x55", // version 5
    "16, 0xff", // longer than the frame
    "46, 0x40", // TCP header of 16 octets
    "46, 0xf0" // TCP header behind the end
  })
  void aHeaderThatLiesIsMalformed(int at, String octet) throws Exception {
    kernel.serve(DIRECT, 0);
    ByteBuffer frame = Frame.of("tcp 10.1.0.5:4 > 10.0.0.1:80 S");
    frame.put(at, (byte) (int) Integer.decode(octet));
    kernel.run(frame).ends(DROP, MALFORMED);
  }

  @ParameterizedTest
  @CsvSource({"tcp, S, 20", "udp, data 30, 8", "sctp, chunk 1, 16"})
  void aPacketCutOffAnywhereDoesNotGetThrough(String protocol, String rest, int header)
      throws Exception {
    kernel.serve(MASQUERADING, 8080);
    for (String places :
        new String[] {"10.1.0.5:4 > 10.0.0.1:80", "[2001:db8::5]:4 > [2001:db8::1]:80"}) {
      byte[] whole = Frame.of(protocol + " " + places + " " + rest).array();
      int ip = 14 + (places.startsWith("[") ? 40 : 20);
      for (int length = ip; length < whole.length; length++) {
        int cut = length;
        Outcome liar = kernel.run(ByteBuffer.wrap(whole.clone(), 0, length).slice());
        assertEquals(Set.of(MALFORMED), liar.verdicts(), () -> protocol + " cut to " + cut);
        if (length < ip + header) {
          Outcome honest = kernel.run(shortened(whole, length));
          assertEquals(Set.of(MALFORMED), honest.verdicts(), () -> protocol + " ends at " + cut);
        }
      }
    }
  }

  /** The packet ends there, and its IP header says so. */
  private static ByteBuffer shortened(byte[] whole, int length) {
    ByteBuffer frame = ByteBuffer.wrap(java.util.Arrays.copyOf(whole, length));
    if (frame.get(14) == 0x45) {
      frame.putShort(16, (short) (length - 14)).putShort(24, (short) 0);
      frame.putShort(24, (short) ~Sums.of(frame.array(), 14, 20));
    } else {
      frame.putShort(18, (short) (length - 54));
    }
    return frame;
  }
}
