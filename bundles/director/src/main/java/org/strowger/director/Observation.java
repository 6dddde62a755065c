package org.strowger.director;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.strowger.api.AdminState;
import org.strowger.api.Configuration;
import org.strowger.api.OperState;
import org.strowger.api.Pool;
import org.strowger.api.PoolState;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerState;
import org.strowger.api.Reason;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceState;

/**
 * The operational states of everything configured, derived as a whole from the evidence.
 *
 * @param servings by pool: who of it may serve
 * @param modes by virtual service in service; absent for one that serves as it should, or not at
 *     all
 * @param acting each real server with the weight and admin state that evidence gives it
 * @param quorumLost pools that lost their quorum, and have not regained it
 */
record Observation(
    Map<RealServerId, RealServerState> realServers,
    Map<String, PoolState> pools,
    Map<String, VirtualServiceState> services,
    Map<String, Serving> servings,
    Map<String, Mode> modes,
    Map<RealServerId, RealServer> acting,
    Set<String> quorumLost) {
  static final Observation NONE =
      new Observation(Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Set.of());

  /** How a service serves that does not serve as it should. */
  enum Mode {
    /** Nobody of the pool is eligible: the backup pool serves. */
    BACKUP,
    /** So few of the pool are up that all are used. */
    PANIC
  }

  /**
   * The evidence.
   *
   * @param findings what the evidence about real servers comes to; absent: nothing is known
   * @param slowWeights weights of real servers in slow start
   * @param listenFailed virtual services whose address cannot be listened on, and why
   * @param noScheduler virtual services whose scheduler no bundle offers
   * @param noForwarder virtual services whose forwarding method no plane offers
   */
  record Evidence(
      Map<RealServerId, Finding> findings,
      Map<RealServerId, Integer> slowWeights,
      Map<String, String> listenFailed,
      Set<String> noScheduler,
      Set<String> noForwarder) {
    Finding finding(RealServer real) {
      return findings.getOrDefault(real.id(), Finding.plain(real));
    }
  }

  record Judged(OperState state, Reason reason, String text) {}

  static Observation derive(
      Configuration wanted, Evidence evidence, Observation before, Instant now) {
    Map<RealServerId, RealServerState> reals = new LinkedHashMap<>();
    Map<String, PoolState> pools = new LinkedHashMap<>();
    Map<String, Serving> servings = new LinkedHashMap<>();
    Map<String, Long> users = new LinkedHashMap<>();
    Map<RealServerId, RealServer> acting = new LinkedHashMap<>();
    Set<String> quorumLost = new LinkedHashSet<>();
    for (VirtualService service : wanted.virtualServices().values()) {
      users.merge(service.pool(), 1L, Long::sum);
      service.backupPool().ifPresent(backup -> users.merge(backup, 1L, Long::sum));
    }
    for (Pool pool : wanted.pools().values()) {
      for (RealServer real : pool.realServers().values()) {
        acting.put(real.id(), evidence.finding(real).acting());
        reals.put(real.id(), real(pool, real, evidence, before.realServers.get(real.id()), now));
      }
      Optional<String> lost = Quorum.lost(pool, acting, reals, before.quorumLost);
      lost.ifPresent(why -> quorumLost.add(pool.name()));
      Serving serving =
          lost.map(Serving::nobody)
              .orElseGet(() -> serving(wanted.directorZone(), pool, acting, reals));
      servings.put(pool.name(), serving);
      int usedBy = Math.toIntExact(users.getOrDefault(pool.name(), 0L));
      PoolState was = before.pools.get(pool.name());
      pools.put(pool.name(), pool(pool, reals, serving, usedBy, was, now));
    }
    Map<String, VirtualServiceState> services = new LinkedHashMap<>();
    Map<String, Mode> modes = new LinkedHashMap<>();
    for (VirtualService service : wanted.virtualServices().values()) {
      PoolState pool = pools.get(service.pool());
      if (pool == null) {
        continue;
      }
      Mode mode = mode(service, servings);
      VirtualServiceState was = before.services.get(service.name());
      services.put(service.name(), service(service, pool, mode, evidence, was, now));
      if (mode != null && service.adminState() == AdminState.IN_SERVICE) {
        modes.put(service.name(), mode);
      }
    }
    return new Observation(reals, pools, services, servings, modes, acting, quorumLost);
  }

  private static Serving serving(
      String zone,
      Pool pool,
      Map<RealServerId, RealServer> acting,
      Map<RealServerId, RealServerState> reals) {
    boolean inService = pool.adminState() == AdminState.IN_SERVICE;
    List<Serving.Member> members = new ArrayList<>();
    for (RealServer each : pool.realServers().values()) {
      RealServer real = Objects.requireNonNull(acting.get(each.id()));
      boolean wanted = inService && real.adminState() == AdminState.IN_SERVICE && real.weight() > 0;
      boolean up = Objects.requireNonNull(reals.get(real.id())).operState() == OperState.UP;
      members.add(new Serving.Member(real.priority(), real.zone(), wanted, up));
    }
    return Serving.of(new Serving.Policy(pool.minUp(), pool.panicThreshold(), zone), members);
  }

  private static @Nullable Mode mode(VirtualService service, Map<String, Serving> servings) {
    Serving serving = Objects.requireNonNull(servings.get(service.pool()));
    if (serving.panic()) {
      return Mode.PANIC;
    }
    boolean backup =
        serving.nobody()
            && service.backupPool().map(servings::get).filter(other -> !other.nobody()).isPresent();
    return backup ? Mode.BACKUP : null;
  }

  private static RealServerState real(
      Pool pool,
      RealServer real,
      Evidence evidence,
      @Nullable RealServerState before,
      Instant now) {
    Finding finding = evidence.finding(real);
    int whole = finding.acting().weight();
    Judged judged = judge(pool, finding);
    int weight = evidence.slowWeights().getOrDefault(real.id(), whole);
    if (judged.state == OperState.UP && weight < whole) {
      String text = "slow start: weight " + weight + " of " + whole;
      judged = new Judged(OperState.UP, Reason.WARMUP, text);
    }
    boolean same = before != null && before.operState() == judged.state;
    return new RealServerState(
        judged.state,
        judged.reason,
        judged.text,
        before != null && same ? before.lastChange() : now,
        judged.state == OperState.UP ? weight : 0,
        before == null ? 0 : before.transitions() + (same ? 0 : 1));
  }

  private static Judged judge(Pool pool, Finding finding) {
    RealServer real = finding.acting();
    boolean asked = finding.reason() != Reason.NONE;
    Reason reason = asked ? finding.reason() : Reason.ADMIN_DOWN;
    if (pool.adminState() == AdminState.OUT_OF_SERVICE) {
      return new Judged(OperState.DISABLED, Reason.PARENT_DOWN, "its pool is out of service");
    }
    if (real.adminState() == AdminState.OUT_OF_SERVICE) {
      return new Judged(
          OperState.DISABLED, reason, asked ? finding.text() : "out of service by the operator");
    }
    if (finding.down().isPresent()) {
      return new Judged(OperState.DOWN, finding.down().get().reason(), finding.down().get().text());
    }
    if (pool.adminState() == AdminState.DRAIN) {
      return new Judged(OperState.DRAINING, Reason.PARENT_DOWN, "its pool is drained");
    }
    if (real.adminState() == AdminState.DRAIN) {
      return new Judged(
          OperState.DRAINING, reason, asked ? finding.text() : "drained by the operator");
    }
    if (real.weight() == 0) {
      return new Judged(
          OperState.DRAINING,
          Reason.ADMIN_DOWN,
          finding.text().isEmpty() ? "quiesced: its weight is 0" : finding.text());
    }
    return new Judged(OperState.UP, Reason.NONE, "");
  }

  private static PoolState pool(
      Pool pool,
      Map<RealServerId, RealServerState> reals,
      Serving serving,
      int usedBy,
      @Nullable PoolState before,
      Instant now) {
    Map<OperState, Integer> count = new EnumMap<>(OperState.class);
    long weightTotal = 0;
    long weightUp = 0;
    for (RealServer real : pool.realServers().values()) {
      RealServerState state = Objects.requireNonNull(reals.get(real.id()));
      count.merge(state.operState(), 1, Integer::sum);
      weightTotal += real.weight();
      weightUp += state.operWeight();
    }
    int total = pool.realServers().size();
    int up = count.getOrDefault(OperState.UP, 0);
    int down = count.getOrDefault(OperState.DOWN, 0);
    Judged judged =
        serving.panic()
            ? new Judged(OperState.DEGRADED, Reason.QUORUM_LOST, serving.why())
            : serving.closed() && pool.adminState() == AdminState.IN_SERVICE
                ? new Judged(OperState.DOWN, Reason.QUORUM_LOST, serving.why())
                : judge(pool.adminState(), total, up, down);
    return new PoolState(
        judged.state,
        judged.reason,
        judged.text,
        before != null && before.operState() == judged.state ? before.lastChange() : now,
        total,
        up,
        count.getOrDefault(OperState.DRAINING, 0),
        down,
        weightTotal,
        weightUp,
        usedBy);
  }

  private static Judged judge(AdminState admin, int total, int up, int down) {
    if (admin == AdminState.OUT_OF_SERVICE) {
      return new Judged(OperState.DISABLED, Reason.ADMIN_DOWN, "out of service by the operator");
    }
    if (admin == AdminState.DRAIN) {
      return new Judged(OperState.DRAINING, Reason.ADMIN_DOWN, "drained by the operator");
    }
    if (up == 0) {
      return new Judged(
          OperState.DOWN,
          Reason.NO_REAL,
          total == 0 ? "it has no real server" : "no real server is up");
    }
    return down > 0
        ? new Judged(OperState.DEGRADED, Reason.CONNECT_FAILED, down + " of " + total + " are down")
        : new Judged(OperState.UP, Reason.NONE, "");
  }

  private static VirtualServiceState service(
      VirtualService service,
      PoolState pool,
      @Nullable Mode mode,
      Evidence evidence,
      @Nullable VirtualServiceState before,
      Instant now) {
    Judged judged = judge(service, pool, mode, evidence);
    boolean same = before != null && before.operState() == judged.state;
    return new VirtualServiceState(
        judged.state,
        judged.reason,
        judged.text,
        before != null && same ? before.lastChange() : now,
        before == null ? 0 : before.transitions() + (same ? 0 : 1),
        pool.realsTotal(),
        pool.realsUp(),
        pool.realsDraining());
  }

  private static Judged judge(
      VirtualService service, PoolState pool, @Nullable Mode mode, Evidence evidence) {
    String name = service.name();
    String listenFailed = evidence.listenFailed().get(name);
    Function<Reason, Judged> fromPool =
        reason ->
            new Judged(OperState.DOWN, reason, "pool " + service.pool() + ": " + pool.reasonText());
    if (service.adminState() == AdminState.OUT_OF_SERVICE) {
      return new Judged(OperState.DISABLED, Reason.ADMIN_DOWN, "out of service by the operator");
    }
    if (service.adminState() == AdminState.DRAIN) {
      return new Judged(OperState.DRAINING, Reason.ADMIN_DOWN, "drained by the operator");
    }
    if (evidence.noForwarder().contains(name)) {
      return new Judged(
          OperState.DOWN,
          Reason.NO_FORWARDER,
          "no forwarding plane offers " + service.forwarding().word());
    }
    if (listenFailed != null) {
      return new Judged(OperState.DOWN, Reason.RESOURCE, listenFailed);
    }
    if (mode == Mode.BACKUP) {
      return new Judged(
          OperState.DEGRADED,
          Reason.NO_REAL,
          "pool "
              + service.pool()
              + ": "
              + pool.reasonText()
              + "; the backup pool "
              + service.backupPool().orElse("")
              + " serves");
    }
    return switch (pool.operState()) {
      case DISABLED, DRAINING -> fromPool.apply(Reason.PARENT_DOWN);
      case DOWN -> fromPool.apply(pool.reason());
      default -> alive(service, pool, evidence);
    };
  }

  private static Judged alive(VirtualService service, PoolState pool, Evidence evidence) {
    if (evidence.noScheduler().contains(service.name())) {
      return new Judged(
          OperState.DEGRADED,
          Reason.NO_SCHEDULER,
          "no bundle offers the scheduler " + service.scheduler());
    }
    return new Judged(pool.operState(), pool.reason(), pool.reasonText());
  }
}
