package org.strowger.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.CheckResult;

/** Against a mail server that knows EHLO, HELO, STARTTLS and QUIT. */
final class SmtpCheckTest {
  private static void say(OutputStream out, String reply) throws Exception {
    out.write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  private static void serve(Socket client, SSLContext tls, boolean secured) throws Exception {
    InputStream in = client.getInputStream();
    OutputStream out = client.getOutputStream();
    if (!secured) {
      say(out, "220 mail.example.net ESMTP");
    }
    for (String command = Server.line(in); !command.isEmpty(); command = Server.line(in)) {
      switch (command) {
        case "EHLO strowger" ->
            say(out, secured ? "250 mail" : "250-mail\r\n250-SIZE 1000\r\n250 STARTTLS");
        case "HELO probe.example.net" -> say(out, "250 mail");
        case "STARTTLS" -> {
          say(out, "220 go ahead");
          SSLSocket upper =
              (SSLSocket)
                  tls.getSocketFactory().createSocket(client, InputStream.nullInputStream(), true);
          upper.setUseClientMode(false);
          serve(upper, tls, true);
          return;
        }
        case "QUIT" -> {
          say(out, "221 bye");
          return;
        }
        default -> say(out, "502 what?");
      }
    }
  }

  @Test
  void aMailServerThatGreetsPasses() throws Exception {
    try (Server server = Server.with(client -> serve(client, SSLContext.getDefault(), false))) {
      CheckResult result = Lab.look("smtp", Map.of(), server.port());
      assertEquals("220 mail.example.net ESMTP", result.text());
      assertTrue(result.passed());
      Map<String, Object> old = Map.of("hello", "HELO", "name", "probe.example.net");
      assertTrue(Lab.look("smtp", old, server.port()).passed());
      CheckResult unknown = Lab.look("smtp", Map.of("name", "other"), server.port());
      assertEquals("the answer to EHLO other is '502 what?', expected 250", unknown.text());
    }
  }

  @Test
  void startTlsIsAWholeHandshake(@TempDir Path folder) throws Exception {
    Certificates keys = Certificates.make(folder, "mail", "-1d", 400);
    SSLContext context = keys.context();
    try (Server server = Server.with(client -> serve(client, context, false))) {
      Map<String, Object> options = Map.of("startTls", true, "caFile", keys.pem().toString());
      CheckResult result = Lab.look("smtp", options, server.port());
      assertTrue(result.passed(), result.text());
      assertTrue(result.text().startsWith("TLSv1.3"), result.text());
      assertFalse(Lab.look("smtp", Map.of("startTls", true), server.port()).passed());
    }
  }

  @Test
  void otherBannersSilenceAndEndlessRepliesFail() throws Exception {
    assertEquals("the banner is '554 no service', expected 220", said("554 no service\r\n").text());
    assertEquals("220", said("220 \n250 b\n").text(), "a banner without a word");
    try (Server silent = Server.silent()) {
      CheckResult result = Lab.shortLook("smtp", Map.of(), silent.port());
      assertTrue(Lab.ranOut(result), result.text());
    }
    assertEquals("the banner has more than 64 lines", said("220-more\r\n".repeat(80)).text());
    assertEquals("it sent a line of more than 1024 bytes", said("2".repeat(5000)).text());
    assertFalse(said("220mail\r\n").passed());
  }

  @Test
  void whatWasSentBeforeTheHandshakeIsNotTakenForPartOfIt() throws Exception {
    CheckResult result =
        smuggled("220 hi\r\n250-mail\r\n250 STARTTLS\r\n220 go ahead\r\n250 injected\r\n");
    assertEquals("it sent more than asked for before the TLS handshake", result.text());
  }

  private static CheckResult said(String text) throws Exception {
    try (Server server = Server.saying(text)) {
      return Lab.look("smtp", Map.of(), server.port());
    }
  }

  private static CheckResult smuggled(String text) throws Exception {
    try (Server server = Server.saying(text)) {
      return Lab.look("smtp", Map.of("startTls", true, "verify", false), server.port());
    }
  }
}
