package org.strowger.testkit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.strowger.api.AdminState;
import org.strowger.api.AlarmSettings;
import org.strowger.api.BundleLifecycle;
import org.strowger.api.BundleView;
import org.strowger.api.Configuration;
import org.strowger.api.Explanation;
import org.strowger.api.Flow;
import org.strowger.api.Hooks;
import org.strowger.api.KernelSettings;
import org.strowger.api.Management;
import org.strowger.api.OperState;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.PlaneState;
import org.strowger.api.PluginState;
import org.strowger.api.Pool;
import org.strowger.api.PoolState;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerState;
import org.strowger.api.Reason;
import org.strowger.api.RevisionSummary;
import org.strowger.api.SchedulerKind;
import org.strowger.api.SchedulerState;
import org.strowger.api.Sync;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceCounters;
import org.strowger.api.VirtualServiceState;
import org.strowger.api.Vrrp;

/** What the fake director counts of its service, and the scheduler that it uses. */
final class ServiceSample {
  static final VirtualServiceCounters COUNTERS =
      new VirtualServiceCounters(
          100,
          10,
          2,
          3,
          4,
          5,
          6,
          7,
          1_000,
          2_000,
          11,
          12,
          13,
          14,
          15,
          16,
          17,
          Map.of(Verdict.ACCEPTED, 100L));

  private ServiceSample() {}

  static SortedMap<String, SchedulerState> schedulers(Instant start) {
    return new TreeMap<>(
        Map.of(
            "wlc",
            new SchedulerState(
                "wlc",
                SchedulerKind.COUNTING,
                "org.strowger.schedulers",
                "0.1.0",
                PluginState.ACTIVE,
                1,
                100,
                0,
                start,
                0)));
  }

  /** Of a virtual service all of whose real servers are up. */
  static VirtualServiceState state(int reals, Instant since) {
    return new VirtualServiceState(OperState.UP, Reason.NONE, "3 of 3", since, 1, reals, reals, 0);
  }

  /** Of their pool. */
  static PoolState pool(int reals, Instant since) {
    return new PoolState(OperState.UP, Reason.NONE, "", since, reals, reals, 0, 0, reals, reals, 1);
  }

  static SortedMap<String, PlaneState> planes() {
    return new TreeMap<>(
        Map.of("relay", new PlaneState("relay", "io_uring", 10, 90, 1_024, 1, 2, 65_536)));
  }

  static Explanation explanation(String service, Flow flow) {
    return new Explanation(
        service,
        "wlc",
        "web/a",
        "least connections for " + flow.client().getAddress().getHostAddress(),
        List.of(new Explanation.Candidate(new RealServerId("web", "a"), 1, true, 0, 0)));
  }

  /** Of a real server that is up. */
  static RealServerState state(RealServer real, Instant since) {
    int weight = real.adminState() == AdminState.IN_SERVICE ? real.weight() : 0;
    return new RealServerState(OperState.UP, Reason.NONE, "accepts", since, weight, 1);
  }

  static RevisionSummary revision(long number, Instant at) {
    return new RevisionSummary(
        number, at, new Origin(OriginKind.FACTORY, "strowger", "factory"), "");
  }

  static List<BundleView> bundles(Instant since) {
    return List.of(
        new BundleView(3, "org.strowger.api", "0.1.0", BundleLifecycle.ACTIVE, 5, since));
  }

  static Configuration configuration(
      Pool pool, VirtualService web, Management management, boolean pair, Sync sync) {
    return new Configuration(
        "lab-1",
        "",
        0,
        Optional.empty(),
        KernelSettings.at(""),
        Map.of("ready", HealthSample.CHECK),
        Map.of("web", pool),
        Map.of("web", web),
        management,
        Hooks.NONE,
        true,
        AlarmSettings.STANDARD,
        pair ? FailoverSample.WANTED : Vrrp.NONE,
        sync);
  }
}
