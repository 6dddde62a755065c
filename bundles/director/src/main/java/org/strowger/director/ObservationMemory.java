package org.strowger.director;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Coded;
import org.strowger.api.Configuration;
import org.strowger.api.OperState;
import org.strowger.api.Pool;
import org.strowger.api.PoolState;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerState;
import org.strowger.api.Reason;
import org.strowger.api.VirtualServiceState;

/**
 * What was observed, in JDK types, as it is kept in a plane's memory for another director's bundle:
 * since when, how often it changed, and which quorums are lost. What follows from the evidence of
 * now is not kept. Cells are added to at the end, never given another meaning.
 */
final class ObservationMemory {
  private static final String REAL = "real|";
  private static final String POOL = "pool|";
  private static final String SERVICE = "service|";

  /** Cells of all: state, reason, text, last change, transitions. */
  private static final int CELLS = 5;

  private ObservationMemory() {}

  static void write(Observation observation, Map<String, Object> memory) {
    Map<String, Object> now = new HashMap<>();
    observation
        .realServers()
        .forEach(
            (id, state) ->
                now.put(
                    REAL + id,
                    List.of(
                        state.operState().word(),
                        state.reason().word(),
                        state.reasonText(),
                        state.lastChange(),
                        state.transitions(),
                        state.operWeight())));
    observation
        .pools()
        .forEach(
            (name, state) ->
                now.put(
                    POOL + name,
                    List.of(
                        state.operState().word(),
                        state.reason().word(),
                        state.reasonText(),
                        state.lastChange(),
                        0L,
                        observation.quorumLost().contains(name))));
    observation
        .services()
        .forEach(
            (name, state) ->
                now.put(
                    SERVICE + name,
                    List.of(
                        state.operState().word(),
                        state.reason().word(),
                        state.reasonText(),
                        state.lastChange(),
                        state.transitions())));
    memory.keySet().retainAll(now.keySet());
    memory.putAll(now);
  }

  private record Cells(
      OperState state, Reason reason, String text, Instant since, long transitions, Object more) {}

  /** What another one wrote about what is wanted now. */
  static Observation read(Map<String, Object> memory, Configuration wanted) {
    Map<RealServerId, RealServerState> reals = new HashMap<>();
    Map<String, PoolState> pools = new HashMap<>();
    Set<String> quorumLost = new HashSet<>();
    for (Pool pool : wanted.pools().values()) {
      cells(memory.get(POOL + pool.name()))
          .ifPresent(
              cells -> {
                pools.put(pool.name(), pool(cells));
                if (Boolean.TRUE.equals(cells.more)) {
                  quorumLost.add(pool.name());
                }
              });
      for (RealServer real : pool.realServers().values()) {
        cells(memory.get(REAL + real.id())).ifPresent(cells -> reals.put(real.id(), real(cells)));
      }
    }
    Map<String, VirtualServiceState> services = new HashMap<>();
    for (String name : wanted.virtualServices().keySet()) {
      cells(memory.get(SERVICE + name)).ifPresent(cells -> services.put(name, service(cells)));
    }
    return new Observation(reals, pools, services, Map.of(), Map.of(), Map.of(), quorumLost);
  }

  private static RealServerState real(Cells cells) {
    return new RealServerState(
        cells.state,
        cells.reason,
        cells.text,
        cells.since,
        cells.more instanceof Integer weight ? weight : 0,
        cells.transitions);
  }

  private static PoolState pool(Cells cells) {
    return new PoolState(cells.state, cells.reason, cells.text, cells.since, 0, 0, 0, 0, 0, 0, 0);
  }

  private static VirtualServiceState service(Cells cells) {
    return new VirtualServiceState(
        cells.state, cells.reason, cells.text, cells.since, cells.transitions, 0, 0, 0);
  }

  /** Empty if it was written by a version that had other types here. */
  private static Optional<Cells> cells(@Nullable Object written) {
    if (!(written instanceof List<?> list) || list.size() < CELLS) {
      return Optional.empty();
    }
    List<Object> all = new ArrayList<>(list);
    Optional<OperState> state = Coded.byWord(OperState.class, String.valueOf(all.get(0)));
    Optional<Reason> reason = Coded.byWord(Reason.class, String.valueOf(all.get(1)));
    return state.isPresent()
            && reason.isPresent()
            && all.get(2) instanceof String text
            && all.get(3) instanceof Instant since
            && all.get(4) instanceof Long transitions
        ? Optional.of(
            new Cells(
                state.get(),
                reason.get(),
                text,
                since,
                transitions,
                all.size() > CELLS ? all.get(CELLS) : ""))
        : Optional.empty();
  }
}
