package org.strowger.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The demo's real server as a process, met by the JDK's HTTP client and by bare sockets. */
final class DemoRealServerTest {
  private static int port;
  private static DemoProcess server;

  @BeforeAll
  static void start() throws Exception {
    port = freePort();
    server = DemoProcess.start("alma", Integer.toString(port));
    server.awaitListening();
  }

  @AfterAll
  static void end() {
    server.close();
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), BodyHandlers.ofByteArray());
    }
  }

  private static HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  /** What comes back until the server closes. */
  private static String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void answersWithItsNameAndAsManyBytesAsAsked() throws Exception {
    assertEquals("alma\n", new String(send(to("/")).body(), StandardCharsets.UTF_8));
    assertEquals(100_000, send(to("/bytes/100000")).body().length);
    assertEquals(0, send(to("/bytes/0")).body().length);
  }

  @Test
  void bodyOfAPostIsReadBeforeTheNextRequest() throws IOException {
    String answer =
        raw(
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nGET /"
                + "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertEquals(2, answer.split("alma\n", -1).length - 1, answer);
    assertTrue(answer.endsWith("Connection: close\r\n\r\nalma\n"), answer);
  }

  @Test
  void headHasNoBodyAndOldProtocolEndsTheConnection() throws IOException {
    String answer = raw("HEAD / HTTP/1.0\r\n\r\n");
    assertTrue(answer.contains("Content-Length: 5\r\n"), answer);
    assertTrue(answer.endsWith("\r\n\r\n"), answer);
  }

  @Test
  void whatIsNoHttpEndsOnlyItsOwnConnection() throws Exception {
    assertEquals("", raw("SSH-2.0-x\r\n\r\n"));
    assertEquals("", raw("GET /" + "x".repeat(9_000) + " HTTP/1.1\r\n\r\n"));
    assertEquals("", raw("GET /bytes/99999999999999 HTTP/1.1\r\n\r\n"));
    assertEquals(200, send(to("/")).statusCode());
  }

  @Test
  void portInUseIsSaidInASentence() throws Exception {
    try (DemoProcess second = DemoProcess.start("second", Integer.toString(port))) {
      StartFailure failure = assertThrows(StartFailure.class, second::awaitListening);
      assertEquals(
          "The demo's real server second did not start: another director or its demo, or another"
              + " program, holds port %d (Address already in use)".formatted(port),
          failure.sentences().getFirst());
    }
  }

  @Test
  void endsWhenItsParentIsGone() throws Exception {
    try (DemoProcess orphan = DemoProcess.start("orphan", Integer.toString(freePort()))) {
      orphan.awaitListening();
      // What the kernel does when the parent dies.
      orphan.process().getOutputStream().close();
      assertTrue(orphan.process().waitFor(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void factoryConfigurationAndDemoNameTheSamePortsAndSecrets() throws Exception {
    Path folder = Path.of("../../felix-config");
    String yaml = Files.readString(folder.resolve("director.yaml"));
    Properties demo = new Properties();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Files.newInputStream(folder.resolve("demo.properties")), StandardCharsets.UTF_8))) {
      demo.load(reader);
    }
    for (String name : new String[] {"a", "b", "c"}) {
      String port = demo.getProperty("realServer." + name);
      assertTrue(
          yaml.matches(
              "(?s).*\n      " + name + ":\n[^:]*address: 127.0.0.1\n *port: " + port + "\n.*"));
    }
    for (String secret : BundleList.words(demo.getProperty("secrets"))) {
      assertTrue(yaml.contains("File: " + secret + "\n"), secret);
      assertTrue(demo.getProperty("banner").contains("{" + secret + "}"), secret);
    }
  }
}
