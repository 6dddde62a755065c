package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics say what JMX says, under the same names, and Prometheus takes them. */
@SuppressWarnings("try") // the director runs as long as the test asks others about it
class MetricsTest {
  /**
   * Of the connector of JMX itself: nothing of the director. What an upgrade under way does, and
   * bins that are measured elsewhere once more, are no series of their own.
   */
  private static final Set<String> NOT_TOLD = Set.of("connector", "upgrade", "performance");

  @TempDir private Path folder;
  private final int port = Lab.freeTcp();

  private Lab lab() throws Exception {
    Files.createDirectories(folder.resolve("state"));
    Path secret = Files.writeString(folder.resolve("state/metrics"), Lab.PASSWORD + "\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    return new Lab(
        folder,
        "  metrics: { address: 127.0.0.1, port: %d, users: { noc: { passwordFile: metrics } } }\n"
            .formatted(port));
  }

  private String scrape() throws IOException, InterruptedException {
    String credentials = "noc:" + Lab.PASSWORD;
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString(credentials.getBytes(StandardCharsets.UTF_8)))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.ofString()).body();
    }
  }

  @Test
  void everyNumberOfJmxIsAMetricOfTheSameNameKindAndMeaning() throws Exception {
    try (Lab lab = lab()) {
      Lab.await("scraped", () -> scrape().contains("strowger_service_conns_total"));
      Map<String, String> told = new HashMap<>();
      for (String line : scrape().lines().filter(l -> l.startsWith("# ")).toList()) {
        String[] words = line.split(" ", 4);
        told.put(words[1] + " " + words[2], words[3]);
      }
      Set<String> differ = new TreeSet<>();
      lab.jmx(
          server -> {
            for (ObjectName name : server.queryNames(new ObjectName("org.strowger:*"), null)) {
              compare(server, name, told, differ);
            }
            return true;
          });
      assertEquals(Set.of(), differ);
    }
  }

  private static void compare(
      MBeanServerConnection server, ObjectName name, Map<String, String> told, Set<String> differ)
      throws Exception {
    String kind = snake(name.getKeyProperty("type"));
    if (NOT_TOLD.contains(kind)) {
      return;
    }
    for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
      Object type = attribute.getDescriptor().getFieldValue("metricType");
      if (type == null) {
        continue;
      }
      boolean counter = type.equals("counter");
      String bare =
          snake(attribute.getName()).replaceAll(counter ? "_total$" : "_(total|count)$", "");
      String metric = "strowger_" + kind + "_" + bare + (counter ? "_total" : "");
      if (!type.equals(told.get("TYPE " + metric))) {
        differ.add(metric + ": JMX says " + type + ", the metric " + told.get("TYPE " + metric));
      } else if (!attribute.getDescription().equals(told.get("HELP " + metric))) {
        differ.add(metric + ": " + attribute.getDescription());
      }
    }
  }

  private static String snake(String camel) {
    return camel.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }

  @Test
  void prometheusScrapesThem() throws Exception {
    assumeTrue(Lab.installed("prometheus"), "Prometheus is not installed (package prometheus)");
    try (Lab lab = lab()) {
      Lab.await("scraped", () -> scrape().contains("strowger_service_conns_total"));
      int own = Lab.freeTcp();
      Path configuration =
          Files.writeString(
              folder.resolve("prometheus.yml"),
              """
              global: { scrape_interval: 1s }
              scrape_configs:
                - job_name: strowger
                  basic_auth: { username: noc, password: %s }
                  static_configs: [ { targets: [ '127.0.0.1:%d' ] } ]
              """
                  .formatted(Lab.PASSWORD, port));
      Process prometheus =
          new ProcessBuilder(
                  "prometheus",
                  "--config.file=" + configuration,
                  "--storage.tsdb.path=" + folder.resolve("tsdb"),
                  "--web.listen-address=127.0.0.1:" + own)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("prometheus.log").toFile())
              .start();
      try {
        Lab.await(
            "Prometheus has the real servers",
            () -> query(own, "sum(strowger_director_reals)").contains("\"3\""));
        assertTrue(
            query(own, "strowger_service_oper_state{strowger_service_oper_state=\"up\"}")
                .contains("\"1\""));
        String linted = Lab.run(List.of("sh", "-c", "promtool check metrics < " + saved(scrape())));
        assertTrue(linted.isEmpty(), linted);
      } finally {
        prometheus.destroyForcibly().waitFor();
      }
    }
  }

  private Path saved(String text) throws IOException {
    return Files.writeString(folder.resolve("metrics.txt"), text);
  }

  private static String query(int prometheus, String expression) throws Exception {
    URI where =
        URI.create(
            "http://127.0.0.1:%d/api/v1/query?query=%s"
                .formatted(prometheus, URLEncoder.encode(expression, StandardCharsets.UTF_8)));
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(where).build(), BodyHandlers.ofString()).body();
    } catch (IOException notYet) {
      return "";
    }
  }
}
