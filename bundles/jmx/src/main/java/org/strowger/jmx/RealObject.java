package org.strowger.jmx;

import java.util.List;
import java.util.Optional;
import javax.management.MBeanOperationInfo;
import javax.management.openmbean.SimpleType;
import org.strowger.api.AdminState;
import org.strowger.api.Change;
import org.strowger.api.Coded;
import org.strowger.api.KeyPath;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerState;
import org.strowger.api.Role;
import org.strowger.api.Snapshot;

/** {@code type=Real}: a real server as wanted, observed and counted over all services. */
final class RealObject {
  record View(RealServer wanted, RealServerState state, RealServerCounters counters) {}

  static final ObjectKind<View> KIND =
      new ObjectKind<>("Real", "A real server of a pool", fields(), operations());

  private RealObject() {}

  static Optional<View> view(Snapshot snapshot, RealServerId id) {
    Optional<RealServer> wanted = snapshot.configuration().realServer(id);
    RealServerState state = snapshot.realServers().get(id);
    return wanted.isEmpty() || state == null
        ? Optional.empty()
        : Optional.of(
            new View(
                wanted.get(),
                state,
                snapshot.realServerCounters().getOrDefault(id, RealServerCounters.ZERO)));
  }

  private static List<Field<View>> fields() {
    Fields<View> fields = new Fields<>();
    wanted(fields);
    observed(fields);
    counted(fields);
    return fields.list();
  }

  private static void wanted(Fields<View> fields) {
    fields
        .text("Id", "Pool and name, as pool/real", v -> v.wanted.id().toString())
        .text("Address", "Its address", v -> v.wanted.address().getHostAddress())
        .number(
            "Port", "", "Its port; 0 is the one that the client connected to", v -> v.wanted.port())
        .number(
            "Weight",
            "",
            "Share of new connections, 0 to 65535; 0 is quiesced",
            v -> v.wanted.weight())
        .writable((v, value) -> new Change.Put(path(v, "weight"), value))
        .number(
            "Priority",
            "",
            "Its group: while enough of larger priority are up, it does not serve",
            v -> v.wanted.priority())
        .text(
            "Forwarding",
            "How connections reach it; empty if the virtual service tells",
            v -> v.wanted.forwarding().map(Coded::word).orElse(""))
        .text("Zone", "Where it stands; empty if not told", v -> v.wanted.zone())
        .count(
            "UpperThreshold",
            "{conn}",
            "Connections held at once, at most: a hard limit; 0 is none",
            v -> v.wanted.upperThreshold())
        .tunable((v, value) -> new Change.Put(path(v, "upperThreshold"), value))
        .count(
            "LowerThreshold",
            "{conn}",
            "Once full it takes new ones below this; 0 is three quarters of UpperThreshold",
            v -> v.wanted.lowerThreshold())
        .tunable((v, value) -> new Change.Put(path(v, "lowerThreshold"), value))
        .word(
            "AdminState",
            "What the operator wants: " + Coded.words(AdminState.class),
            v -> v.wanted.adminState())
        .writable((v, value) -> new Change.Put(path(v, "adminState"), value));
  }

  private static void observed(Fields<View> fields) {
    fields
        .word("OperState", "What is observed, in one word", v -> v.state.operState())
        .word("Reason", "Why it is so, for machines", v -> v.state.reason())
        .text("ReasonText", "Why it is so, for people", v -> v.state.reasonText())
        .time("LastChange", "When OperState last changed", v -> v.state.lastChange())
        .gauge("OperWeight", "", "The weight schedulers see now", v -> v.state.operWeight())
        .counter(
            "Transitions",
            "{change}",
            "Changes of OperState since the start",
            v -> v.state.transitions());
  }

  private static void counted(Fields<View> fields) {
    fields
        .counter("Selections", "{pick}", "Times a scheduler chose it", v -> v.counters.selections())
        .counter(
            "ConnsTotal", "{conn}", "Connections established to it", v -> v.counters.connsTotal())
        .gauge("ConnsActive", "{conn}", "Connections held now", v -> v.counters.connsActive())
        .counter(
            "ConnFailures",
            "{conn}",
            "Connections it refused or did not answer in time",
            v -> v.counters.connFailures())
        .counter("BytesIn", "By", "Bytes sent to it", v -> v.counters.bytesIn())
        .counter("BytesOut", "By", "Bytes received from it", v -> v.counters.bytesOut())
        .gauge(
            "ConnsInactive",
            "{conn}",
            "Connections held now of which one direction has ended",
            v -> v.counters.connsInactive())
        .counter("ConnsReset", "{conn}", "Connections it reset", v -> v.counters.connsReset())
        .gauge(
            "ResponseMicros",
            "us",
            "Smoothed time until its answer begins; 0 while unknown",
            v -> v.counters.responseMicros());
  }

  private static List<Operation<View>> operations() {
    return List.of(
        operation(
            "drain",
            "Finishes its connections and takes no new ones: sets AdminState to drain",
            AdminState.DRAIN),
        operation(
            "resume",
            "Takes new connections again: sets AdminState to inService",
            AdminState.IN_SERVICE));
  }

  private static Operation<View> operation(String name, String description, AdminState state) {
    return new Operation<>(
        name,
        description,
        List.of(),
        SimpleType.STRING,
        MBeanOperationInfo.ACTION,
        Role.OPERATOR,
        (v, door, args) ->
            door.change(List.of(new Change.Put(path(v, "adminState"), state.word()))));
  }

  private static KeyPath path(View view, String key) {
    return KeyPath.realServer(view.wanted.id(), key);
  }
}
