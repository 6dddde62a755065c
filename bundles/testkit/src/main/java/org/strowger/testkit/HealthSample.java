package org.strowger.testkit;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.strowger.api.AdminState;
import org.strowger.api.CheckTypeState;
import org.strowger.api.HealthCheck;
import org.strowger.api.HealthState;
import org.strowger.api.HookState;
import org.strowger.api.PluginState;
import org.strowger.api.ProbeId;
import org.strowger.api.ProbeState;
import org.strowger.api.ProbeVerdict;
import org.strowger.api.RealServerId;
import org.strowger.api.Why;

/** One health check with one probe of one real server, as a director would show them. */
public final class HealthSample {
  public static final HealthCheck CHECK =
      new HealthCheck(
          "ready",
          "http",
          Duration.ofSeconds(2),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofMillis(500),
          Duration.ofSeconds(60),
          Duration.ofSeconds(1),
          2,
          3,
          Optional.empty(),
          HealthCheck.PORT_OF_REAL_SERVER,
          Optional.of(InetAddress.ofLiteral("127.0.0.1")),
          Map.of("path", "/ready"));

  public static final ProbeId PROBE =
      new ProbeId("ready", InetAddress.ofLiteral("127.0.0.1"), 9001);

  public static final HealthState STATE = new HealthState(1, 2, 500, 1_000, 4, 5, 250);

  private HealthSample() {}

  /** A probe that passes with everything that a result can carry, after one that failed. */
  public static SortedMap<ProbeId, ProbeState> probes(Instant at) {
    ProbeState.Result failed =
        new ProbeState.Result(
            at.minusSeconds(2), false, Duration.ofMillis(3), "status 503, expected 200-299");
    ProbeState.Result passed =
        new ProbeState.Result(at, true, Duration.ofMillis(2), "HTTP/1.1 200 OK, 24 bytes");
    ProbeState state =
        new ProbeState(
            ProbeVerdict.PASSED,
            at,
            3,
            100,
            7,
            1,
            "the director cannot look",
            2,
            OptionalInt.of(40),
            Optional.of(AdminState.IN_SERVICE),
            Optional.of("certificate CN=localhost expires on 2026-12-01, in 8 d"),
            List.of(passed, failed));
    return new TreeMap<>(Map.of(PROBE, state));
  }

  /** The probe is that of this real server. */
  public static Map<RealServerId, List<ProbeId>> probesOf(RealServerId id) {
    return Map.of(id, List.of(PROBE));
  }

  /** What the real server's state came from. */
  public static List<Why.Evidence> evidence() {
    return List.of(
        new Why.Evidence("plane", true, "accepts"),
        new Why.Evidence("check ready", true, "HTTP/1.1 200 OK, 24 bytes"));
  }

  public static SortedMap<String, CheckTypeState> types(Instant at) {
    return new TreeMap<>(
        Map.of(
            "http",
            new CheckTypeState(
                "http", "org.strowger.checks", "0.1.0", PluginState.ACTIVE, 1, at, 1)));
  }

  /** A hook that failed once. */
  public static SortedMap<String, HookState> hooks(Instant at) {
    return new TreeMap<>(
        Map.of(
            "page",
            new HookState(
                "page", 9, 1, 1, 2, 3, true, false, Optional.of(at), "exit code 3: it is broken")));
  }
}
