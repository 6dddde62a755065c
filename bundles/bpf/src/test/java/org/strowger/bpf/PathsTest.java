package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.strowger.api.Verdict.ACCEPTED;
import static org.strowger.api.Verdict.FORWARDED;
import static org.strowger.api.Verdict.HOP_LIMIT;
import static org.strowger.api.Verdict.TOO_BIG;
import static org.strowger.api.Verdict.UNKNOWN_FRAGMENT;
import static org.strowger.bpf.Kernel.DIRECT;
import static org.strowger.bpf.Kernel.DROP;
import static org.strowger.bpf.Kernel.FULLNAT;
import static org.strowger.bpf.Kernel.IPIP;
import static org.strowger.bpf.Kernel.MASQUERADING;
import static org.strowger.bpf.Kernel.PASS;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.api.KernelException;

/** What is too large, too old or in pieces. */
@ExtendWith(LoadedKernel.class)
class PathsTest {
  private final Kernel kernel;

  PathsTest(Kernel kernel) {
    this.kernel = kernel;
  }

  private void mtu(int method, int mtu) throws KernelException {
    kernel.serve(method, 0);
    kernel.put("reals", 1, kernel.real(1, method, "10.0.1.1", 0).putInt(60, mtu));
    kernel.put("reals", 2, kernel.real(2, method, "2001:db8:1::1", 0).putInt(60, mtu));
  }

  @Test
  void theSenderOfATooLargePacketIsToldWhatFits() throws Exception {
    mtu(DIRECT, 1400);
    kernel
        .run("udp 10.1.0.5:4 > 10.0.0.1:80 data 1400 df")
        .goes(
            "icmp 10.0.0.1 > 10.1.0.5 3/4 mtu 1400 |"
                + " udp 10.1.0.5:4 > 10.0.0.1:80 ttl 64 df | outer ttl 64",
            TOO_BIG);
    kernel
        .run("tcp [2001:db8::5]:4 > [2001:db8::1]:80 S data 1400")
        .goes(
            "icmp 2001:db8::1 > 2001:db8::5 2/0 mtu 1400 |"
                + " tcp [2001:db8::5]:4 > [2001:db8::1]:80 S ttl 64 | outer ttl 64",
            TOO_BIG);
  }

  @Test
  void whatATunnelAddsIsTakenOff() throws Exception {
    mtu(IPIP, 1500);
    kernel
        .run("udp 10.1.0.5:4 > 10.0.0.1:80 data 1453 df")
        .goes(
            "icmp 10.0.0.1 > 10.1.0.5 3/4 mtu 1480 |"
                + " udp 10.1.0.5:4 > 10.0.0.1:80 ttl 64 df | outer ttl 64",
            TOO_BIG);
    kernel
        .run("udp 10.1.0.5:4 > 10.0.0.1:80 data 1452 df")
        .goes(
            "ipip 10.0.1.100 > 10.0.1.1 |"
                + " udp 10.1.0.5:4 > 10.0.0.1:80 ttl 63 df | outer ttl 64 df",
            FORWARDED);
  }

  /** GSO_BY_FRAGS: each segment is as large as its sender has found right. */
  @Test
  void aListOfSctpSegmentsIsNotTooBig() throws Exception {
    mtu(DIRECT, 1400);
    String list = "sctp 10.1.0.5:4 > 10.0.0.1:80 chunk 1 data 3000 df";
    assertEquals(Set.of(TOO_BIG), kernel.run(list).verdicts());
    kernel.runWhole(list, 0xffff).goes("sctp 10.1.0.5:4 > 10.0.0.1:80 ttl 63 df", FORWARDED);
  }

  @Test
  void whatMayBeCutButCannotHereIsDropped() throws Exception {
    mtu(DIRECT, 1400);
    kernel.run("udp 10.1.0.5:4 > 10.0.0.1:80 data 1400").ends(DROP, TOO_BIG);
  }

  @Test
  void thereIsNoErrorAboutAnError() throws Exception {
    mtu(DIRECT, 0);
    kernel.run("tcp 10.1.0.5:4 > 10.0.0.1:80 S");
    var error = Frame.error("10.9.9.9 > 10.0.0.1", 3, 4, 9, "tcp 10.0.0.1:80 > 10.1.0.5:4 A");
    error.put(22, (byte) 1);
    kernel.run(error).ends(DROP, HOP_LIMIT);
  }

  @Test
  void theSenderOfAPacketThatIsTooOldIsTold() throws Exception {
    kernel.serve(MASQUERADING, 8080);
    kernel
        .run("udp 10.1.0.5:4 > 10.0.0.1:80 data 5 ttl 1")
        .goes(
            "icmp 10.0.0.1 > 10.1.0.5 11/0 mtu 0 |"
                + " udp 10.1.0.5:4 > 10.0.0.1:80 ttl 1 | outer ttl 64",
            HOP_LIMIT);
    kernel
        .run("tcp [2001:db8::5]:4 > [2001:db8::1]:80 S ttl 1")
        .goes(
            "icmp 2001:db8::1 > 2001:db8::5 3/0 mtu 0 |"
                + " tcp [2001:db8::5]:4 > [2001:db8::1]:80 S ttl 1 | outer ttl 64",
            HOP_LIMIT);
    kernel.settings(4);
    kernel
        .run("udp 10.1.0.5:4 > 10.0.0.1:80 data 5 ttl 1")
        .goes("udp 10.1.0.5:4 > 10.0.1.1:8080 ttl 1", FORWARDED);
  }

  @ParameterizedTest
  @CsvSource({
    "1460, 1500, 1460",
    "1460, 1400, 1360",
    "1460, 1401, 1361",
    "536, 1400, 536",
    "1460, 0, 1460"
  })
  void bothEndsHearWhatThePathTakes(int mss, int mtu, int heard) throws Exception {
    mtu(MASQUERADING, mtu);
    kernel
        .run("tcp 10.1.0.5:4 > 10.0.0.1:80 S mss " + mss)
        .goes("tcp 10.1.0.5:4 > 10.0.1.1:80 S mss " + heard + " ttl 63", ACCEPTED);
    kernel
        .run("tcp 10.0.1.1:80 > 10.1.0.5:4 SA mss " + mss)
        .goes("tcp 10.0.0.1:80 > 10.1.0.5:4 SA mss " + heard + " ttl 63", FORWARDED);
    int ofIpv6 = mtu == 0 ? mss : Math.min(mss, mtu - 60);
    kernel
        .run("tcp [2001:db8::5]:4 > [2001:db8::1]:80 S mss " + mss)
        .goes("tcp [2001:db8::5]:4 > [2001:db8:1::1]:80 S mss " + ofIpv6 + " ttl 63", ACCEPTED);
  }

  @ParameterizedTest
  @CsvSource({"10.1.0.5, 10.0.0.1, 10.0.1.1", "[2001:db8::5], [2001:db8::1], [2001:db8:1::1]"})
  void piecesFollowTheirFirst(String client, String service, String real) throws Exception {
    kernel.serve(MASQUERADING, 8080);
    String places = "udp " + client + ":4 > " + service + ":80 ";
    kernel.run(places + "id 9 at 1472 data 100").ends(PASS, UNKNOWN_FRAGMENT);
    kernel
        .run(places + "id 9 more data 1464")
        .goes("udp " + client + ":4 > " + real + ":8080 more ttl 63", ACCEPTED);
    String piece = "fragment " + client + " > " + real + " at 1472 ttl 63";
    kernel.run(places + "id 9 at 1472 data 100").goes(piece.replaceAll("[\\[\\]]", ""), FORWARDED);
    kernel.run(places + "id 10 at 1472 data 100").ends(PASS, UNKNOWN_FRAGMENT);
  }

  @Test
  void piecesOfAnAnswerFollowToo() throws Exception {
    kernel.serve(FULLNAT, 8080);
    long before = kernel.counter("plane_counters", 0, 56);
    String out = kernel.run("udp 10.1.0.5:4 > 10.0.0.1:80 data 5").frame();
    String source = out.split(" ")[1];
    String answer = "udp 10.0.1.1:8080 > " + source + " id 77 ";
    kernel
        .run(answer + "more data 800")
        .goes("udp 10.0.0.1:80 > 10.1.0.5:4 more ttl 63", FORWARDED);
    kernel
        .run(answer + "at 808 data 64")
        .goes("fragment 10.0.0.1 > 10.1.0.5 at 808 ttl 63", FORWARDED);
    assertEquals(
        before + 1, kernel.counter("plane_counters", 0, 56), "fragments that found their flow");
  }
}
