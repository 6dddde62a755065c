package org.strowger.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.strowger.api.CheckResult;

/** SIP and Diameter against peers that know just enough of the protocol. */
final class TelecomChecksTest {
  private static String sip(String status, String request) {
    StringBuilder answer = new StringBuilder("SIP/2.0 " + status + "\r\n");
    request
        .lines()
        .filter(line -> line.matches("(Via|From|To|Call-ID|CSeq):.*"))
        .forEach(line -> answer.append(line).append("\r\n"));
    return answer + "Content-Length: 4\r\n\r\nbody";
  }

  private static List<byte[]> bytes(String... messages) {
    return List.of(messages).stream().map(m -> m.getBytes(StandardCharsets.UTF_8)).toList();
  }

  private static CheckResult overUdp(Map<String, Object> options, String... statuses)
      throws Exception {
    try (DatagramServer peer =
        DatagramServer.with(
            seen -> {
              String request = new String(seen, StandardCharsets.UTF_8);
              List<String> answers = new ArrayList<>();
              for (String status : statuses) {
                answers.add(sip(status, request));
              }
              return bytes(answers.toArray(String[]::new));
            })) {
      return statuses.length == 0
          ? Lab.shortLook("sip", options, peer.port())
          : Lab.look("sip", options, peer.port());
    }
  }

  @Test
  void optionsIsAnsweredOverUdp() throws Exception {
    assertEquals("SIP/2.0 200 OK", overUdp(Map.of(), "100 Trying", "200 OK").text());
    CheckResult busy = overUdp(Map.of(), "503 Service Unavailable");
    assertEquals("'SIP/2.0 503 Service Unavailable', expected status 200-299", busy.text());
    Map<String, Object> any = Map.of("status", List.of("200-299", 405, 481));
    assertTrue(overUdp(any, "405 Method Not Allowed").passed());
    assertFalse(overUdp(Map.of()).passed());
  }

  @Test
  void oneLostDatagramIsNoVerdict() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (DatagramServer peer =
        DatagramServer.with(
            seen ->
                asked.incrementAndGet() == 1
                    ? List.of()
                    : bytes(sip("200 OK", new String(seen, StandardCharsets.UTF_8))))) {
      assertTrue(Lab.look("sip", Map.of(), peer.port()).passed());
      assertTrue(asked.get() >= 2);
    }
  }

  @Test
  void answersToOthersAreNotForUs() throws Exception {
    try (DatagramServer peer =
        DatagramServer.with(
            seen -> {
              String request = new String(seen, StandardCharsets.UTF_8);
              return bytes(
                  sip("503 Not Yours", request.replaceAll("Call-ID: .*", "Call-ID: x")),
                  "OPTIONS sip:you SIP/2.0\r\n\r\n",
                  sip("200 OK", request));
            })) {
      assertEquals("SIP/2.0 200 OK", Lab.look("sip", Map.of(), peer.port()).text());
    }
  }

  @Test
  void optionsIsAnsweredOverTcp() throws Exception {
    try (Server peer =
            Server.with(
                client -> {
                  StringBuilder request = new StringBuilder();
                  String line = Server.line(client.getInputStream());
                  for (; !line.isEmpty(); line = Server.line(client.getInputStream())) {
                    request.append(line).append("\r\n");
                  }
                  String answers =
                      sip("180 Ringing", request.toString()) + sip("200 OK", request.toString());
                  client.getOutputStream().write(answers.getBytes(StandardCharsets.UTF_8));
                  Server.untilClosed(client);
                });
        Server stranger = Server.saying("HTTP/1.1 400 Bad Request\r\n\r\n")) {
      Map<String, Object> tcp = Map.of("transport", "tcp", "uri", "sip:ping@example.net");
      assertEquals("SIP/2.0 200 OK", Lab.look("sip", tcp, peer.port()).text());
      assertEquals(
          "no valid SIP: 'HTTP/1.1 400 Bad Request'", Lab.look("sip", tcp, stranger.port()).text());
    }
  }

  private static final Map<String, Object> DIAMETER =
      Map.of("originHost", "director.example.net", "originRealm", "example.net");

  /** Answers with these Result-Codes, one after the other. */
  private static Server.Manner peer(List<String> seen, long... codes) {
    return client -> {
      DataInputStream in = new DataInputStream(client.getInputStream());
      for (int i = 0; ; i++) {
        byte[] request = message(in);
        DiameterMessage read = DiameterMessage.read(request);
        synchronized (seen) {
          seen.add(
              read.command()
                  + " "
                  + new String(
                      read.avps().get(DiameterMessage.ORIGIN_HOST), StandardCharsets.UTF_8));
        }
        if (i == 1) { // its own watchdog first: not the answer to ours
          client
              .getOutputStream()
              .write(DiameterMessage.request(DiameterMessage.DEVICE_WATCHDOG, 7, new byte[0]));
        }
        if (i < codes.length) {
          client.getOutputStream().write(answer(client, read, codes[i]));
        }
      }
    };
  }

  private static byte[] message(DataInputStream in) throws IOException {
    int start = in.readInt();
    byte[] rest = new byte[(start & 0xffffff) - 4];
    in.readFully(rest);
    return ByteBuffer.allocate(rest.length + 4).putInt(start).put(rest).array();
  }

  private static byte[] answer(Socket client, DiameterMessage request, long code) {
    byte[] avps =
        new DiameterMessage.Avps()
            .number(DiameterMessage.RESULT_CODE, code)
            .text(DiameterMessage.ORIGIN_HOST, "hss1")
            .address(DiameterMessage.HOST_IP_ADDRESS, client.getLocalAddress())
            .bytes();
    byte[] answer = DiameterMessage.request(request.command(), (int) request.hopByHop(), avps);
    answer[4] = 0; // an answer
    return answer;
  }

  @Test
  void aDiameterPeerIsAskedForItsCapabilitiesAndItsWatchdog() throws Exception {
    List<String> seen = new ArrayList<>();
    try (Server peer = Server.with(peer(seen, 2001, 2001))) {
      CheckResult result = Lab.look("diameter", DIAMETER, peer.port());
      assertEquals("Result-Code 2001, then 2001", result.text());
      long end = System.nanoTime() + Lab.PATIENCE.toNanos();
      List<String> all =
          List.of(
              "257 director.example.net", "280 director.example.net", "282 director.example.net");
      while (true) {
        synchronized (seen) {
          if (seen.equals(all)) {
            return;
          }
          assertTrue(System.nanoTime() - end < 0, seen.toString());
        }
        Thread.sleep(10);
      }
    }
  }

  @Test
  void aPeerThatDoesNotKnowUsOrIsBusyFails() throws Exception {
    try (Server stranger = Server.with(peer(new ArrayList<>(), 3010));
        Server busy = Server.with(peer(new ArrayList<>(), 2001, 3004));
        Server mute = Server.with(peer(new ArrayList<>(), 2001))) {
      assertEquals(
          "Capabilities-Exchange-Answer with Result-Code 3010, expected 2001",
          Lab.look("diameter", DIAMETER, stranger.port()).text());
      assertEquals(
          "Device-Watchdog-Answer with Result-Code 3004, expected 2001",
          Lab.look("diameter", DIAMETER, busy.port()).text());
      CheckResult silent = Lab.shortLook("diameter", DIAMETER, mute.port());
      assertTrue(Lab.ranOut(silent), silent.text());
    }
  }

  @Test
  void lengthsThatLieAreRefused() throws Exception {
    for (String hex : List.of("01ffffff", "00000014", "01000013", "01000015")) {
      try (Server liar = Server.saying(java.util.HexFormat.of().parseHex(hex))) {
        CheckResult result = Lab.look("diameter", DIAMETER, liar.port());
        assertTrue(result.text().startsWith("no valid Diameter: version"), result.text());
      }
    }
  }
}
