package org.strowger.director;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.strowger.api.AdminState;
import org.strowger.api.Configuration;
import org.strowger.api.OperState;
import org.strowger.api.Pool;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerState;
import org.strowger.api.VirtualService;

/** Works out what a virtual service needs of a plane, from what is wanted and what is observed. */
final class Wanting {
  private final Configuration wanted;
  private final Observation observation;

  Wanting(Configuration wanted, Observation observation) {
    this.wanted = wanted;
    this.observation = observation;
  }

  /**
   * @param scheduler for the pool, or (true) for the backup pool
   */
  PlaneSlot.Wanted of(
      VirtualService service, ServiceState state, Function<Boolean, GuardedScheduler> scheduler) {
    Pool pool = Objects.requireNonNull(wanted.pools().get(service.pool()));
    return new PlaneSlot.Wanted(
        service,
        service.adminState() == AdminState.IN_SERVICE,
        group(pool, scheduler.apply(false)),
        service
            .backupPool()
            .map(wanted.pools()::get)
            .map(backup -> group(backup, scheduler.apply(true))),
        wanted.connectionLimit(),
        state);
  }

  private ServerGroup.Wanted group(Pool pool, GuardedScheduler scheduler) {
    List<RealServer> reals =
        pool.realServers().values().stream().map(real -> inPool(pool, real)).toList();
    Serving serving = Objects.requireNonNull(observation.servings().get(pool.name()));
    List<Integer> weights = new ArrayList<>();
    List<RealServer> told = new ArrayList<>();
    BitSet reachable = new BitSet(reals.size());
    for (int i = 0; i < reals.size(); i++) {
      RealServerState state =
          Objects.requireNonNull(observation.realServers().get(reals.get(i).id()));
      OperState oper = state.operState();
      reachable.set(i, oper == OperState.UP || oper == OperState.DRAINING);
      boolean used = oper != OperState.DOWN || serving.panic();
      told.add(used ? reals.get(i) : down(pool, reals.get(i)));
      weights.add(weight(reals.get(i), state));
    }
    return new ServerGroup.Wanted(pool.name(), reals, told, weights, reachable, serving, scheduler);
  }

  /** A plane knows no pools: a drained pool has drained real servers. */
  private RealServer inPool(Pool pool, RealServer real) {
    AdminState own = acting(real).adminState();
    return real.withAdminState(pool.adminState().code() > own.code() ? pool.adminState() : own);
  }

  /** With the weight and admin state that evidence gives it. */
  private RealServer acting(RealServer real) {
    return observation.acting().getOrDefault(real.id(), real);
  }

  /**
   * As a plane is told of one that is down: it takes nothing even if the plane must choose by
   * itself, and its connections are cut at once, or when the drain timeout has passed.
   */
  private static RealServer down(Pool pool, RealServer real) {
    AdminState state =
        switch (pool.health().onDown()) {
          case KEEP -> real.adminState();
          case RESET -> AdminState.OUT_OF_SERVICE;
          case DRAIN_THEN_RESET -> AdminState.DRAIN;
        };
    RealServer quiet = real.withWeight(0);
    return state.code() > real.adminState().code() ? quiet.withAdminState(state) : quiet;
  }

  /** The weight that schedulers see; one that is down keeps its own, for the sake of tables. */
  private int weight(RealServer real, RealServerState state) {
    if (real.adminState() != AdminState.IN_SERVICE) {
      return 0;
    }
    return state.operState() == OperState.UP ? state.operWeight() : acting(real).weight();
  }
}
