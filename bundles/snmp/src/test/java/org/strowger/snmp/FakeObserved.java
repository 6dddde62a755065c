package org.strowger.snmp;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.strowger.api.BundleLifecycle;
import org.strowger.api.BundleView;
import org.strowger.api.Configuration;
import org.strowger.api.OperState;
import org.strowger.api.PluginState;
import org.strowger.api.Pool;
import org.strowger.api.PoolState;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerState;
import org.strowger.api.Reason;
import org.strowger.api.SchedulerKind;
import org.strowger.api.SchedulerState;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualServiceCounters;
import org.strowger.api.VirtualServiceState;

/** What the director in memory observes of what is wanted, and counts: always the same. */
final class FakeObserved {
  static final List<BundleView> BUNDLES =
      List.of(
          new BundleView(0, "framework", "7.0.5", BundleLifecycle.ACTIVE, 0, FakeDirector.CHANGED),
          new BundleView(
              7, "org.strowger.wire", "0.1.0", BundleLifecycle.ACTIVE, 4, FakeDirector.CHANGED),
          new BundleView(
              9, "org.strowger.api", "0.1.0", BundleLifecycle.RESOLVED, 3, FakeDirector.CHANGED));
  static final SortedMap<String, SchedulerState> SCHEDULERS = schedulers();

  private FakeObserved() {}

  private static SortedMap<String, SchedulerState> schedulers() {
    SortedMap<String, SchedulerState> schedulers = new TreeMap<>();
    schedulers.put(
        "wlc",
        new SchedulerState(
            "wlc",
            SchedulerKind.COUNTING,
            "org.strowger.schedulers",
            "0.1.0",
            PluginState.ACTIVE,
            2,
            29,
            0,
            FakeDirector.CHANGED,
            1));
    return schedulers;
  }

  static Map<String, VirtualServiceState> services(Configuration wanted) {
    Map<String, VirtualServiceState> states = new HashMap<>();
    for (String name : wanted.virtualServices().keySet()) {
      states.put(
          name,
          new VirtualServiceState(OperState.UP, Reason.NONE, "", FakeDirector.CHANGED, 1, 3, 3, 0));
    }
    return states;
  }

  static Map<String, VirtualServiceCounters> serviceCounters(Configuration wanted) {
    Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
    for (Verdict verdict : Verdict.values()) {
      verdicts.put(verdict, 1_000_000_000_000L * verdict.code());
    }
    Map<String, VirtualServiceCounters> counters = new HashMap<>();
    for (String name : wanted.virtualServices().keySet()) {
      counters.put(
          name,
          new VirtualServiceCounters(
              5_000_000_000L,
              7,
              2,
              3,
              4,
              5,
              6,
              8,
              11L << 40,
              13L << 40,
              21,
              22,
              23,
              24,
              25,
              26,
              27,
              verdicts));
    }
    return counters;
  }

  static Map<String, PoolState> pools(Configuration wanted) {
    Map<String, PoolState> states = new HashMap<>();
    for (Pool pool : wanted.pools().values()) {
      int size = pool.realServers().size();
      states.put(
          pool.name(),
          new PoolState(
              OperState.UP,
              Reason.NONE,
              "",
              FakeDirector.CHANGED,
              size,
              size,
              0,
              0,
              size,
              size,
              1));
    }
    return states;
  }

  /**
   * @param up those that answer
   */
  static Map<RealServerId, RealServerState> realServers(
      Configuration wanted, Set<RealServerId> up) {
    Map<RealServerId, RealServerState> states = new HashMap<>();
    for (Pool pool : wanted.pools().values()) {
      for (RealServer real : pool.realServers().values()) {
        states.put(
            real.id(),
            new RealServerState(
                up.contains(real.id()) ? OperState.UP : OperState.DOWN,
                Reason.CONNECT_FAILED,
                "refused",
                FakeDirector.CHANGED,
                real.weight(),
                2));
      }
    }
    return states;
  }

  static Map<RealServerId, RealServerCounters> realServerCounters(Configuration wanted) {
    Map<RealServerId, RealServerCounters> counters = new HashMap<>();
    for (Pool pool : wanted.pools().values()) {
      for (RealServer real : pool.realServers().values()) {
        counters.put(
            real.id(),
            new RealServerCounters(6_000_000_000L, 17, 3, 1, 4_294_967_296L, 5, 19, 23, 250));
      }
    }
    return counters;
  }
}
