package org.strowger.testkit;

import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.strowger.api.PluginState;
import org.strowger.api.SchedulerKind;
import org.strowger.api.SchedulerState;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualServiceCounters;

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
}
