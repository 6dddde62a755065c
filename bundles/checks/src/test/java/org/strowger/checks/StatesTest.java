package org.strowger.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.strowger.api.CheckOutcome;
import org.strowger.api.CheckResult;

/** Each type of check that connects, in each bad state that a real server can be in. */
final class StatesTest {
  private static final Set<CheckOutcome> WRONG =
      Set.of(CheckOutcome.PROTOCOL_ERROR, CheckOutcome.BAD_CONTENT, CheckOutcome.TLS_ERROR);

  /** How long a look takes that nobody answers; shorter than {@link Lab#PATIENCE} by far. */
  private static final Duration SHORT = Duration.ofMillis(700);

  /** Over TCP, and what they need to be told. */
  static Stream<Arguments> overTcp() {
    return Stream.of(
        Arguments.of("tcp", Map.of()),
        Arguments.of("http", Map.of()),
        Arguments.of("https", Map.of("verify", false)),
        Arguments.of("tls", Map.of("verify", false)),
        Arguments.of("smtp", Map.of()),
        Arguments.of("dns", Map.of("name", "example.org", "transport", "tcp")),
        Arguments.of("sendExpect", Map.of("dialogue", List.of("expect +OK"))),
        Arguments.of("agent", Map.of()),
        Arguments.of("sip", Map.of("transport", "tcp")),
        Arguments.of("diameter", Map.of("originHost", "d.example", "originRealm", "example")));
  }

  static Stream<Arguments> overUdp() {
    return Stream.of(
        Arguments.of("dns", Map.of("name", "example.org")),
        Arguments.of("udp", Map.of("payload", "ping", "reply", "pong")),
        Arguments.of("sip", Map.of()));
  }

  private static void failed(CheckResult result, Set<CheckOutcome> outcomes) {
    assertFalse(result.passed(), result.text());
    assertTrue(outcomes.contains(result.outcome()), result.outcome() + ": " + result.text());
  }

  private static boolean onlyConnects(String type) {
    return type.equals("tcp");
  }

  private static int closedPort() throws IOException {
    try (ServerSocket gone = new ServerSocket(0, 1, Lab.HERE)) {
      return gone.getLocalPort();
    }
  }

  @ParameterizedTest
  @MethodSource("overTcp")
  void refused(String type, Map<String, Object> options) throws Exception {
    failed(Lab.look(type, options, closedPort()), Set.of(CheckOutcome.REFUSED));
  }

  @ParameterizedTest
  @MethodSource("overTcp")
  void silentAfterItHasAccepted(String type, Map<String, Object> options) throws Exception {
    try (Server server = Server.silent()) {
      CheckResult result = Lab.shortLook(type, options, server.port());
      if (onlyConnects(type)) {
        assertTrue(result.passed(), result.text());
      } else {
        failed(result, Set.of(CheckOutcome.TIMEOUT));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("overTcp")
  void endingTheConnectionBeforeItHasAnswered(String type, Map<String, Object> options)
      throws Exception {
    try (Server server = Server.with(Socket::close)) {
      CheckResult result = Lab.look(type, options, server.port());
      if (!onlyConnects(type)) {
        failed(
            result,
            Set.of(CheckOutcome.RESET, CheckOutcome.PROTOCOL_ERROR, CheckOutcome.TLS_ERROR));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("overTcp")
  void sayingSomethingElse(String type, Map<String, Object> options) throws Exception {
    try (Server server =
        Server.with(
            client -> {
              client
                  .getOutputStream()
                  .write("come back tomorrow\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
              client.shutdownOutput();
              Server.untilClosed(client);
            })) {
      CheckResult result = Lab.look(type, options, server.port());
      if (!onlyConnects(type)) {
        Set<CheckOutcome> any = new HashSet<>(WRONG);
        any.add(CheckOutcome.RESET); // it ended before it had said enough
        failed(result, any);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("overTcp")
  void drippingBytesForEver(String type, Map<String, Object> options) throws Exception {
    try (Server server =
        Server.with(
            client -> {
              while (!client.isClosed()) {
                client.getOutputStream().write('5');
                Thread.sleep(20);
              }
            })) {
      CheckResult result = Lab.look(type, options, Lab.target(server.port(), SHORT));
      if (!onlyConnects(type)) {
        Set<CheckOutcome> any = new HashSet<>(WRONG);
        any.add(CheckOutcome.TIMEOUT);
        failed(result, any);
      }
    }
  }

  /** Its queue of connections is full: the kernel answers no SYN any more. */
  @ParameterizedTest
  @MethodSource("overTcp")
  void droppingEveryPacket(String type, Map<String, Object> options) throws Exception {
    List<Socket> fill = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, Lab.HERE)) {
      for (int i = 0; i < 8; i++) {
        Socket one = new Socket();
        fill.add(one);
        if (!accepted(one, full.getLocalPort())) {
          break;
        }
      }
      CheckResult result = Lab.look(type, options, Lab.target(full.getLocalPort(), SHORT));
      failed(result, Set.of(CheckOutcome.TIMEOUT));
      assertTrue(result.text().endsWith(" while connecting"), result.text());
    } finally {
      for (Socket one : fill) {
        one.close();
      }
    }
  }

  private static boolean accepted(Socket socket, int port) {
    try {
      socket.connect(new InetSocketAddress(Lab.HERE, port), 300);
      return true;
    } catch (IOException full) { // that is what is wanted
      return false;
    }
  }

  /** Down and up by turns: each look sees what is there when it looks. */
  @ParameterizedTest
  @MethodSource("overTcp")
  void flapping(String type, Map<String, Object> options) throws Exception {
    int port = closedPort();
    for (int turn = 0; turn < 3; turn++) {
      failed(Lab.look(type, options, port), Set.of(CheckOutcome.REFUSED));
      try (ServerSocket up = new ServerSocket()) {
        up.setReuseAddress(true);
        up.bind(new InetSocketAddress(Lab.HERE, port), 16);
        CheckResult seen = Lab.look(type, options, Lab.target(port, Duration.ofMillis(150)));
        assertEquals(
            onlyConnects(type) ? CheckOutcome.OK : CheckOutcome.TIMEOUT,
            seen.outcome(),
            seen.text());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("overUdp")
  void refusedByIcmp(String type, Map<String, Object> options) throws Exception {
    int port;
    try (DatagramSocket gone = new DatagramSocket(0, Lab.HERE)) {
      port = gone.getLocalPort();
    }
    failed(Lab.look(type, options, port), Set.of(CheckOutcome.REFUSED));
  }

  @ParameterizedTest
  @MethodSource("overUdp")
  void silentOverUdp(String type, Map<String, Object> options) throws Exception {
    try (DatagramServer server = DatagramServer.with(seen -> List.of())) {
      failed(Lab.shortLook(type, options, server.port()), Set.of(CheckOutcome.TIMEOUT));
    }
  }

  @ParameterizedTest
  @MethodSource("overUdp")
  void sayingSomethingElseOverUdp(String type, Map<String, Object> options) throws Exception {
    byte[] other = "come back tomorrow".getBytes(StandardCharsets.US_ASCII);
    try (DatagramServer server = DatagramServer.with(seen -> List.of(other))) {
      // What is no answer to the question may be a stranger's: some types wait on for the real one.
      Set<CheckOutcome> any = new HashSet<>(WRONG);
      any.add(CheckOutcome.TIMEOUT);
      failed(Lab.shortLook(type, options, server.port()), any);
    }
  }

  private static final String ANSWERS_OPTIONS =
      """
      <?xml version="1.0" encoding="ISO-8859-1" ?>
      <!DOCTYPE scenario SYSTEM "sipp.dtd">
      <scenario name="answers OPTIONS">
        <recv request="OPTIONS"/>
        <send>
          <![CDATA[

            SIP/2.0 200 OK
            [last_Via:]
            [last_From:]
            [last_To:];tag=[pid]SIPpTag01[call_number]
            [last_Call-ID:]
            [last_CSeq:]
            Contact: <sip:[local_ip]:[local_port];transport=[transport]>
            Content-Length: 0

          ]]>
        </send>
      </scenario>
      """;

  /** sip-tester of Debian, with its own parser of what we send. */
  @Test
  void sippIsAskedAndThenStopped(@TempDir Path folder) throws Exception {
    Path sipp = Path.of("/usr/bin/sipp");
    assumeTrue(Files.isExecutable(sipp), "sipp is not installed (package sip-tester)");
    Path scenario = Files.writeString(folder.resolve("options.xml"), ANSWERS_OPTIONS);
    int port;
    try (DatagramSocket free = new DatagramSocket(0, Lab.HERE)) {
      port = free.getLocalPort();
    }
    Process peer =
        new ProcessBuilder(
                sipp.toString(),
                "-sf",
                scenario.toString(),
                "-i",
                Lab.HERE.getHostAddress(),
                "-p",
                String.valueOf(port),
                "-nostdin")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("sipp.out").toFile())
            .start();
    try {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      CheckResult result = Lab.shortLook("sip", Map.of(), port);
      while (!result.passed()) {
        assertTrue(System.nanoTime() < deadline, result.text());
        assertTrue(peer.isAlive(), () -> "sipp has ended");
        Thread.sleep(50);
        result = Lab.shortLook("sip", Map.of(), port);
      }
      assertEquals("SIP/2.0 200 OK", result.text());
      new ProcessBuilder("kill", "-STOP", String.valueOf(peer.pid())).start().waitFor();
      failed(Lab.shortLook("sip", Map.of(), port), Set.of(CheckOutcome.TIMEOUT));
    } finally {
      peer.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
    }
    failed(Lab.look("sip", Map.of(), port), Set.of(CheckOutcome.REFUSED));
  }
}
