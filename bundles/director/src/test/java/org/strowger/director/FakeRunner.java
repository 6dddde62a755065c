package org.strowger.director;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.strowger.api.HookCall;
import org.strowger.api.HookRunner;
import org.strowger.api.HookState;

/** Writes down what it should run; holds it in line while told so. */
final class FakeRunner implements HookRunner {
  final List<HookCall> calls = new CopyOnWriteArrayList<>();
  final List<HookCall> held = new CopyOnWriteArrayList<>();
  volatile boolean holds;
  private final Map<String, HookState> states = new ConcurrentHashMap<>();
  private volatile Runnable changed = () -> {};

  @Override
  public void apply(Set<String> wanted, Runnable told) {
    changed = told;
    states.keySet().retainAll(wanted);
    wanted.forEach(name -> states.putIfAbsent(name, HookState.idle(name)));
  }

  @Override
  public void run(HookCall call) {
    (holds ? held : calls).add(call);
  }

  @Override
  public Map<String, HookState> report() {
    return Map.copyOf(states);
  }

  @Override
  public List<HookCall> takeBack() {
    List<HookCall> back = new ArrayList<>(held);
    held.clear();
    return back;
  }

  void fails(String name, String text) {
    states.put(name, new HookState(name, 1, 1, 0, 0, 0, true, false, Optional.empty(), text));
    changed.run();
  }

  void runsAgain(String name) {
    states.put(
        name, new HookState(name, 2, 1, 0, 0, 0, false, false, Optional.empty(), "exit code 0"));
    changed.run();
  }
}
