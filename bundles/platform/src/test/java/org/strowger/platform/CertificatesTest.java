package org.strowger.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Management;
import org.strowger.api.Management.Jmx;
import org.strowger.api.Management.Tls;
import org.strowger.api.PlatformState;

/** Which certificates are shown, and how long they have, by a given clock. */
class CertificatesTest {
  @TempDir Path state;
  private Certificates certificates;

  @BeforeEach
  void configure() {
    Jmx jmx =
        new Jmx(
            InetAddress.getLoopbackAddress(),
            1099,
            Map.of(),
            Optional.of(new Tls(Path.of("server.crt"), Path.of("server.key"))),
            Optional.of(Path.of("trust.crt")));
    Management management = new Management(Optional.empty(), Optional.of(jmx), Optional.empty());
    certificates = new Certificates(state, () -> Optional.of(management));
  }

  private X509Certificate made(String name, int days) throws Exception {
    Path store = state.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "a",
                "-dname",
                "CN=" + name,
                "-validity",
                "" + days,
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit")
            .redirectErrorStream(true)
            .redirectOutput(state.resolve(name + ".log").toFile())
            .start();
    assertTrue(keytool.waitFor(60, TimeUnit.SECONDS), "keytool does not end");
    KeyStore made = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      made.load(in, "changeit".toCharArray());
    }
    return Objects.requireNonNull((X509Certificate) made.getCertificate("a"));
  }

  private void write(String file, X509Certificate... all) throws Exception {
    StringBuilder text = new StringBuilder();
    for (X509Certificate each : all) {
      text.append("-----BEGIN CERTIFICATE-----\n")
          .append(Base64.getMimeEncoder().encodeToString(each.getEncoded()))
          .append("\n-----END CERTIFICATE-----\n");
    }
    Files.writeString(state.resolve(file), text);
  }

  private static List<String> namesAndSubjects(List<PlatformState.Certificate> all) {
    return all.stream().map(each -> each.name() + " " + each.subject()).toList();
  }

  @Test
  void eachTrustedOneIsShownAndOfAChainTheOneThatEndsFirst() throws Exception {
    X509Certificate server = made("server", 90);
    X509Certificate between = made("between", 20);
    write("server.crt", server, between);
    write("trust.crt", server, between, made("third", 5));
    assertEquals(
        List.of(
            "jmx CN=between",
            "jmx-trust CN=server",
            "jmx-trust-2 CN=between",
            "jmx-trust-3 CN=third"),
        namesAndSubjects(certificates.read(Instant.now()).certificates()));
  }

  @Test
  void ofAWholeBundleOfAuthoritiesThoseAreShownThatEndFirst() throws Exception {
    X509Certificate soon = made("soon", 5);
    X509Certificate late = made("late", 500);
    X509Certificate[] bundle = new X509Certificate[140];
    Arrays.fill(bundle, late);
    bundle[100] = soon;
    write("trust.crt", bundle);
    Certificates.Shown shown = certificates.read(Instant.now());
    assertEquals(PlatformState.MAX_CERTIFICATES, shown.certificates().size());
    assertEquals(140 - PlatformState.MAX_CERTIFICATES, shown.omitted());
    assertEquals("jmx-trust CN=late", namesAndSubjects(shown.certificates()).getFirst());
    assertEquals("jmx-trust-101 CN=soon", namesAndSubjects(shown.certificates()).getLast());
    write("trust.crt", soon);
    Files.setLastModifiedTime(
        state.resolve("trust.crt"), FileTime.from(Instant.now().plusSeconds(5)));
    assertEquals(0, certificates.read(Instant.now()).omitted());
  }

  @Test
  void daysAreCountedByTheClockAndARenewalIsSeen() throws Exception {
    X509Certificate server = made("server", 90);
    write("server.crt", server);
    Instant end = server.getNotAfter().toInstant();
    for (int days : List.of(30, 7, 0)) {
      assertEquals(days, left(end.minus(Duration.ofDays(days))));
    }
    assertEquals(29, left(end.minus(Duration.ofDays(30)).plusSeconds(1)));
    assertEquals(-1, left(end.plusSeconds(1)));
    X509Certificate renewed = made("renewed", 200);
    write("server.crt", renewed);
    Files.setLastModifiedTime(
        state.resolve("server.crt"), FileTime.from(Instant.now().plusSeconds(5)));
    assertEquals(
        List.of("jmx CN=renewed"),
        namesAndSubjects(certificates.read(end.plusSeconds(1)).certificates()));
  }

  private long left(Instant now) {
    return certificates.read(now).certificates().getFirst().daysLeft();
  }
}
