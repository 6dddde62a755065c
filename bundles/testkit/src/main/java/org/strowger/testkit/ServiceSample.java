package org.strowger.testkit;

import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.strowger.api.OperState;
import org.strowger.api.PluginState;
import org.strowger.api.PoolState;
import org.strowger.api.Reason;
import org.strowger.api.SchedulerKind;
import org.strowger.api.SchedulerState;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualServiceCounters;
import org.strowger.api.VirtualServiceState;

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
}
