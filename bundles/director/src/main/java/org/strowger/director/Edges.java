package org.strowger.director;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmType;
import org.strowger.api.Configuration;
import org.strowger.api.DirectorEvent;
import org.strowger.api.HookEvent;
import org.strowger.api.OperState;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerState;
import org.strowger.api.Reason;
import org.strowger.api.VirtualServiceState;

/**
 * What happened between two observations, as hooks are told of it. What was not observed before has
 * no edge: a start is no event. Pure.
 */
final class Edges {
  /**
   * One that happened.
   *
   * @param pool that it is about, if it is about one
   * @param service that it is about, if it is about one
   */
  record Edge(
      HookEvent event,
      Optional<String> pool,
      Optional<String> service,
      Map<String, String> facts) {}

  private final Configuration wanted;
  private final String time;
  private final List<Edge> found = new ArrayList<>();

  private Edges(Configuration wanted, Instant now) {
    this.wanted = wanted;
    this.time = now.toString();
  }

  /**
   * All of them: real servers first, then quorums, services, and alarms.
   *
   * @param alarms among these events
   */
  static List<Edge> of(
      Configuration wanted,
      Observation was,
      Observation now,
      List<DirectorEvent> alarms,
      Instant time) {
    Edges edges = new Edges(wanted, time);
    now.realServers().forEach((id, state) -> edges.real(id, was.realServers().get(id), state));
    now.pools().keySet().forEach(pool -> edges.quorum(pool, was, now));
    now.services().forEach((name, state) -> edges.service(name, was.services().get(name), state));
    alarms.forEach(edges::alarm);
    return edges.found;
  }

  private Map<String, String> facts(HookEvent event, String resource) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("event", event.word());
    facts.put("time", time);
    facts.put("director", wanted.directorName());
    facts.put("resource", resource);
    return facts;
  }

  private void real(RealServerId id, @Nullable RealServerState was, RealServerState now) {
    if (was == null) {
      return;
    }
    boolean up = now.operState() == OperState.UP && was.operState() != OperState.UP;
    if (up || (down(now) && !down(was))) {
      HookEvent event = up ? HookEvent.REAL_UP : HookEvent.REAL_DOWN;
      Map<String, String> facts = facts(event, "pool=" + id.pool() + ",real=" + id.real());
      facts.put("pool", id.pool());
      facts.put("realServer", id.toString());
      wanted.realServer(id).ifPresent(real -> endpoint(facts, real));
      states(facts, was.operState(), now.operState(), now.reason(), now.reasonText());
      found.add(new Edge(event, Optional.of(id.pool()), Optional.empty(), facts));
    }
  }

  private static void endpoint(Map<String, String> facts, RealServer real) {
    facts.put("address", real.address().getHostAddress());
    facts.put("port", real.port() == RealServer.SAME_PORT ? "same" : String.valueOf(real.port()));
  }

  /** Down for more than want of a first verdict. */
  private static boolean down(RealServerState state) {
    return state.operState() == OperState.DOWN && state.reason() != Reason.CHECK_PENDING;
  }

  private static void states(
      Map<String, String> facts, OperState was, OperState now, Reason reason, String text) {
    facts.put("before", was.word());
    facts.put("state", now.word());
    facts.put("reason", reason.word());
    facts.put("text", text);
  }

  /** One without quorum at its first observation has lost it: there is nobody to serve. */
  private void quorum(String pool, Observation was, Observation now) {
    boolean lost = now.quorumLost().contains(pool);
    boolean before = was.quorumLost().contains(pool);
    if (lost == before || Objects.requireNonNull(wanted.pools().get(pool)).health().quorum() == 0) {
      return;
    }
    HookEvent event = lost ? HookEvent.QUORUM_LOST : HookEvent.QUORUM_GAINED;
    Map<String, String> facts = facts(event, "pool=" + pool);
    facts.put("pool", pool);
    facts.put("text", lost ? Objects.requireNonNull(now.servings().get(pool)).why() : "");
    found.add(new Edge(event, Optional.of(pool), Optional.empty(), facts));
  }

  private void service(String name, @Nullable VirtualServiceState was, VirtualServiceState now) {
    Optional<HookEvent> event =
        switch (now.operState()) {
          case UP -> Optional.of(HookEvent.SERVICE_UP);
          case DEGRADED -> Optional.of(HookEvent.SERVICE_DEGRADED);
          case DOWN -> Optional.of(HookEvent.SERVICE_DOWN);
          default -> Optional.empty();
        };
    if (was == null || was.operState() == now.operState() || event.isEmpty()) {
      return;
    }
    Map<String, String> facts = facts(event.get(), "service=" + name);
    facts.put("service", name);
    Optional.ofNullable(wanted.virtualServices().get(name))
        .ifPresent(
            service -> {
              facts.put("address", service.address().getHostAddress());
              facts.put("port", service.port().toString());
              facts.put("protocol", service.protocol().word());
            });
    states(facts, was.operState(), now.operState(), now.reason(), now.reasonText());
    facts.put("realsUp", String.valueOf(now.realsUp()));
    facts.put("realsTotal", String.valueOf(now.realsTotal()));
    found.add(new Edge(event.get(), Optional.empty(), Optional.of(name), facts));
  }

  private void alarm(DirectorEvent event) {
    switch (event) {
      case DirectorEvent.AlarmRaised(Alarm alarm) -> {
        alarm(HookEvent.ALARM_RAISED, alarm);
        if (alarm.type() == AlarmType.REAL_FLAPPING) {
          alarm(HookEvent.REAL_FLAPPING, alarm);
        }
      }
      case DirectorEvent.AlarmChanged(Alarm alarm) -> alarm(HookEvent.ALARM_CHANGED, alarm);
      case DirectorEvent.AlarmCleared(Alarm alarm) -> alarm(HookEvent.ALARM_CLEARED, alarm);
      default -> {}
    }
  }

  private void alarm(HookEvent event, Alarm alarm) {
    Map<String, String> facts = facts(event, alarm.resource());
    Optional<String> pool = named(alarm.resource(), "pool=");
    Optional<String> service = named(alarm.resource(), "service=");
    pool.ifPresent(name -> facts.put("pool", name));
    service.ifPresent(name -> facts.put("service", name));
    facts.put("alarm", alarm.type().word());
    facts.put("severity", alarm.severity().word());
    facts.put("alarmIndex", String.valueOf(alarm.index()));
    facts.put("alarmSequence", String.valueOf(alarm.sequence()));
    facts.put("text", alarm.text());
    found.add(new Edge(event, pool, service, facts));
  }

  private static Optional<String> named(String resource, String key) {
    return resource.startsWith(key)
        ? Optional.of(resource.substring(key.length()).split(",", 2)[0])
        : Optional.empty();
  }
}
