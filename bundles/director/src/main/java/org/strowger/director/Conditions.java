package org.strowger.director;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.AlarmType;
import org.strowger.api.BundleInventory;
import org.strowger.api.Configuration;
import org.strowger.api.OperState;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerState;
import org.strowger.api.Reason;
import org.strowger.api.Revision;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceState;

/** Collects the conditions that are alarms, each under the name of its resource. */
final class Conditions {
  /** Alarms of a service that alarms of its real servers are seen with, the gravest first. */
  private static final List<AlarmType> SEEN_WITH =
      List.of(
          AlarmType.SERVICE_DOWN,
          AlarmType.SERVICE_ON_BACKUP,
          AlarmType.SERVICE_PANIC,
          AlarmType.SERVICE_DEGRADED);

  private final List<AlarmStore.Condition> all = new ArrayList<>();
  private final Map<String, List<AlarmEntry.Key>> servicesOf = new HashMap<>();

  /**
   * @param configuration says which services use a pool: what is wrong with its real servers is to
   *     be seen with what is wrong with them
   */
  Conditions(Configuration configuration) {
    for (VirtualService service : configuration.virtualServices().values()) {
      String resource = "service=" + service.name();
      for (AlarmType type : SEEN_WITH) {
        AlarmEntry.Key key = new AlarmEntry.Key(type, resource);
        servicesOf.computeIfAbsent(service.pool(), pool -> new ArrayList<>()).add(key);
        service
            .backupPool()
            .ifPresent(name -> servicesOf.computeIfAbsent(name, p -> new ArrayList<>()).add(key));
      }
    }
  }

  void add(AlarmType type, String resource, String text) {
    all.add(AlarmStore.Condition.of(type, resource, text));
  }

  private void add(AlarmType type, String resource, String text, List<AlarmEntry.Key> seenWith) {
    all.add(new AlarmStore.Condition(type, resource, type.defaultSeverity(), text, seenWith));
  }

  void realServer(RealServerId id, RealServerState state) {
    if (state.operState() == OperState.DOWN && state.reason() != Reason.CHECK_PENDING) {
      realServer(AlarmType.REAL_DOWN, id, state.reasonText());
    }
  }

  void quorum(String pool, @Nullable Serving serving) {
    add(
        AlarmType.QUORUM_LOST,
        "pool=" + pool,
        serving == null ? "" : serving.why(),
        servicesOf.getOrDefault(pool, List.of()));
  }

  void realServer(AlarmType type, RealServerId id, String text) {
    add(
        type,
        "pool=" + id.pool() + ",real=" + id.real(),
        text,
        servicesOf.getOrDefault(id.pool(), List.of()));
  }

  /**
   * A service that is on its backup pool or panics is degraded, and the alarm says how.
   *
   * @param special how it serves, if not as it should
   */
  void service(String name, VirtualServiceState state, Observation.@Nullable Mode special) {
    String resource = "service=" + name;
    if (state.operState() == OperState.DOWN) {
      boolean listening = state.reason() == Reason.RESOURCE;
      add(
          listening ? AlarmType.LISTEN_FAILED : AlarmType.SERVICE_DOWN,
          resource,
          state.reasonText());
      return;
    }
    if (special != null) {
      boolean backup = special == Observation.Mode.BACKUP;
      add(
          backup ? AlarmType.SERVICE_ON_BACKUP : AlarmType.SERVICE_PANIC,
          resource,
          state.reasonText());
    } else if (state.operState() == OperState.DEGRADED && state.reason() != Reason.NO_SCHEDULER) {
      add(AlarmType.SERVICE_DEGRADED, resource, state.reasonText());
    }
  }

  void scheduler(VirtualService service, boolean offered, boolean quarantined) {
    String resource = "service=" + service.name();
    if (!offered) {
      add(
          AlarmType.PLUGIN_MISSING,
          resource,
          "no bundle offers the scheduler " + service.scheduler());
    } else if (quarantined) {
      add(
          AlarmType.SCHEDULER_FAULTY,
          resource,
          "the scheduler " + service.scheduler() + " is quarantined; a rotation chooses");
    }
  }

  void shortage(String resource, String why) {
    add(AlarmType.RESOURCE_SHORT, "unit=director,resource=" + resource, why);
  }

  void bundle(BundleInventory.Failure failure) {
    add(AlarmType.BUNDLE_FAILED, "bundle=" + failure.bundle(), failure.why());
  }

  void damagedRevision(String text) {
    add(AlarmType.REVISION_DAMAGED, "config=revisions", text);
  }

  void configuration(Revision revision, Optional<String> applyFailed) {
    applyFailed.ifPresent(why -> add(AlarmType.APPLY_FAILED, "config=file", why));
    revision
        .pending()
        .ifPresent(
            pending ->
                add(
                    AlarmType.CONFIRM_PENDING,
                    "config=revision",
                    "revision %d of %s is taken back at %s unless it is confirmed"
                        .formatted(pending.revision(), pending.user(), pending.until())));
    boolean differs =
        revision.lastImport().map(file -> !file.tree().equals(revision.tree())).orElse(false);
    if (differs) {
      add(
          AlarmType.STARTUP_DIFFERS,
          "config=file",
          "the operator's file differs from what runs; see: config export");
    }
  }

  List<AlarmStore.Condition> all() {
    return all;
  }
}
