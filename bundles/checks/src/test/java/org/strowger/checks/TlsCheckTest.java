package org.strowger.checks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.CheckResult;

/** Against the JDK's HTTPS server with good, expired and foreign certificates, and nginx. */
final class TlsCheckTest {
  @TempDir private static Path folder;
  private static Certificates good;
  private static Certificates expired;
  private static Certificates ending;

  @BeforeAll
  static void makeCertificates() throws Exception {
    good = Certificates.make(folder, "good", "-1d", 400);
    expired = Certificates.make(folder, "expired", "-100d", 90);
    ending = Certificates.make(folder, "ending", "-10d", 15);
  }

  private static CheckResult look(Certificates of, String type, Map<String, Object> options)
      throws Exception {
    HttpsServer server = HttpsServer.create(new InetSocketAddress(Lab.HERE, 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(of.context()));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try {
      return Lab.look(type, options, server.getAddress().getPort());
    } finally {
      server.stop(0);
    }
  }

  private static Map<String, Object> trusting(Certificates authority) {
    return Map.of("caFile", authority.pem().toString());
  }

  @Test
  void aTrustedCertificatePassesWithoutWarning() throws Exception {
    CheckResult result = look(good, "tls", trusting(good));
    assertTrue(result.passed(), result.text());
    assertTrue(result.text().startsWith("TLSv1.3 "), result.text());
    assertEquals(Optional.empty(), result.warning());
    assertTrue(look(good, "https", trusting(good)).passed());
  }

  @Test
  void anExpiredCertificateFailsOrWarns() throws Exception {
    CheckResult result = look(expired, "tls", trusting(expired));
    assertFalse(result.passed());
    assertTrue(
        result.text().startsWith("TLS: certificate CN=localhost has expired on"), result.text());
    CheckResult unverified = look(expired, "https", Map.of("verify", false));
    assertTrue(unverified.passed(), unverified.text());
    assertTrue(
        unverified.warning().orElse("").startsWith("certificate CN=localhost has expired on"),
        unverified.toString());
  }

  @Test
  void aCertificateThatEndsSoonWarns() throws Exception {
    CheckResult result = look(ending, "https", trusting(ending));
    assertTrue(result.passed(), result.text());
    assertTrue(
        result.warning().orElse("").startsWith("certificate CN=localhost expires on"),
        result.toString());
    Map<String, Object> later = Map.of("caFile", ending.pem().toString(), "warningDays", 2);
    assertEquals(Optional.empty(), look(ending, "tls", later).warning());
  }

  @Test
  void strangersAndWrongNamesFail() throws Exception {
    assertFalse(look(good, "tls", Map.of()).passed());
    assertFalse(look(good, "tls", trusting(ending)).passed());
    Map<String, Object> named =
        Map.of("caFile", good.pem().toString(), "serverName", "www.example.net");
    CheckResult result = look(good, "tls", named);
    assertFalse(result.passed());
    assertTrue(result.text().contains("www.example.net"), result.text());
    Map<String, Object> local = Map.of("caFile", good.pem().toString(), "serverName", "localhost");
    assertTrue(look(good, "tls", local).passed());
  }

  @Test
  void whoSpeaksNoTlsFails() throws Exception {
    try (Server plain = Server.saying("220 mail.example.net\r\n");
        Server silent = Server.silent()) {
      assertFalse(Lab.look("tls", Map.of("verify", false), plain.port()).passed());
      CheckResult result = Lab.shortLook("https", Map.of("verify", false), silent.port());
      assertTrue(Lab.ranOut(result), result.text());
    }
  }

  @Test
  void aFileOfAuthoritiesThatIsNotThereIsNoVerdict() {
    Map<String, Object> options = Map.of("caFile", folder.resolve("nothing").toString());
    IllegalStateException fault =
        assertThrows(IllegalStateException.class, () -> look(good, "tls", options));
    assertTrue(fault.getMessage().contains("cannot be read"), fault.getMessage());
  }

  @Test
  void nginxIsSeenAsItsClientsSeeIt() throws Exception {
    Path nginx = Path.of("/usr/sbin/nginx");
    assumeTrue(Files.isExecutable(nginx), "needs nginx: apt-get install nginx-light");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "needs openssl");
    Path key = folder.resolve("nginx.key");
    run(
        "/usr/bin/openssl",
        "pkcs12",
        "-in",
        good.store().toString(),
        "-nodes",
        "-nocerts",
        "-passin",
        "pass:changeit",
        "-out",
        key.toString());
    for (int attempt = 0; ; attempt++) {
      int port = freePort();
      Path config = folder.resolve("nginx-" + attempt + ".conf");
      Files.writeString(
          config,
          """
          daemon off;
          master_process off;
          pid %1$s/nginx.pid;
          error_log %1$s/nginx.log;
          events { }
          http {
            access_log off;
            client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy;
            fastcgi_temp_path %1$s/fcgi; uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
            server {
              listen 127.0.0.1:%2$d ssl;
              server_name localhost;
              ssl_certificate %3$s;
              ssl_certificate_key %4$s;
              location / { return 200 "well, nginx"; }
            }
          }
          """
              .formatted(folder, port, good.pem(), key));
      Process process =
          new ProcessBuilder(nginx.toString(), "-p", folder.toString(), "-c", config.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("nginx.out").toFile())
              .start();
      try {
        if (listens(process, port)) {
          Map<String, Object> options =
              Map.of(
                  "caFile",
                  good.pem().toString(),
                  "serverName",
                  "localhost",
                  "host",
                  "localhost",
                  "body",
                  "^well, nginx$");
          CheckResult result = Lab.look("https", options, port);
          assertTrue(result.passed(), result.text());
          return;
        }
        assertTrue(attempt < 5, Files.readString(folder.resolve("nginx.out")));
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, Lab.HERE)) {
      return socket.getLocalPort();
    }
  }

  /** False if the process ended: somebody else took the port meanwhile. */
  private static boolean listens(Process process, int port) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (process.isAlive() && System.nanoTime() - end < 0) {
      if (Lab.look("tcp", Map.of(), port).passed()) {
        return process.isAlive();
      }
      Thread.sleep(20);
    }
    return false;
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), said);
  }
}
