package org.strowger.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.CheckResult;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

/** Against dnsmasq, and against servers that lie. */
final class DnsCheckTest {
  private static final Path DNSMASQ = Path.of("/usr/sbin/dnsmasq");

  @TempDir private static Path folder;
  private static Process dnsmasq;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    for (int attempt = 0; Files.isExecutable(DNSMASQ) && attempt < 5; attempt++) {
      try (ServerSocket free = new ServerSocket(0, 1, Lab.HERE)) {
        port = free.getLocalPort();
      }
      dnsmasq =
          new ProcessBuilder(
                  DNSMASQ.toString(),
                  "--keep-in-foreground",
                  "--conf-file=/dev/null",
                  "--no-hosts",
                  "--no-resolv",
                  "--user=root",
                  "--pid-file=",
                  "--bind-interfaces",
                  "--listen-address=127.0.0.1",
                  "--port=" + port,
                  "--host-record=www.example.net,192.0.2.1,2001:db8::1",
                  "--mx-host=example.net,mail.example.net,10",
                  "--txt-record=example.net,all is well")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("dnsmasq.log").toFile())
              .start();
      if (answers()) {
        return;
      }
      dnsmasq.destroyForcibly().waitFor();
    }
  }

  private static boolean answers() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (dnsmasq.isAlive() && System.nanoTime() - end < 0) {
      if (Lab.look("tcp", Map.of(), port).passed()) {
        return dnsmasq.isAlive();
      }
      Thread.sleep(20);
    }
    return false;
  }

  @AfterAll
  static void stop() throws Exception {
    if (dnsmasq != null) {
      dnsmasq.destroyForcibly().waitFor();
    }
  }

  private static CheckResult ask(Map<String, Object> options) {
    assumeTrue(dnsmasq != null && dnsmasq.isAlive(), "needs dnsmasq: apt-get install dnsmasq-base");
    return Lab.look("dns", options, port);
  }

  @Test
  void recordsAreFoundWhateverTheirType() {
    CheckResult result = ask(Map.of("name", "www.example.net", "expect", "192.0.2.1"));
    assertEquals("www.example.net. NOERROR 192.0.2.1", result.text());
    assertTrue(result.passed());
    assertTrue(
        ask(Map.of("name", "www.example.net", "type", "AAAA", "expect", "2001:db8:0:0:0:0:0:1"))
            .passed());
    assertTrue(
        ask(Map.of("name", "example.net", "type", "MX", "expect", "10 mail.example.net")).passed());
    assertTrue(ask(Map.of("name", "example.net", "type", "TXT", "expect", "all is well")).passed());
    assertTrue(ask(Map.of("name", "www.example.net", "transport", "tcp")).passed());
  }

  @Test
  void otherAnswersFail() {
    CheckResult other =
        ask(Map.of("name", "www.example.net", "expect", List.of("192.0.2.1", "192.0.2.2")));
    assertEquals("www.example.net.: A [192.0.2.1], expected also 192.0.2.2", other.text());
    CheckResult refused = ask(Map.of("name", "elsewhere.example"));
    assertEquals("elsewhere.example.: REFUSED, expected NOERROR", refused.text());
    assertTrue(ask(Map.of("name", "elsewhere.example", "code", "REFUSED")).passed());
    assertFalse(ask(Map.of("name", "www.example.net", "type", "SRV")).passed());
  }

  /** The question turned into an answer. */
  private static Message answer(byte[] question) {
    try {
      Message answer = new Message(question);
      answer.getHeader().setFlag(Flags.QR);
      answer.addRecord(
          org.xbill.DNS.Record.fromString(
              answer.getQuestion().getName(), 1, 1, 60, "192.0.2.9", org.xbill.DNS.Name.root),
          Section.ANSWER);
      return answer;
    } catch (java.io.IOException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static final Map<String, Object> WWW = Map.of("name", "www.example.net");

  @Test
  void answersToOtherQuestionsAreWaitedOut() throws Exception {
    try (DatagramServer liar =
        DatagramServer.with(
            question -> {
              Message forged = answer(question);
              forged.getHeader().setID(forged.getHeader().getID() ^ 1);
              return List.of(forged.toWire(), question, answer(question).toWire());
            })) {
      assertEquals("www.example.net. NOERROR 192.0.2.9", Lab.look("dns", WWW, liar.port()).text());
    }
  }

  @Test
  void aCutAnswerIsAskedForAgainOverTcp() throws Exception {
    for (int attempt = 0; ; attempt++) {
      try (DatagramServer cutting =
              DatagramServer.with(
                  question -> {
                    Message cut = answer(question);
                    cut.getHeader().setFlag(Flags.TC);
                    return List.of(cut.toWire());
                  });
          ServerSocket probe = new ServerSocket(cutting.port(), 5, Lab.HERE)) {
        Thread.ofVirtual().start(() -> answerOne(probe));
        assertEquals(
            "www.example.net. NOERROR 192.0.2.9", Lab.look("dns", WWW, cutting.port()).text());
        return;
      } catch (java.net.BindException taken) { // another's TCP port has the number
        assertTrue(attempt < 20, taken.toString());
      }
    }
  }

  private static void answerOne(ServerSocket listening) {
    try (var client = listening.accept()) {
      byte[] length = client.getInputStream().readNBytes(2);
      byte[] question =
          client.getInputStream().readNBytes(((length[0] & 0xff) << 8) | (length[1] & 0xff));
      byte[] wire = answer(question).toWire();
      client.getOutputStream().write(new byte[] {(byte) (wire.length >> 8), (byte) wire.length});
      client.getOutputStream().write(wire);
      Server.untilClosed(client);
    } catch (java.io.IOException thrown) {
      throw new AssertionError(thrown);
    }
  }

  @Test
  void garbageAndSilenceFail() throws Exception {
    try (DatagramServer garbage = DatagramServer.with(question -> List.of(new byte[] {1, 2, 3}))) {
      CheckResult result = Lab.look("dns", WWW, garbage.port());
      assertTrue(result.text().startsWith("the answer is no DNS message"), result.text());
    }
    try (DatagramSocket silent = new DatagramSocket(0, Lab.HERE)) {
      CheckResult result = Lab.shortLook("dns", WWW, silent.getLocalPort());
      assertTrue(Lab.ranOut(result), result.text());
    }
  }
}
