package org.strowger.director;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.AlarmType;
import org.strowger.api.BundleInventory;
import org.strowger.api.OperState;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerState;
import org.strowger.api.Reason;
import org.strowger.api.Revision;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceState;

/** Collects the conditions that are alarms, each under the name of its resource. */
final class Conditions {
  private final List<AlarmList.Condition> all = new ArrayList<>();

  void add(AlarmType type, String resource, String text) {
    all.add(AlarmList.Condition.of(type, resource, text));
  }

  void realServer(RealServerId id, RealServerState state) {
    if (state.operState() == OperState.DOWN && state.reason() != Reason.CHECK_PENDING) {
      realServer(AlarmType.REAL_DOWN, id, state.reasonText());
    }
  }

  void quorum(String pool, @Nullable Serving serving) {
    add(AlarmType.QUORUM_LOST, "pool=" + pool, serving == null ? "" : serving.why());
  }

  void realServer(AlarmType type, RealServerId id, String text) {
    add(type, "pool=" + id.pool() + ",real=" + id.real(), text);
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

  void configuration(Revision revision, Optional<String> applyFailed) {
    applyFailed.ifPresent(why -> add(AlarmType.APPLY_FAILED, "config=file", why));
    boolean differs =
        revision.lastImport().map(file -> !file.tree().equals(revision.tree())).orElse(false);
    if (differs) {
      add(
          AlarmType.STARTUP_DIFFERS,
          "config=file",
          "the operator's file differs from what runs; see: config export");
    }
  }

  List<AlarmList.Condition> all() {
    return all;
  }
}
