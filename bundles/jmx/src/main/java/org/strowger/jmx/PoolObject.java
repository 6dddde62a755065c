package org.strowger.jmx;

import java.util.List;
import java.util.Optional;
import org.strowger.api.AdminState;
import org.strowger.api.Change;
import org.strowger.api.Coded;
import org.strowger.api.KeyPath;
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
    observed(fields);
    return fields.list();
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
