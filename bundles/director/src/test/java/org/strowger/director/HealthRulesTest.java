package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.strowger.api.Check;
import org.strowger.api.CheckProvider;
import org.strowger.api.CheckResult;
import org.strowger.api.Configuration;
import org.strowger.api.HealthCheck;
import org.strowger.api.KeyPath;
import org.strowger.api.ProbeId;
import org.strowger.api.RealServerId;
import org.strowger.api.Violation;

/** Keys about health: what is wrong is named, and what is left out has its default. */
class HealthRulesTest {
  private final Map<String, Object> checks = new LinkedHashMap<>();
  private final Map<String, Object> pools = new LinkedHashMap<>();
  private final Map<String, Object> services = new LinkedHashMap<>();

  /** A type that knows the option {@code path}. */
  private static final class Http implements CheckProvider {
    @Override
    public String name() {
      return "http";
    }

    @Override
    public List<Violation> check(Map<String, Object> options, KeyPath path) {
      return options.keySet().stream()
          .filter(key -> !key.equals("path"))
          .map(key -> Violation.of(path.child(key), options.get(key), "the option path"))
          .toList();
    }

    @Override
    public Check create(Map<String, Object> options) {
      return target -> CheckResult.passed("fine");
    }
  }

  private static Map<String, Object> real(long last, Object... more) {
    Map<String, Object> real = new HashMap<>(Map.of("address", "192.0.2." + last, "port", 80L));
    for (int i = 0; i < more.length; i += 2) {
      real.put((String) more[i], more[i + 1]);
    }
    return real;
  }

  private void pool(String name, Map<String, Object> reals, Object... more) {
    Map<String, Object> pool = new HashMap<>(Map.of("realServers", reals));
    for (int i = 0; i < more.length; i += 2) {
      pool.put((String) more[i], more[i + 1]);
    }
    pools.put(name, pool);
  }

  private Map<String, Object> tree() {
    return Map.of("checks", checks, "pools", pools, "virtualServices", services);
  }

  private Configuration read() {
    assertEquals(List.of(), TreeCheck.check(tree(), Shape.ROOT));
    return ConfigurationReader.read(tree());
  }

  private List<String> wrong() {
    Map<String, CheckProvider> types = Map.of("http", new Http());
    return Rules.check(
            read(),
            new Plugins(Map.of(), types, new PluginCalls(new CallWatch(), () -> {})),
            Map.of())
        .stream()
        .map(Violation::text)
        .toList();
  }

  @Test
  void whatIsLeftOutFollowsTheInterval() {
    checks.put("alive", Map.of("type", "http", "interval", "7s", "downInterval", "20s"));
    HealthCheck check = read().checks().get("alive");
    assertEquals(7, check.risingInterval().toSeconds());
    assertEquals(7, check.retryInterval().toSeconds());
    assertEquals(20, check.longestInterval().toSeconds(), "no backoff");
    assertEquals(1, check.timeout().toSeconds());
    assertEquals(2, check.rise());
    assertEquals(3, check.fall());
  }

  @Test
  void slipsAreNamed() {
    checks.put("alive", Map.of("type", "htpp"));
    checks.put("deep", Map.of("type", "http", "options", Map.of("pth", "/")));
    checks.put("long", Map.of("type", "http", "downInterval", "9s", "longestInterval", "3s"));
    pool(
        "web",
        Map.of("a", real(1)),
        "checks",
        List.of("alive", "gone"),
        "checksRequired",
        3L,
        "quorum",
        2L,
        "quorumHysteresis",
        2L);
    assertEquals(
        List.of(
            "checks.alive.type: 'htpp': expected the name of an offered type; there is http",
            "checks.deep.options.pth: '/': expected the option path",
            "checks.long.longestInterval: '3000ms': expected no less than downInterval, which is"
                + " 9000ms",
            "pools.web.checks: 'gone': expected names of checks; there are alive, deep, long",
            "pools.web.checksRequired: '3': expected no more than the 2 checks of the pool",
            "pools.web.quorumHysteresis: '2': expected less than quorum, which is 2"),
        wrong());
  }

  @Test
  void realServersMayNotTrackInCirclesNorNobody() {
    Map<String, Object> reals = new LinkedHashMap<>();
    reals.put("a", real(1, "track", "web/b"));
    reals.put("b", real(2, "track", "web/c"));
    reals.put("c", real(3, "track", "web/a"));
    reals.put("d", real(4, "track", "web/zz"));
    reals.put("e", real(5, "track", "web/e"));
    pool("web", reals);
    String circle = "': expected a real server that does not track this one in turn";
    assertEquals(
        List.of(
            "pools.web.realServers.a.track: 'web/b" + circle,
            "pools.web.realServers.b.track: 'web/c" + circle,
            "pools.web.realServers.c.track: 'web/a" + circle,
            "pools.web.realServers.d.track: 'web/zz': expected an existing real server, written"
                + " POOL/REAL",
            "pools.web.realServers.e.track: 'web/e" + circle),
        wrong());
  }

  @Test
  void oneProbeServesEveryPoolAndServiceThatSharesAnEndpoint() {
    checks.put("alive", Map.of("type", "http"));
    Map<String, Object> reals = new LinkedHashMap<>();
    for (int i = 0; i < 100; i++) {
      reals.put("r" + i, real(i));
    }
    for (int i = 0; i < 10; i++) {
      pool("p" + i, reals, "checks", List.of("alive"));
    }
    for (int i = 0; i < 1_000; i++) {
      services.put(
          "s" + i, Map.of("address", "127.0.0.1", "port", 1_000L + i, "pool", "p" + i % 10));
    }
    ProbePlan plan = ProbePlan.of(read());
    assertEquals(100, plan.probes().size());
    assertEquals(1_000, plan.of().size());
    assertEquals(
        plan.of().get(new RealServerId("p0", "r7")), plan.of().get(new RealServerId("p9", "r7")));
  }

  @Test
  void aCheckMayLookElsewhereAndARealServerMayTakeTheClientsPort() {
    checks.put("alive", Map.of("type", "http"));
    checks.put("admin", Map.of("type", "http", "address", "192.0.2.99", "port", 8081L));
    pool(
        "web",
        Map.of("a", Map.of("address", "192.0.2.1", "port", "same")),
        "checks",
        List.of("alive", "admin"));
    services.put("s", Map.of("address", "127.0.0.1", "port", 443L, "pool", "web"));
    InetAddress own = InetAddress.ofLiteral("192.0.2.1");
    ProbeId admin = new ProbeId("admin", InetAddress.ofLiteral("192.0.2.99"), 8081);
    RealServerId a = new RealServerId("web", "a");
    assertEquals(List.of(new ProbeId("alive", own, 443), admin), ProbePlan.of(read()).of().get(a));
    services.put("t", Map.of("address", "127.0.0.1", "port", 444L, "pool", "web"));
    assertEquals(
        List.of(new ProbeId("alive", own, 0), admin),
        ProbePlan.of(read()).of().get(a),
        "nobody says which of the two");
  }
}
