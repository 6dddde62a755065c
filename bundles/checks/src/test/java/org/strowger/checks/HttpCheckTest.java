package org.strowger.checks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.strowger.api.CheckResult;

/** Against the JDK's HTTP server, and against hostile ones. */
final class HttpCheckTest {
  private static final String PAGE = "<html>all is well</html>";

  private final AtomicReference<String> lastHead = new AtomicReference<>("");
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(Lab.HERE, 0), 0);
    server.createContext(
        "/",
        exchange -> {
          lastHead.set(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Host")
                  + " "
                  + exchange.getRequestHeaders().getFirst("X-Probe"));
          boolean sick = exchange.getRequestURI().getPath().equals("/sick");
          byte[] body = PAGE.getBytes(UTF_8);
          exchange.getResponseHeaders().set("X-State", "ready to serve");
          boolean head = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(sick ? 503 : 200, head ? -1 : body.length);
          if (!head) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private CheckResult look(Map<String, Object> options) {
    return Lab.look("http", options, server.getAddress().getPort());
  }

  @Test
  void aGoodAnswerPasses() {
    CheckResult result = look(Map.of());
    assertEquals("HTTP/1.1 200 OK, 24 bytes", result.text());
    assertTrue(result.passed());
    assertEquals("GET 127.0.0.1:" + server.getAddress().getPort() + " null", head());
  }

  private String head() {
    return lastHead.get();
  }

  @Test
  void theStatusIsWhatItIs() {
    CheckResult result = look(Map.of("path", "/sick"));
    assertFalse(result.passed());
    assertEquals("GET /sick: status 503, expected 200-299", result.text());
    assertTrue(look(Map.of("path", "/sick", "status", List.of(200, "500-503"))).passed());
    assertTrue(look(Map.of("path", "/sick", "status", 503)).passed());
  }

  @Test
  void theBodyIsSearched() {
    assertTrue(look(Map.of("body", "all is w[ae]ll")).passed());
    assertFalse(look(Map.of("body", "never")).passed());
    assertFalse(look(Map.of("notBody", "well")).passed());
    assertTrue(look(Map.of("notBody", "error")).passed());
    CheckResult cut = look(Map.of("body", "well", "maxBody", 8));
    assertEquals("GET /: 'well' is not in the first 8 bytes of the body", cut.text());
  }

  @Test
  void theDigestIsOfTheWholeBody() throws Exception {
    byte[] page = PAGE.getBytes(UTF_8);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(page);
    assertTrue(look(Map.of("sha256", HexFormat.of().formatHex(digest))).passed());
    digest[0]++;
    assertFalse(look(Map.of("sha256", HexFormat.of().formatHex(digest))).passed());
  }

  @Test
  void methodVersionHostAndHeadersAreAsConfigured() {
    Map<String, Object> options =
        Map.of(
            "method", "HEAD",
            "version", "1.0",
            "host", "www.example.net",
            "headers", Map.of("X-Probe", "yes"),
            "expectHeaders", Map.of("x-state", "^ready"));
    assertTrue(look(options).passed());
    assertEquals("HEAD www.example.net yes", head());
    CheckResult result = look(Map.of("expectHeaders", Map.of("X-State", "^never")));
    assertEquals("GET /: no header X-State with '^never'", result.text());
  }

  @Test
  void versionsAreSpokenAsTheyAre() throws Exception {
    for (String version : List.of("1.0", "1.1")) {
      AtomicReference<String> request = new AtomicReference<>("");
      try (Server old =
          Server.with(
              client -> {
                request.set(Server.line(client.getInputStream()));
                client.getOutputStream().write("HTTP/1.0 200 OK\r\n\r\nhi".getBytes(UTF_8));
              })) {
        assertTrue(Lab.look("http", Map.of("version", version), old.port()).passed());
        assertEquals("GET / HTTP/" + version, request.get());
      }
    }
  }

  @Test
  void oneOfSeveralRequestsThatFailsIsEnough() {
    Map<String, Object> requests = new LinkedHashMap<>();
    requests.put("first", Map.of("path", "/a"));
    requests.put("second", Map.of("path", "/sick", "method", "OPTIONS"));
    CheckResult result = look(Map.of("requests", requests));
    assertEquals("OPTIONS /sick: status 503, expected 200-299", result.text());
  }

  private static CheckResult hostile(Server.Manner manner) throws Exception {
    try (Server hostile = Server.with(manner)) {
      return Lab.look("http", Map.of("body", "never"), hostile.port());
    }
  }

  private static CheckResult slow(Server.Manner manner) throws Exception {
    try (Server slow = Server.with(manner)) {
      return Lab.shortLook("http", Map.of(), slow.port());
    }
  }

  private static CheckResult saying(String text) throws Exception {
    return hostile(
        client -> {
          client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
          client.shutdownOutput();
          Server.untilClosed(client);
        });
  }

  @Test
  void silenceIsAFailureThatSaysWhatWasWaitedFor() throws Exception {
    CheckResult result = slow(Server::untilClosed);
    assertTrue(Lab.ranOut(result), result.text());
  }

  @Test
  void slowBytesDoNotLengthenTheLook() throws Exception {
    CheckResult result =
        slow(
            client -> {
              OutputStream out = client.getOutputStream();
              for (byte one : "HTTP/1.1 200 OK\r\nX-Long: ".getBytes(UTF_8)) {
                out.write(one);
              }
              for (int i = 0; i < 2000; i++) {
                out.write('x');
                Thread.sleep(10);
              }
            });
    assertTrue(Lab.ranOut(result), result.text());
  }

  @Test
  void anEndlessBodyIsReadToTheBoundOnly() throws Exception {
    CheckResult result =
        hostile(
            client -> {
              OutputStream out = client.getOutputStream();
              out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(UTF_8));
              byte[] junk = new byte[8192];
              while (true) {
                out.write(junk);
              }
            });
    assertFalse(result.passed());
    assertTrue(
        result.text().contains("first 65536 bytes") || result.text().startsWith("nothing within"),
        result.text());
  }

  @Test
  void aFloodOfHeadersIsRefused() throws Exception {
    CheckResult result = saying("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(1000) + "\r\n");
    assertTrue(result.text().startsWith("Maximum header count exceeded"), result.text());
    CheckResult line = saying("HTTP/1.1 200 OK\r\nA: " + "b".repeat(100_000) + "\r\n\r\n");
    assertTrue(line.text().contains("Maximum line length limit exceeded"), line.text());
    CheckResult interim = saying("HTTP/1.1 100 Continue\r\n\r\n".repeat(100));
    assertEquals("it sent more than 8 interim answers", interim.text());
  }

  @Test
  void whatIsNoHttpIsSaidToBeNone() throws Exception {
    assertFalse(saying("SSH-2.0-OpenSSH_9.2\r\n").passed());
    assertFalse(saying("\0\1\2\377\n\n\n\n\n\n\n").passed());
    CheckResult cut = saying("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
    assertTrue(cut.text().contains("Premature end"), cut.text());
    assertFalse(saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").passed());
    assertFalse(saying("").passed());
  }

  @Test
  void impossibleVersionsAndCodesAreTheRealServersFault() throws Exception {
    for (String line : List.of("HTTP/-1.1 200 OK", "HTTP/1.1 000 OK", "HTTP/1.1 -20 OK")) {
      CheckResult result = saying(line + "\r\n\r\n");
      assertFalse(result.passed(), line);
      assertTrue(result.text().contains("no valid HTTP"), result.text());
    }
  }

  @Test
  void aResetIsCalledOne() throws Exception {
    CheckResult result =
        hostile(
            client -> {
              Server.line(client.getInputStream());
              client.setSoLinger(true, 0);
            });
    assertTrue(result.text().startsWith("it reset the connection"), result.text());
  }
}
