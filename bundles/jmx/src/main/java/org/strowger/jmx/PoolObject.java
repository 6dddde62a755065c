package org.strowger.jmx;

import java.util.List;
import java.util.Optional;
import org.strowger.api.AdminState;
import org.strowger.api.Change;
import org.strowger.api.Coded;
import org.strowger.api.InitState;
import org.strowger.api.KeyPath;
import org.strowger.api.OnDown;
import org.strowger.api.Pool;
import org.strowger.api.PoolState;
import org.strowger.api.Snapshot;

/** {@code type=Pool}: the real servers that one or several virtual services share. */
final class PoolObject {
  record View(Pool wanted, PoolState state) {}

  static final ObjectKind<View> KIND =
      new ObjectKind<>("Pool", "A pool of real servers", fields(), List.of());

  private PoolObject() {}

  static Optional<View> view(Snapshot snapshot, String name) {
    Pool wanted = snapshot.configuration().pools().get(name);
    PoolState state = snapshot.pools().get(name);
    return wanted == null || state == null
        ? Optional.empty()
        : Optional.of(new View(wanted, state));
  }

  private static List<Field<View>> fields() {
    Fields<View> fields = new Fields<>();
    fields
        .text("Name", "Its name in the configuration", v -> v.wanted.name())
        .word(
            "AdminState",
            "What the operator wants: " + Coded.words(AdminState.class),
            v -> v.wanted.adminState())
        .writable((v, value) -> new Change.Put(KeyPath.pool(v.wanted.name(), "adminState"), value))
        .number(
            "MinUp",
            "{real}",
            "While fewer of the larger priorities are up, the next priority joins",
            v -> v.wanted.minUp())
        .duration(
            "SlowStart",
            "Time in which a real server that came back gets its whole weight; 0s: at once",
            v -> v.wanted.slowStart())
        .number(
            "PanicThreshold",
            "%",
            "If a smaller share is up all are used, healthy or not; 0 is never",
            v -> v.wanted.panicThreshold());
    health(fields);
    observed(fields);
    return fields.list();
  }

  private static void health(Fields<View> fields) {
    fields
        .text(
            "Checks",
            "Health checks done for each real server",
            v -> String.join(", ", v.wanted.health().checks()))
        .number(
            "ChecksRequired",
            "{check}",
            "So many must pass; 0 is all",
            v -> v.wanted.health().checksRequired())
        .word(
            "InitState",
            "Until its checks have a first verdict: " + Coded.words(InitState.class),
            v -> v.wanted.health().initState())
        .word(
            "OnDown",
            "Live connections of one that went down: " + Coded.words(OnDown.class),
            v -> v.wanted.health().onDown())
        .flag(
            "ManualResume",
            "One that went down stays down until it is resumed",
            v -> v.wanted.health().manualResume())
        .count("Quorum", "", "Live weight it needs; 0 is none", v -> v.wanted.health().quorum())
        .count(
            "QuorumHysteresis",
            "",
            "Lost below Quorum minus this, back from Quorum plus this",
            v -> v.wanted.health().quorumHysteresis());
    ejection(fields);
  }

  private static void ejection(Fields<View> fields) {
    fields
        .number(
            "OutlierFailures",
            "{conn}",
            "Refused or reset within a second until it is ejected; 0 is never",
            v -> v.wanted.health().outlier().failures())
        .number(
            "OutlierResponseFactor",
            "",
            "Times the pool's median response time until it is ejected; 0 is never",
            v -> v.wanted.health().outlier().responseFactor())
        .duration(
            "OutlierEjection",
            "How long it is ejected the first time",
            v -> v.wanted.health().outlier().ejection())
        .duration(
            "OutlierLongestEjection",
            "How long it is ejected at most",
            v -> v.wanted.health().outlier().longestEjection())
        .number(
            "OutlierMaxEjected",
            "%",
            "Share of the pool that may be ejected at once",
            v -> v.wanted.health().outlier().maxEjected())
        .number(
            "DampingTransitions",
            "{change}",
            "Going down more often within DampingWindow holds it down; 0 is no damping",
            v -> v.wanted.health().damping().transitions())
        .duration(
            "DampingWindow",
            "The time in which its transitions are counted",
            v -> v.wanted.health().damping().window())
        .number(
            "DampingMaxHeld",
            "%",
            "Share of the pool that is held down at once for coming and going",
            v -> v.wanted.health().damping().maxHeld());
  }

  private static void observed(Fields<View> fields) {
    fields
        .word("OperState", "What is observed, in one word", v -> v.state.operState())
        .word("Reason", "Why it is so, for machines", v -> v.state.reason())
        .text("ReasonText", "Why it is so, for people", v -> v.state.reasonText())
        .time("LastChange", "When OperState last changed", v -> v.state.lastChange())
        .gauge("RealsTotal", "{real}", "Real servers", v -> v.state.realsTotal())
        .gauge("RealsUp", "{real}", "Real servers that are up", v -> v.state.realsUp())
        .gauge("RealsDraining", "{real}", "Real servers that drain", v -> v.state.realsDraining())
        .gauge("RealsDown", "{real}", "Real servers that are down", v -> v.state.realsDown())
        .gauge("WeightTotal", "", "Sum of the wanted weights", v -> v.state.weightTotal())
        .gauge("WeightUp", "", "Sum of the weights that are up", v -> v.state.weightUp())
        .gauge(
            "UsedByServices",
            "{service}",
            "Virtual services that use it",
            v -> v.state.usedByServices());
  }
}
