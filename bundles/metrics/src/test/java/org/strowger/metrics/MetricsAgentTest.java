package org.strowger.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmType;
import org.strowger.api.Management.Metrics;
import org.strowger.api.Management.MetricsUser;
import org.strowger.api.Management.Tls;
import org.strowger.api.Severity;
import org.strowger.testkit.FakeDirector;

/** Metrics as a scraper gets them. */
class MetricsAgentTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  @TempDir Path state;
  private final FakeDirector director = new FakeDirector("a", "b");
  private final HttpClient client = HttpClient.newHttpClient();
  private MetricsAgent agent;
  private int port;

  @BeforeEach
  void start() throws IOException {
    agent = new MetricsAgent(state);
    agent.start();
    agent.directorCame(director);
    try (ServerSocket free = new ServerSocket(0, 1, HERE)) {
      port = free.getLocalPort();
    }
  }

  @AfterEach
  void stop() {
    agent.stop();
    client.close();
  }

  private void configure(Map<String, MetricsUser> users) throws Exception {
    director.configure(new Metrics(HERE, port, users, Optional.empty()));
    await(() -> agent.status().startsWith("metrics listen"));
  }

  private HttpResponse<String> get(String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!condition.call()) {
      assertTrue(System.nanoTime() < deadline, "waited 20 s in vain");
      Thread.sleep(20);
    }
  }

  private static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void numbersHaveTheNamesOfTheMibAndOneMoment() throws Exception {
    configure(Map.of());
    String text = get().body();
    for (String line :
        new String[] {
          "strowger_real_conns_total{pool=\"web\",real=\"a\"} 6.0",
          "strowger_real_conns_active{pool=\"web\",real=\"b\"} 5.0",
          "strowger_real_response_micros{pool=\"web\",real=\"a\"} 250.0",
          "strowger_service_oper_state{service=\"web\",strowger_service_oper_state=\"up\"} 1",
          "strowger_service_oper_state{service=\"web\",strowger_service_oper_state=\"down\"} 0",
          "strowger_service_reals{service=\"web\"} 2.0",
          "strowger_director_services_up 1.0",
          "strowger_plane_buffer_bytes{plane=\"relay\"} 65536.0",
          "strowger_bundle_info{id=\"3\",name=\"org.strowger.api\",state=\"active\",version=\"0.1.0\"} 1",
          "# TYPE strowger_real_conns_total counter"
        }) {
      assertTrue(text.lines().anyMatch(line::equals), line + " in\n" + text);
    }
  }

  @Test
  void openMetricsIsSpokenToWhoAsksForIt() throws Exception {
    configure(Map.of());
    HttpResponse<String> answer =
        get("Accept", "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertTrue(
        answer
            .headers()
            .firstValue("Content-Type")
            .orElse("")
            .startsWith("application/openmetrics-text"));
    assertTrue(answer.body().endsWith("# EOF\n"));
  }

  @Test
  void alarmsComeAndGo() throws Exception {
    configure(Map.of());
    Alarm alarm =
        Alarm.raised(
            1, AlarmType.REAL_DOWN, "pool=web,real=a", Severity.MINOR, "refused", Instant.EPOCH, 1);
    director.raise(alarm);
    String line =
        "strowger_alarm_active{resource=\"pool=web,real=a\",severity=\"minor\",type=\"realDown\"}";
    assertTrue(get().body().contains(line + " 1.0"));
    director.clear(alarm);
    assertFalse(get().body().contains(line));
  }

  @Test
  void whoHasNoPasswordGetsNothingAndIsCounted() throws Exception {
    Path secret = Files.writeString(state.resolve("secret"), "right\n");
    configure(Map.of("noc", new MetricsUser("noc", Path.of("secret"))));
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(401, get().statusCode());
    assertEquals(401, get("Authorization", basic("noc", "right")).statusCode(), "others may read");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    assertEquals(401, get("Authorization", basic("noc", "wrong")).statusCode());
    assertEquals(401, get("Authorization", basic("nobody", "right")).statusCode());
    HttpResponse<String> answer = get("Authorization", basic("noc", "right"));
    assertEquals(200, answer.statusCode());
    assertTrue(answer.body().contains("strowger_metrics_refused_total 3.0"), answer.body());
  }

  @Test
  void certificateAsOpensslMakesItIsServed() throws Exception {
    Path chain = state.resolve("tls.pem");
    openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=noc"
            + " -addext subjectAltName=IP:127.0.0.1 -keyout tls.key -out tls.pem");
    Metrics wanted =
        new Metrics(
            HERE, port, Map.of(), Optional.of(new Tls(Path.of("tls.pem"), Path.of("tls.key"))));
    director.configure(wanted);
    await(() -> agent.status().startsWith("metrics listen"));
    URI where = URI.create("https://127.0.0.1:" + port + "/metrics");
    try (HttpClient trusting = HttpClient.newBuilder().sslContext(trusting(chain)).build()) {
      HttpResponse<String> answer =
          trusting.send(
              HttpRequest.newBuilder(where).build(), HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode());
      assertEquals("TLSv1.3", answer.sslSession().orElseThrow().getProtocol());
    }
    Files.writeString(state.resolve("tls.key"), "no key\n");
    agent.stop();
    agent = new MetricsAgent(state);
    agent.start();
    agent.directorCame(director);
    await(() -> agent.status().contains("tls.key holds no PRIVATE KEY"));
  }

  private void openssl(String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.split(" ")));
    Process process;
    try {
      process =
          new ProcessBuilder(command).directory(state.toFile()).redirectErrorStream(true).start();
    } catch (IOException e) {
      Assumptions.abort("openssl is not installed: " + e.getMessage());
      return;
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  private static SSLContext trusting(Path chain) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(chain)) {
      store.setCertificateEntry(
          "noc", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @Test
  void takenPortIsToldAndServedOnceFree() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, HERE)) {
      port = other.getLocalPort();
      director.configure(new Metrics(HERE, port, Map.of(), Optional.empty()));
      await(() -> agent.status().startsWith("failed: metrics: cannot listen on 127.0.0.1:"));
    }
    await(() -> agent.status().startsWith("metrics listen"));
    assertEquals(200, get().statusCode());
  }

  @Test
  void withoutADirectorItAnswersWithWhatItKnowsItself() throws Exception {
    configure(Map.of());
    agent.directorWent(director);
    String text = get().body();
    assertTrue(text.contains("strowger_metrics_scrapes_total"));
    assertFalse(text.contains("strowger_service_conns"));
    agent.directorCame(director);
    assertTrue(get().body().contains("strowger_service_conns"));
  }

  @Test
  void portIsFreeAfterTheEnd() throws Exception {
    configure(Map.of());
    agent.stop();
    try {
      get();
      throw new AssertionError("answered after its end");
    } catch (ConnectException expected) {
      assertFalse(expected.toString().isEmpty());
    }
  }
}
