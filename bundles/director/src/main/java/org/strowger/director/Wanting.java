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
    List<Integer> weights = new ArrayList<>();
    BitSet reachable = new BitSet(reals.size());
    for (int i = 0; i < reals.size(); i++) {
      RealServerState state =
          Objects.requireNonNull(observation.realServers().get(reals.get(i).id()));
      OperState oper = state.operState();
      reachable.set(i, oper == OperState.UP || oper == OperState.DRAINING);
      weights.add(weight(reals.get(i), state));
    }
    Serving serving = Objects.requireNonNull(observation.servings().get(pool.name()));
    return new ServerGroup.Wanted(pool.name(), reals, weights, reachable, serving, scheduler);
  }

  /** A plane knows no pools: a drained pool has drained real servers. */
  private static RealServer inPool(Pool pool, RealServer real) {
    return pool.adminState().code() > real.adminState().code()
        ? real.withAdminState(pool.adminState())
        : real;
  }

  /** The weight that schedulers see; one that is down keeps its own, for the sake of tables. */
  private static int weight(RealServer real, RealServerState state) {
    if (real.adminState() != AdminState.IN_SERVICE) {
      return 0;
    }
    return state.operState() == OperState.UP ? state.operWeight() : real.weight();
  }
}
