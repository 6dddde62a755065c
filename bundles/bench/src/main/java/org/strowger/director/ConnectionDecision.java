package org.strowger.director;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.strowger.api.Choice;
import org.strowger.api.Chooser;
import org.strowger.api.Configuration;
import org.strowger.api.Flow;
import org.strowger.api.Loads;
import org.strowger.api.Protocol;
import org.strowger.schedulers.Schedulers;

/**
 * The whole decision for one new connection, as a plane asks for it: access list, limits,
 * persistence, guarded scheduler. In this package because it measures what the director builds, and
 * the bundle shows nobody how.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ConnectionDecision {
  private static final int FLOWS = 65_536;

  /** What the service has beside its scheduler. */
  @Param({"plain", "access", "limits", "persistence", "all"})
  public String step = "plain";

  @Param({"rr", "wlc", "mh"})
  public String scheduler = "rr";

  @Param("10")
  public int reals = 10;

  private final Flow[] flows = new Flow[FLOWS];
  private @Nullable ServiceChooser chooser;
  private int next;

  private static final Loads LOADS =
      new Loads() {
        @Override
        public long active(int index) {
          return index & 7;
        }

        @Override
        public long inactive(int index) {
          return 0;
        }
      };

  @Setup
  public void setUp() throws UnknownHostException {
    SplittableRandom seeded = new SplittableRandom(7);
    InetSocketAddress at = new InetSocketAddress(InetAddress.getByName("192.0.2.1"), 443);
    for (int i = 0; i < FLOWS; i++) {
      byte[] client = new byte[4];
      seeded.nextBytes(client);
      flows[i] =
          new Flow(
              Protocol.TCP,
              new InetSocketAddress(InetAddress.getByAddress(client), 1024 + i % 60_000),
              at);
    }
    chooser = chooser(ConfigurationReader.read(tree()));
    for (Flow flow : flows) { // sources that come again, as most do
      Choice _ = chooser.choose(flow, LOADS, Chooser.Attempt.first(false));
    }
  }

  private Map<String, Object> tree() {
    Map<String, Object> service = new HashMap<>();
    service.put("address", "192.0.2.1");
    service.put("port", 443L);
    service.put("pool", "web");
    service.put("scheduler", scheduler);
    if (step.equals("access") || step.equals("all")) {
      List<String> denied = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        denied.add("10." + i / 256 + "." + i % 256 + ".0/24");
      }
      service.put("access", Map.of("deny", denied));
    }
    if (step.equals("limits") || step.equals("all")) {
      service.put("limits", Map.of("connections", 1_000_000L, "ratePerSource", 1_000_000L));
    }
    if (step.equals("persistence") || step.equals("all")) {
      service.put("persistence", Map.of("timeout", "5m", "entries", (long) FLOWS));
    }
    Map<String, Object> members = new LinkedHashMap<>();
    for (int i = 0; i < reals; i++) {
      members.put("r" + i, Map.of("address", "198.51.100." + (1 + i % 250), "port", 80L + i));
    }
    return Map.of(
        "pools",
        Map.of("web", Map.of("realServers", members)),
        "virtualServices",
        Map.of("web", service));
  }

  private ServiceChooser chooser(Configuration wanted) {
    Observation observation =
        Observation.derive(
            wanted,
            new Observation.Evidence(Map.of(), Map.of(), Map.of(), Set.of(), Set.of()),
            Observation.NONE,
            Instant.EPOCH);
    PlaneSlot.Wanted told =
        new Wanting(wanted, observation)
            .of(
                Objects.requireNonNull(wanted.virtualServices().get("web")),
                new ServiceState(System::nanoTime),
                backup -> guarded());
    return new ServiceChooser(told, new Memory(new ConcurrentHashMap<>()));
  }

  private GuardedScheduler guarded() {
    return new GuardedScheduler(
        "web",
        scheduler,
        Schedulers.providers().stream()
            .filter(provider -> provider.name().equals(scheduler))
            .findFirst()
            .orElseThrow()
            .create(Map.of()),
        RandomGenerator.of("L64X128MixRandom"),
        () -> {},
        new CallWatch());
  }

  @Benchmark
  public Choice decide() {
    next = (next + 1) & (FLOWS - 1);
    return Objects.requireNonNull(chooser).choose(flows[next], LOADS, Chooser.Attempt.first(false));
  }
}
