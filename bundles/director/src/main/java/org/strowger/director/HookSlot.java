package org.strowger.director;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AlarmType;
import org.strowger.api.Configuration;
import org.strowger.api.Hook;
import org.strowger.api.HookCall;
import org.strowger.api.HookRunner;
import org.strowger.api.HookState;
import org.strowger.api.Hooks;

/**
 * The runner of hooks: what it is told, and what it reported. While none is there, as while its
 * bundle is replaced, calls are kept for the next one. Any thread; nothing here waits for a hook.
 */
final class HookSlot {
  /** Calls kept while nobody runs them; a further one drops the oldest. */
  static final int MAX_KEPT = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(HookSlot.class);

  private final Runnable wake;
  private final Deque<HookCall> kept = new ArrayDeque<>();
  private final Map<String, Long> dropped = new HashMap<>();
  private Map<String, HookState> reported = Map.of();
  private Set<String> wanted = Set.of();
  private @Nullable HookRunner runner;

  HookSlot(Runnable wake) {
    this.wake = wake;
  }

  synchronized void came(HookRunner present) {
    takeBack(); // from the one before it, if that is there still
    runner = present;
    guarded(() -> present.apply(wanted, wake));
    for (HookCall call = kept.poll(); call != null; call = kept.poll()) {
      HookCall next = call;
      guarded(() -> present.run(next));
    }
    wake.run();
  }

  synchronized void went(HookRunner gone) {
    if (gone.equals(runner)) { // a replacement is bound before the old one is unbound
      takeBack();
      runner = null;
      wake.run();
    }
  }

  private void takeBack() {
    HookRunner present = runner;
    if (present != null) {
      guarded(() -> reported = Map.copyOf(present.report()));
      guarded(() -> present.takeBack().forEach(this::keep));
    }
  }

  /** What happened, told to those hooks that are for it. */
  synchronized void tell(Configuration configuration, List<Edges.Edge> edges, Instant now) {
    Hooks hooks = configuration.hooks();
    if (!hooks.byName().keySet().equals(wanted)) {
      wanted = Set.copyOf(hooks.byName().keySet());
      kept.removeIf(call -> !wanted.contains(call.hook().name()));
      dropped.keySet().retainAll(wanted);
      HookRunner present = runner;
      if (present != null) {
        guarded(() -> present.apply(wanted, wake));
      }
    }
    if (wanted.isEmpty()) {
      return;
    }
    for (Edges.Edge edge : edges) {
      for (String name : names(configuration, edge)) {
        Hook hook = hooks.byName().get(name);
        if (hook != null && hook.events().contains(edge.event())) {
          run(new HookCall(hook, edge.event(), now, edge.facts()));
        }
      }
    }
  }

  /** The director's own, then those of the pool or service, each once. */
  private static Set<String> names(Configuration configuration, Edges.Edge edge) {
    Hooks hooks = configuration.hooks();
    Set<String> names = new LinkedHashSet<>(hooks.ofDirector());
    edge.pool().ifPresent(pool -> names.addAll(hooks.ofPools().getOrDefault(pool, List.of())));
    edge.service()
        .ifPresent(service -> names.addAll(hooks.ofServices().getOrDefault(service, List.of())));
    boolean quorum =
        switch (edge.event()) {
          case QUORUM_LOST, QUORUM_GAINED -> true;
          default -> false;
        };
    if (quorum) {
      configuration.virtualServices().values().stream()
          .filter(service -> edge.pool().filter(service.pool()::equals).isPresent())
          .map(service -> hooks.ofServices().getOrDefault(service.name(), List.of()))
          .forEach(names::addAll);
    }
    return names;
  }

  private void run(HookCall call) {
    HookRunner present = runner;
    if (present == null) {
      keep(call);
    } else {
      guarded(() -> present.run(call));
    }
  }

  private void keep(HookCall call) {
    if (kept.size() >= MAX_KEPT) {
      HookCall oldest = kept.removeFirst();
      dropped.merge(oldest.hook().name(), 1L, Long::sum);
    }
    kept.addLast(call);
  }

  private static void guarded(Runnable asking) {
    try {
      asking.run();
    } catch (RuntimeException | LinkageError thrown) { // one being replaced
      LOG.atWarn().setCause(thrown).log("the runner of hooks failed");
    }
  }

  /** States of the wanted hooks; while nobody runs them, as last reported. */
  synchronized SortedMap<String, HookState> states() {
    HookRunner present = runner;
    if (present != null) {
      guarded(() -> reported = Map.copyOf(present.report()));
    }
    SortedMap<String, HookState> states = new TreeMap<>();
    for (String name : wanted) {
      HookState state = reported.getOrDefault(name, HookState.idle(name));
      long waits = kept.stream().filter(call -> call.hook().name().equals(name)).count();
      states.put(name, more(state, dropped.getOrDefault(name, 0L), (int) waits));
    }
    return states;
  }

  private static HookState more(HookState state, long dropped, int waiting) {
    return dropped + waiting == 0
        ? state
        : new HookState(
            state.name(),
            state.runs(),
            state.failures(),
            state.timeouts(),
            state.dropped() + dropped,
            state.waiting() + waiting,
            state.failing(),
            state.overflowing() || (dropped > 0 && waiting > 0),
            state.lastTime(),
            state.lastText());
  }

  /** What of them is an alarm. */
  void conditions(Conditions conditions) {
    Collection<HookState> states = states().values();
    for (HookState state : states) {
      String resource = "hook=" + state.name();
      if (state.failing()) {
        conditions.add(AlarmType.HOOK_FAILED, resource, state.lastText());
      }
      if (state.overflowing()) {
        String text = "too many calls wait: the oldest were dropped";
        conditions.add(AlarmType.HOOK_OVERFLOW, resource, text);
      }
    }
    boolean missing;
    synchronized (this) {
      missing = runner == null && !wanted.isEmpty();
    }
    if (missing) {
      conditions.add(
          AlarmType.PLUGIN_MISSING, "unit=hooks", "no bundle runs hooks; up to 1000 calls wait");
    }
  }
}
