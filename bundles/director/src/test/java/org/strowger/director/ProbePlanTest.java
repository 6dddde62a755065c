package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.strowger.api.HealthTable;
import org.strowger.api.ServicePath;

/** Which probes a configuration needs. */
class ProbePlanTest {
  private static Map<String, Object> service(int port, Map<String, Object> more) {
    Map<String, Object> service = new LinkedHashMap<>();
    service.put("address", "192.0.2." + (port % 200 + 1));
    service.put("port", (long) port);
    service.put("pool", "web");
    service.putAll(more);
    return service;
  }

  private static ProbePlan plan(int reals, Map<String, Object> services) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (int i = 0; i < reals; i++) {
      all.put("r" + i, Map.of("address", "198.51.100." + (i + 1), "port", 80L));
    }
    return ProbePlan.of(
        ConfigurationReader.read(
            Map.of(
                "checks",
                Map.of("alive", Map.of("type", "tcp")),
                "pools",
                Map.of("web", Map.of("checks", List.of("alive"), "realServers", all)),
                "virtualServices",
                services)));
  }

  @Test
  void aThousandServicesThatShareAHundredRealServersNeedAHundredProbes() {
    Map<String, Object> services = new HashMap<>();
    for (int i = 0; i < 1_000; i++) {
      services.put("s" + i, service(8_000 + i, Map.of()));
    }
    ProbePlan plan = plan(100, services);
    assertEquals(100, plan.probes().size());
    assertEquals(100, plan.of().size());
    assertEquals(ProbePlan.MAX_PATHS, plan.probes().getFirst().paths().size());
  }

  @Test
  void aProbeKnowsThePathsOfTheServicesThatUseItsRealServers() {
    Map<String, Object> services = new LinkedHashMap<>();
    services.put("direct", service(80, Map.of("forwarding", "direct")));
    services.put("any", service(81, Map.of("forwarding", "tunnelGue", "port", "all")));
    services.put("off", service(82, Map.of("adminState", "outOfService")));
    HealthTable.Probe probe = plan(1, services).probes().getFirst();
    assertEquals(
        List.of("direct 192.0.2.81 80 direct", "any 192.0.2.82 0 tunnelGue"),
        probe.paths().stream().map(ProbePlanTest::text).toList());
  }

  private static String text(ServicePath path) {
    return path.service()
        + " "
        + path.address().getHostAddress()
        + " "
        + path.port()
        + " "
        + path.method().word();
  }
}
