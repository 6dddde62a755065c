package org.strowger.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.strowger.api.HealthCheck;
import org.strowger.api.KernelSettings;
import org.strowger.api.Pool;
import org.strowger.api.RealServer;
import org.strowger.api.VirtualService;
import org.strowger.api.VrrpInstance;
import org.strowger.testkit.FakeDirector;
import org.strowger.testkit.PlatformSample;
import org.strowger.testkit.Vocabulary;

/**
 * One number has one name everywhere: the table of MIB object, JMX attribute, metric and key of the
 * configuration, and what is made for Prometheus.
 */
class CrossReferenceTest {
  private static final Path MIBS = Path.of("..", "..", "mibs");
  private static final Path TABLE = MIBS.resolve("cross-reference.csv");
  private static final Path ATTRIBUTES =
      Path.of("..", "jmx", "src", "main", "resources", "org", "strowger", "jmx", "oids.properties");

  /** What stands in the place of the name in the path of a key. */
  private static final Map<Class<? extends Record>, List<String>> KEYS =
      Map.of(
          VirtualService.class, List.of("stgLbService", "virtualServices.*."),
          Pool.class, List.of("stgLbPool", "pools.*."),
          RealServer.class, List.of("stgLbReal", "pools.*.realServers.*."),
          HealthCheck.class, List.of("stgHcCheck", "checks.*."),
          KernelSettings.class, List.of("stgLb", "director."),
          VrrpInstance.class, List.of("stgHaInst", "vrrp.instances.*."));

  private static Stream<Kind<?>> kinds() {
    return Stream.concat(
        Catalogue.kinds().stream(),
        Stream.of(
            PlatformMetrics.USAGE,
            PlatformMetrics.TIME,
            PlatformMetrics.DEVICE,
            SyncMetrics.SYNC,
            SyncMetrics.PEER,
            PlatformMetrics.MACHINE,
            PlatformMetrics.CERTIFICATE,
            PlatformMetrics.SYSLOG));
  }

  private static Map<String, String> metrics(
      Map<String, String> attributes, Map<String, String> objects) {
    Map<String, String> byIdentifier = new HashMap<>();
    kinds()
        .forEach(
            kind ->
                kind.families()
                    .forEach(
                        family -> {
                          String attribute = capital(kind.name()) + "." + capital(family.name());
                          // What JMX shows as a table of one attribute.
                          String object = "stgSys" + attribute.replace(".", "");
                          String identifier =
                              attributes.getOrDefault(attribute, objects.get(object));
                          if (identifier != null) {
                            String total = family.counter() ? "_total" : "";
                            byIdentifier.put(identifier, family.metric(kind.name()) + total);
                          }
                        }));
    return byIdentifier;
  }

  private static String capital(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  private static Map<String, String> keys() {
    Map<String, String> byName = new HashMap<>();
    KEYS.forEach(
        (type, where) ->
            Vocabulary.names(type)
                .forEach((path, flat) -> byName.put(where.getFirst() + flat, where.get(1) + path)));
    return byName;
  }

  private static Map<String, String> attributes() throws IOException {
    Map<String, String> attributes = new HashMap<>();
    for (String line : Files.readAllLines(ATTRIBUTES)) {
      int equals = line.indexOf('=');
      if (equals > 0 && !line.startsWith("#")) {
        attributes.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
      }
    }
    return attributes;
  }

  @Test
  void tableIsWhatTheCodeSays() throws IOException {
    Map<String, String> attributes = attributes();
    Map<String, String> byIdentifier = new HashMap<>();
    attributes.forEach(
        (attribute, identifier) ->
            byIdentifier.merge(identifier, attribute, (a, b) -> a.compareTo(b) < 0 ? a : b));
    Map<String, String> objects = new HashMap<>();
    for (String line : Files.readAllLines(MIBS.resolve("oid-map.csv"))) {
      String[] cells = line.split(",", -1);
      objects.put(cells[0], cells[1]);
    }
    Map<String, String> metrics = metrics(attributes, objects);
    Map<String, String> keys = keys();
    List<String> lines = new ArrayList<>();
    lines.add("mib,oid,jmx,metric,key");
    for (String line : Files.readAllLines(MIBS.resolve("oid-map.csv"))) {
      String[] cells = line.split(",", -1);
      if (cells[3].startsWith("read")) {
        lines.add(
            String.join(
                ",",
                cells[0],
                cells[1],
                byIdentifier.getOrDefault(cells[1], ""),
                metrics.getOrDefault(cells[1], ""),
                keys.getOrDefault(cells[0], "")));
      }
    }
    Path made = Path.of("target", "cross-reference.csv");
    Files.write(made, lines);
    assertTrue(
        Files.exists(TABLE) && Files.readAllLines(TABLE).equals(lines),
        "mibs/cross-reference.csv is not up to date: copy bundles/metrics/" + made + " there");
  }

  /** As a scrape has them. */
  private static Set<String> told() {
    Set<String> told = new TreeSet<>();
    Catalogue.of(new FakeDirector("a").snapshot())
        .forEach(metric -> told.add(metric.getMetadata().getPrometheusName()));
    PlatformMetrics.collect(
        new PlatformSample().state(), metric -> told.add(metric.getMetadata().getPrometheusName()));
    return told;
  }

  @Test
  void rulesAndDashboardNameMetricsThatExist() throws IOException {
    Set<String> told = told();
    Set<String> unknown = new TreeSet<>();
    for (String file : List.of("prometheus-rules.yml", "grafana-dashboard.json")) {
      Matcher names =
          Pattern.compile("\\bstrowger_[a-z0-9_]+")
              .matcher(Files.readString(MIBS.resolve("nms").resolve(file)));
      int count = 0;
      while (names.find()) {
        count++;
        if (!told.contains(names.group().replaceAll("_total$", ""))) {
          unknown.add(file + ": " + names.group());
        }
      }
      assertTrue(count > 5, file + " names " + count);
    }
    assertEquals(Set.of(), unknown);
  }
}
