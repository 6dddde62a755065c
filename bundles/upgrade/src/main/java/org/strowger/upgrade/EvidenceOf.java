package org.strowger.upgrade;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.strowger.api.AlarmType;
import org.strowger.api.CheckTypeState;
import org.strowger.api.Director;
import org.strowger.api.Management;
import org.strowger.api.OperState;
import org.strowger.api.PluginState;
import org.strowger.api.SchedulerState;
import org.strowger.api.Severity;
import org.strowger.api.Snapshot;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualServiceCounters;

/** What a director's snapshot says of its health, in the keeper's words: see {@link Evidence}. */
final class EvidenceOf implements Supplier<Map<String, String>> {
  /** How connections end that a healthy director would have served. */
  private static final List<Verdict> LOST =
      List.of(
          Verdict.NO_REAL_SERVER,
          Verdict.CONNECT_FAILED,
          Verdict.CONTROL_ABSENT,
          Verdict.QUEUE_EXPIRED,
          Verdict.QUEUE_FULL,
          Verdict.TABLE_FULL,
          Verdict.NO_SOURCE_PORT);

  /** Alarms about upgrades must not stand against the upgrade that mends their cause. */
  private static final Set<AlarmType> OURS =
      Set.of(AlarmType.UPGRADE_ROLLED_BACK, AlarmType.INTEGRITY_FAILURE);

  private final Supplier<@Nullable Director> director;
  private final AgentProbe probe;

  /**
   * @param director the present one; null while there is none
   */
  EvidenceOf(Supplier<@Nullable Director> director, AgentProbe probe) {
    this.director = director;
    this.probe = probe;
  }

  @Override
  public Map<String, String> get() {
    Director present = director.get();
    if (present == null) {
      return Map.of();
    }
    Snapshot snapshot = present.snapshot();
    if (snapshot.revision() == 0) {
      return Map.of(); // it has not read its configuration yet
    }
    Map<String, String> evidence = new HashMap<>();
    evidence.put(
        Evidence.DOWN,
        words(
            snapshot.services().entrySet().stream()
                .filter(each -> each.getValue().operState() == OperState.DOWN)
                .map(Map.Entry::getKey)));
    evidence.put(
        Evidence.CRITICAL,
        words(
            snapshot.activeAlarms().stream()
                .filter(alarm -> alarm.severity() == Severity.CRITICAL && !alarm.shelved())
                .filter(alarm -> !OURS.contains(alarm.type()))
                .map(alarm -> alarm.type().word() + "@" + alarm.resource().replace(' ', '_'))));
    evidence.put(Evidence.MISSING, words(missing(snapshot)));
    evidence.put(Evidence.PLANES, words(snapshot.planes().keySet().stream()));
    evidence.put(Evidence.SILENT, silent(snapshot));
    evidence.put(
        Evidence.LOST,
        Long.toString(
            snapshot.serviceCounters().values().stream().mapToLong(EvidenceOf::lost).sum()));
    return evidence;
  }

  private static Stream<String> missing(Snapshot snapshot) {
    Stream<String> schedulers =
        snapshot.schedulers().values().stream()
            .filter(each -> each.users() > 0 && each.state() != PluginState.ACTIVE)
            .map(SchedulerState::name)
            .map(name -> "scheduler:" + name);
    Stream<String> checks =
        snapshot.checkTypes().values().stream()
            .filter(each -> each.users() > 0 && each.state() != PluginState.ACTIVE)
            .map(CheckTypeState::name)
            .map(name -> "check:" + name);
    return Stream.concat(schedulers, checks);
  }

  private static long lost(VirtualServiceCounters counters) {
    return LOST.stream().mapToLong(counters::count).sum();
  }

  private String silent(Snapshot snapshot) {
    return snapshot
        .configuration()
        .management()
        .snmp()
        .filter(snmp -> !answers(snmp))
        .map(_ -> "snmp")
        .orElse("");
  }

  private boolean answers(Management.Snmp snmp) {
    return probe.answers(Objects.requireNonNull(snmp.address()), snmp.port());
  }

  private static String words(Stream<String> words) {
    return words.sorted().collect(Collectors.joining(" "));
  }
}
