package org.strowger.snmp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverState;
import org.strowger.api.NetworkDeviceState;
import org.strowger.api.Snapshot;
import org.strowger.api.VrrpCounters;

/**
 * What VRRPV3-MIB (RFC 6527) tells since the last look: vrrpv3NewMaster each time that an instance
 * became active, vrrpv3ProtoError when adverts came that broke the protocol. The latter anybody on
 * the link can cause: while errors of a kind go on they are told once, the counters tell the rest.
 * What was there at the first look is not told. The agent's thread only.
 */
final class VrrpWatch {
  /** An error of a kind that did not come for so long is news when it comes again. */
  static final Duration QUIET = Duration.ofMinutes(1);

  /** By vrrpv3StatisticsProtoErrReason; of other routers' adverts (4) nobody knows. */
  private static final SortedMap<Integer, ToLongFunction<VrrpCounters>> KINDS =
      new TreeMap<>(
          Map.of(
              1, VrrpCounters::hopErrors,
              2, VrrpCounters::versionErrors,
              3, VrrpCounters::checksumErrors));

  private static final VrrpCounters ZERO =
      new VrrpCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  private record Kind(String instance, int reason) {}

  private final VrrpErrors errors;
  private final LongSupplier nanoTime;
  private OptionalLong told = OptionalLong.empty();
  private boolean looked;
  private Map<String, VrrpCounters> known = new HashMap<>();

  /** When each kind of error came last. */
  private Map<Kind, Long> cameAt = new HashMap<>();

  private Map<String, Integer> last = new HashMap<>();

  /**
   * @param errors where the last one of each instance is to be seen
   */
  VrrpWatch(VrrpErrors errors, LongSupplier nanoTime) {
    this.errors = errors;
    this.nanoTime = nanoTime;
  }

  List<Notification> look(Snapshot now, List<NetworkDeviceState> devices, long upTime) {
    List<VrrpObjects.Row> rows = VrrpObjects.rows(now, devices);
    List<Notification> all = new ArrayList<>(newMasters(now.failover(), rows, upTime));
    all.addAll(protocolErrors(rows, upTime));
    return all;
  }

  private List<Notification> newMasters(
      FailoverState now, List<VrrpObjects.Row> rows, long upTime) {
    long newest = now.switches().stream().mapToLong(FailoverState.Switch::number).max().orElse(0);
    long before = told.orElse(newest);
    told = OptionalLong.of(newest);
    List<Notification> all = new ArrayList<>();
    for (FailoverState.Switch each : now.switches().reversed()) {
      if (each.number() > before && each.to() == DirectorRole.ACTIVE) {
        rows.stream()
            .filter(row -> row.wanted().name().equals(each.instance()))
            .forEach(row -> all.add(VrrpObjects.newMaster(row, each.reason(), upTime)));
      }
    }
    return all;
  }

  private List<Notification> protocolErrors(List<VrrpObjects.Row> rows, long upTime) {
    List<Notification> all = new ArrayList<>();
    Map<String, VrrpCounters> counted = new HashMap<>();
    Map<Kind, Long> came = new HashMap<>();
    Map<String, Integer> reasons = new HashMap<>();
    long nanos = nanoTime.getAsLong();
    for (VrrpObjects.Row row : rows) {
      String name = row.wanted().name();
      VrrpCounters now = row.state().counters();
      VrrpCounters before = known.getOrDefault(name, looked ? ZERO : now);
      counted.put(name, now);
      if (last.containsKey(name)) {
        reasons.put(name, last.get(name));
      }
      KINDS.forEach(
          (reason, of) -> {
            Kind kind = new Kind(name, reason);
            Long then = cameAt.get(kind);
            boolean again = grew(of.applyAsLong(before), of.applyAsLong(now));
            if (again) {
              reasons.put(name, reason);
              if (then == null || nanos - then >= QUIET.toNanos()) {
                all.add(VrrpObjects.protocolError(row, reason, upTime));
              }
              came.put(kind, nanos);
            } else if (then != null) {
              came.put(kind, then);
            }
          });
    }
    known = counted;
    cameAt = came;
    last = reasons;
    looked = true;
    errors.are(reasons);
    return all;
  }

  /** One that counts anew, because the instance is another one, has begun at 0. */
  private static boolean grew(long before, long now) {
    return now > (now < before ? 0 : before);
  }
}
