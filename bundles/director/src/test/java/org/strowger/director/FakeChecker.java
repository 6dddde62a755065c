package org.strowger.director;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.strowger.api.HealthChecker;
import org.strowger.api.HealthListener;
import org.strowger.api.HealthState;
import org.strowger.api.HealthTable;
import org.strowger.api.ProbeId;
import org.strowger.api.ProbeState;
import org.strowger.api.ProbeVerdict;

/** A checker that finds what the test says, and goes on where another one ended. */
final class FakeChecker implements HealthChecker {
  private final Map<ProbeId, ProbeState> states = new ConcurrentHashMap<>();
  private volatile Optional<HealthListener> listener = Optional.empty();
  volatile HealthState state = HealthState.NONE;

  @Override
  public synchronized void apply(HealthTable table, HealthListener told) {
    Map<ProbeId, ProbeState> wanted = new ConcurrentHashMap<>();
    for (HealthTable.Probe probe : table.probes()) {
      ProbeState own = states.get(probe.id());
      ProbeState known = table.known().get(probe.id());
      boolean ownCounts = own != null && own.looks() > 0;
      wanted.put(
          probe.id(), ownCounts || known == null ? Optional.ofNullable(own).orElse(known) : known);
    }
    boolean news = listener.filter(told::equals).isEmpty();
    listener = Optional.of(told);
    states.clear();
    states.putAll(wanted);
    if (news) {
      states.forEach(
          (id, each) -> {
            if (each.looks() > 0) {
              told.on(id, each);
            }
          });
    }
  }

  @Override
  public HealthReport report() {
    return new HealthReport(state, states);
  }

  int probes() {
    return states.size();
  }

  ProbeState known(int port) {
    return states.get(id(port));
  }

  void says(int port, ProbeVerdict verdict, String text) {
    says(port, CheckedTest.state(verdict, text, OptionalInt.empty(), Optional.empty()));
  }

  void says(int port, ProbeState said) {
    ProbeId id = id(port);
    states.put(id, said);
    listener.ifPresent(told -> told.on(id, said));
  }

  void maintenance(Set<String> files) {
    listener.ifPresent(told -> told.maintenance(files));
  }

  private ProbeId id(int port) {
    return states.keySet().stream().filter(id -> id.port() == port).findFirst().orElseThrow();
  }
}
