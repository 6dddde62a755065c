package org.strowger.jmx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Management;

/** The connector over TLS, as a client in a process of its own meets it, and openssl. */
class TlsConnectorTest {
  private static final char[] SECRET = "changeit".toCharArray();

  private static final String CLIENT =
      """
      import java.util.*;
      import javax.management.*;
      import javax.management.remote.*;
      import javax.rmi.ssl.*;
      class Client {
        public static void main(String[] args) throws Exception {
          Map<String, Object> env = new HashMap<>();
          env.put(JMXConnector.CREDENTIALS, new String[] {args[1], args[2]});
          env.put("com.sun.jndi.rmi.factory.socket", new SslRMIClientSocketFactory());
          try (var connector = JMXConnectorFactory.connect(new JMXServiceURL(args[0]), env)) {
            System.out.println(connector.getMBeanServerConnection()
                .getAttribute(new ObjectName("org.strowger:type=Director"), "DirectorName"));
          }
        }
      }
      """;

  @TempDir Path state;
  private Lab lab;

  @BeforeEach
  void start() {
    lab = new Lab(state);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private record Ran(int code, String text) {}

  private Ran run(List<String> command) throws Exception {
    Path output = Files.createTempFile(state, "ran", "");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(output.toFile())
            .start();
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), command.toString());
    return new Ran(process.exitValue(), Files.readString(output));
  }

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  /** A key with its certificate, in a store of its own. */
  private Path store(String name) throws Exception {
    Path store = state.resolve(name + ".p12");
    String words =
        "-genkeypair -keyalg EC -alias %s -dname CN=%s -ext san=ip:127.0.0.1 -validity 2"
            .formatted(name, name);
    List<String> command = new ArrayList<>(List.of(tool("keytool")));
    command.addAll(List.of(words.split(" ", -1)));
    command.addAll(List.of("-storepass", new String(SECRET), "-keystore", store.toString()));
    Ran ran = run(command);
    assertEquals(0, ran.code(), ran.text());
    return store;
  }

  private static String pem(String kind, byte[] encoded) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, text, kind);
  }

  /** Certificate and key of a store as two PEM files. */
  private void pems(Path store, String name) throws Exception {
    KeyStore keys = KeyStore.getInstance(store.toFile(), SECRET);
    Files.writeString(
        state.resolve(name + ".crt"), pem("CERTIFICATE", keys.getCertificate(name).getEncoded()));
    Files.writeString(
        state.resolve(name + ".key"),
        pem("PRIVATE KEY", keys.getKey(name, SECRET).getEncoded()),
        StandardCharsets.US_ASCII);
  }

  private void secure(Optional<Path> clientTrust) {
    Management.Jmx plain = lab.configuration(InetAddress.getLoopbackAddress());
    lab.director.configure(
        new Management.Jmx(
            plain.address(),
            plain.port(),
            plain.users(),
            Optional.of(new Management.Tls(Path.of("server.crt"), Path.of("server.key"))),
            clientTrust));
    String said = clientTrust.isPresent() ? " and certificates of clients" : "";
    Lab.until(() -> lab.agent().status().endsWith(" with TLS 1.3" + said));
  }

  private Ran client(Path trusted, Optional<Path> own, String password) throws Exception {
    Path source = Files.writeString(state.resolve("Client.java"), CLIENT);
    List<String> command = new ArrayList<>(List.of(tool("java")));
    String secret = new String(SECRET);
    command.add("-Djavax.net.ssl.trustStore=" + trusted);
    command.add("-Djavax.net.ssl.trustStorePassword=" + secret);
    own.ifPresent(
        store -> {
          command.add("-Djavax.net.ssl.keyStore=" + store);
          command.add("-Djavax.net.ssl.keyStorePassword=" + secret);
        });
    command.add(source.toString());
    command.add("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + lab.port + "/jmxrmi");
    command.addAll(List.of("viewer", password));
    return run(command);
  }

  /** What a client trusts: the server's certificate alone. */
  private Path trusted() throws Exception {
    Path trusted = state.resolve("trusted.p12");
    String words = "-importcert -noprompt -alias server -storetype PKCS12";
    List<String> command = new ArrayList<>(List.of(tool("keytool")));
    command.addAll(List.of(words.split(" ", -1)));
    command.addAll(List.of("-file", state.resolve("server.crt").toString()));
    command.addAll(List.of("-storepass", new String(SECRET), "-keystore", trusted.toString()));
    Ran ran = run(command);
    assertEquals(0, ran.code(), ran.text());
    return trusted;
  }

  @Test
  void certificateOfTheClientIsWantedBesideThePassword() throws Exception {
    pems(store("server"), "server");
    Path noc = store("noc");
    pems(noc, "noc");
    secure(Optional.of(Path.of("noc.crt")));
    Path trusted = trusted();
    Ran right = client(trusted, Optional.of(noc), Lab.PASSWORD);
    assertEquals("lab-1", right.text().strip());
    assertNotEquals(0, client(trusted, Optional.empty(), Lab.PASSWORD).code(), "no certificate");
    Ran stranger = client(trusted, Optional.of(store("stranger")), Lab.PASSWORD);
    assertNotEquals(0, stranger.code(), "a certificate of somebody else");
    Ran wrong = client(trusted, Optional.of(noc), "wrong");
    assertTrue(wrong.text().contains("SecurityException"), wrong.text());
  }

  @Test
  void nothingButTlsOneThreeIsSpoken() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
    pems(store("server"), "server");
    secure(Optional.empty());
    String where = "127.0.0.1:" + lab.port;
    List<String> openssl = List.of("openssl", "s_client", "-connect", where);
    List<String> three = new ArrayList<>(openssl);
    three.add("-tls1_3");
    Ran spoken = run(three);
    assertTrue(spoken.text().contains("TLSv1.3"), spoken.text());
    List<String> two = new ArrayList<>(openssl);
    two.add("-tls1_2");
    Ran refused = run(two);
    assertTrue(refused.text().contains("alert protocol version"), refused.text());
    assertThrows(IOException.class, () -> lab.login("viewer"), "and nothing without TLS");
  }

  @Test
  void missingCertificateIsSaidAndFoundWhenItComes() throws Exception {
    Management.Jmx plain = lab.configuration(InetAddress.getLoopbackAddress());
    lab.director.configure(
        new Management.Jmx(
            plain.address(),
            plain.port(),
            plain.users(),
            Optional.of(new Management.Tls(Path.of("server.crt"), Path.of("server.key"))),
            Optional.empty()));
    Lab.until(() -> lab.agent().status().contains("there is no file"));
    pems(store("server"), "server");
    Lab.until(() -> lab.agent().status().endsWith(" with TLS 1.3"));
  }
}
