package org.strowger.director;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.strowger.api.AdminState;
import org.strowger.api.Choice;
import org.strowger.api.Chooser;
import org.strowger.api.Explanation;
import org.strowger.api.Flow;
import org.strowger.api.Loads;
import org.strowger.api.LookupTable;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.Scheduler;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualService;

/**
 * The decision for one new connection of one virtual service, in one straight way: in service,
 * access list, limits, persistence, guarded scheduler over the modified view of the pool, waiting,
 * and the same for the backup pool while nobody of the pool is eligible.
 *
 * <p>A connection waits in front of the backup pool, for places on real servers and for one below
 * the service's own limit alike. A scheduler that declines although somebody is eligible (a hash
 * without fallback) is obeyed: the connection is refused. A source that keeps to a real server goes
 * there whatever its priority and zone, as long as it is up, not full, and not quiesced.
 */
final class ServiceChooser implements Chooser {
  private final VirtualService service;
  private final ServiceState state;
  private final @Nullable AccessCheck access;
  private final @Nullable LimitCheck limits;
  private final @Nullable PersistenceTable persistence;
  private final ServerGroup pool;
  private final @Nullable ServerGroup backup;
  private final PickAhead picksAhead;

  /** Names of the real servers in the persistence table, by index, and the other way round. */
  private final String[] names;

  private final Map<String, Integer> indexes = new HashMap<>();

  ServiceChooser(PlaneSlot.Wanted wanted, Memory memory) {
    service = wanted.service();
    state = wanted.state();
    List<RealServer> reals = wanted.reals();
    ThresholdLatch[] latches = state.latches(reals, memory.latches(wanted.service().name()));
    pool = group(wanted.pool(), 0, latches);
    int size = wanted.pool().reals().size();
    backup = wanted.backup().map(told -> group(told, size, latches)).orElse(null);
    List<ServerGroup> groups = backup == null ? List.of(pool) : List.of(pool, backup);
    picksAhead = new PickAhead(service, groups, reals.size());
    boolean open = service.access().allow().isEmpty() && service.access().deny().isEmpty();
    access = open ? null : state.access(service.access());
    limits =
        LimitCheck.any(service, wanted.directorLimit())
            ? new LimitCheck(
                service,
                wanted.directorLimit(),
                reals.size(),
                memory,
                state.clock(),
                () -> state.sourcesForgotten().now(state.clock().getAsLong()))
            : null;
    persistence =
        service.persistence().enabled()
            ? new PersistenceTable(service, memory, state.clock())
            : null;
    names = reals.stream().map(PersistenceTable::name).toArray(String[]::new);
    for (int i = 0; i < names.length; i++) {
      indexes.put(names[i], i);
    }
  }

  private ServerGroup group(ServerGroup.Wanted told, int offset, ThresholdLatch[] latches) {
    ThresholdLatch[] own = new ThresholdLatch[told.reals().size()];
    System.arraycopy(latches, offset, own, 0, own.length);
    return new ServerGroup(told, offset, own, new FlowView(told.reals(), offset, state.clock()));
  }

  @Override
  public Choice choose(Flow flow, Loads loads, Attempt attempt) {
    if (service.adminState() != AdminState.IN_SERVICE) {
      return new Choice.Refused(Verdict.NOT_IN_SERVICE);
    }
    InetAddress client = flow.client().getAddress();
    if (access != null && !access.allows(client)) {
      return new Choice.Refused(Verdict.ACCESS_DENIED);
    }
    synchronized (state) {
      Limit limit = limits == null ? null : limits.reached(client, loads, attempt);
      if (limit != null) {
        return limited(limit, attempt);
      }
      lend(loads, attempt.tried(), false);
      return persistence == null ? chosen(flow, attempt, null) : kept(persistence, flow, attempt);
    }
  }

  private Choice limited(Limit limit, Attempt attempt) {
    if (limit == Limit.CONNECTIONS) {
      state.connectionLimit().now(state.clock().getAsLong());
      if (attempt.mayWait()) {
        return new Choice.Wait();
      }
    } else if (limit == Limit.DIRECTOR) {
      state.directorLimit().now(state.clock().getAsLong());
    }
    return new Choice.Refused(limit.verdict());
  }

  private void lend(Loads loads, BitSet tried, boolean onlyLooking) {
    pool.lend(loads, tried, onlyLooking);
    if (backup != null) {
      backup.lend(loads, tried, onlyLooking);
    }
  }

  private Choice kept(PersistenceTable table, Flow flow, Attempt attempt) {
    InetAddress source = table.source(flow.client().getAddress());
    Map.Entry<String, AtomicLongArray> entry = table.find(source);
    Integer own = entry == null ? null : indexes.get(entry.getKey());
    return switch (pick(flow, attempt, own)) {
      case Choice.Chosen(int index, _) ->
          chosen(index, flow, table.keep(source, entry, names[index]));
      case Choice.Refused refused -> refused;
      case Choice.Wait waits -> waits;
    };
  }

  private Choice chosen(Flow flow, Attempt attempt, @Nullable Integer own) {
    Choice choice = pick(flow, attempt, own);
    return limits != null && choice instanceof Choice.Chosen(int index, _)
        ? chosen(index, flow, null)
        : choice;
  }

  private Choice chosen(int index, Flow flow, @Nullable AtomicLongArray persistent) {
    AtomicLongArray limited = limits == null ? null : limits.tally(flow.client().getAddress());
    List<AtomicLongArray> tallies = new ArrayList<>(2);
    if (limited != null) {
      tallies.add(limited);
    }
    if (persistent != null) {
      tallies.add(persistent);
    }
    return new Choice.Chosen(index, tallies);
  }

  /**
   * @param own the real server that the source keeps to, if any
   */
  private Choice pick(Flow flow, Attempt attempt, @Nullable Integer own) {
    int index = pick(pool, flow, own);
    if (index != Scheduler.NONE) {
      return new Choice.Chosen(index);
    }
    boolean full = pool.full();
    if (!pool.eligible()) {
      if (full && attempt.mayWait()) {
        return new Choice.Wait();
      }
      if (backup != null) {
        index = pick(backup, flow, own);
        if (index != Scheduler.NONE) {
          return new Choice.Chosen(index);
        }
        full |= backup.full();
      }
    }
    return new Choice.Refused(verdict(full, attempt));
  }

  private int pick(ServerGroup group, Flow flow, @Nullable Integer own) {
    if (own != null && group.has(own) && group.keeps(own, service.persistence().toQuiesced())) {
      group.chosen(own);
      return own;
    }
    return group.pick(flow);
  }

  private static Verdict verdict(boolean full, Attempt attempt) {
    if (full) {
      return Verdict.CONNECTION_LIMIT;
    }
    return attempt.tried().isEmpty() ? Verdict.NO_REAL_SERVER : Verdict.CONNECT_FAILED;
  }

  @Override
  public int[] ahead(Loads loads, int used, int most) {
    if (service.adminState() != AdminState.IN_SERVICE) {
      return new int[0];
    }
    synchronized (state) {
      return picksAhead.fill(loads, used, most);
    }
  }

  @Override
  public boolean aheadByLoads() {
    synchronized (state) {
      return picksAhead.byLoads();
    }
  }

  @Override
  public Optional<LookupTable> table() {
    synchronized (state) {
      lend(Loads.NONE, new BitSet(), true);
      return backup == null || pool.weights(new int[names.length], false)
          ? pool.table()
          : backup.table();
    }
  }

  @Override
  public int[] weights(boolean everybody) {
    int[] weights = new int[names.length];
    if (service.adminState() == AdminState.IN_SERVICE) {
      synchronized (state) {
        lend(Loads.NONE, new BitSet(), true);
        boolean enough = pool.weights(weights, everybody) && !everybody;
        if (!enough && backup != null) {
          backup.weights(weights, everybody);
        }
      }
    }
    return weights;
  }

  /** Tells the real servers of both pools that are full, with {@code 10 of 10}; any thread. */
  void eachFull(Loads loads, BiConsumer<RealServerId, String> told) {
    synchronized (state) {
      lend(loads, new BitSet(), false); // so that a threshold reopens also while nobody asks
      pool.eachFull(told);
      if (backup != null) {
        backup.eachFull(told);
      }
    }
  }

  /** Whether any real server has an upper threshold. */
  boolean bounded() {
    return pool.bounded() || (backup != null && backup.bounded());
  }

  /** The lock and the marks of this service's choosers. */
  ServiceState state() {
    return state;
  }

  @Override
  public Explanation explain(Flow flow, Loads loads) {
    List<String> steps = new ArrayList<>();
    List<Explanation.Candidate> candidates = new ArrayList<>();
    synchronized (state) {
      lend(loads, new BitSet(), true);
      int index = explain(flow, loads, steps);
      pool.candidates(candidates);
      if (backup != null) {
        backup.candidates(candidates);
      }
      String chosen = index == Scheduler.NONE ? "none" : groupOf(index).id(index).toString();
      return new Explanation(
          service.name(), service.scheduler(), chosen, String.join("; ", steps), candidates);
    }
  }

  private ServerGroup groupOf(int index) {
    return backup != null && backup.has(index) ? backup : pool;
  }

  private int explain(Flow flow, Loads loads, List<String> steps) {
    InetAddress client = flow.client().getAddress();
    if (!admitted(client, loads, steps)) {
      return Scheduler.NONE;
    }
    Integer own = persistence == null ? null : own(persistence, client, steps);
    int index = explain(pool, flow, own, steps);
    if (index != Scheduler.NONE || pool.eligible()) {
      return index;
    }
    if (pool.full() && service.queue().size() > 0) {
      steps.add("it would wait for a place, " + service.queue().timeout() + " at most");
    }
    if (backup == null) {
      steps.add("there is no backup pool");
      return Scheduler.NONE;
    }
    return explain(backup, flow, own, steps);
  }

  private boolean admitted(InetAddress client, Loads loads, List<String> steps) {
    if (service.adminState() != AdminState.IN_SERVICE) {
      steps.add(Verdict.NOT_IN_SERVICE.sentence());
      return false;
    }
    if (access != null) {
      AccessCheck.Answer answer = access.explain(client);
      steps.add("access list: " + answer.why());
      if (!answer.allowed()) {
        return false;
      }
    }
    if (limits != null) {
      Limit limit = limits.wouldReach(client, loads);
      steps.add("limits: " + (limit == null ? "none is reached" : limits.text(limit)));
      if (limit == Limit.CONNECTIONS && service.queue().size() > 0) {
        steps.add("it would wait for a place, " + service.queue().timeout() + " at most");
      }
      return limit == null;
    }
    return true;
  }

  private @Nullable Integer own(PersistenceTable table, InetAddress client, List<String> steps) {
    Map.Entry<String, AtomicLongArray> entry = table.find(table.source(client));
    if (entry == null) {
      steps.add("persistence: no entry for " + table.prefix(client));
      return null;
    }
    steps.add("persistence: " + table.prefix(client) + " keeps to " + entry.getKey());
    Integer own = indexes.get(entry.getKey());
    if (own == null) {
      steps.add("which is not configured any more");
    }
    return own;
  }

  private int explain(ServerGroup group, Flow flow, @Nullable Integer own, List<String> steps) {
    group.eachFull((id, fill) -> steps.add(id + " is full: " + fill + " connections"));
    if (own != null && group.has(own)) {
      if (group.keeps(own, service.persistence().toQuiesced())) {
        steps.add("it goes there without asking the scheduler");
        return own;
      }
      steps.add("which takes no new connections now");
    }
    return group.preview(flow, steps);
  }
}
