package org.strowger.jmx;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import javax.management.MBeanOperationInfo;
import javax.management.openmbean.SimpleType;
import org.strowger.api.AdminState;
import org.strowger.api.Change;
import org.strowger.api.Coded;
import org.strowger.api.Explanation;
import org.strowger.api.Flow;
import org.strowger.api.KeyPath;
import org.strowger.api.Role;
import org.strowger.api.Snapshot;
import org.strowger.api.VirtualService;
import org.strowger.api.VirtualServiceCounters;
import org.strowger.api.VirtualServiceState;

/** {@code type=Service}: a virtual service as wanted, observed and counted. */
final class ServiceObject {
  record View(VirtualService wanted, VirtualServiceState state, VirtualServiceCounters counters) {}

  static final ObjectKind<View> KIND =
      new ObjectKind<>(
          "Service", "A virtual service: what clients connect to", fields(), operations());

  private ServiceObject() {}

  static Optional<View> view(Snapshot snapshot, String name) {
    VirtualService wanted = snapshot.configuration().virtualServices().get(name);
    VirtualServiceState state = snapshot.services().get(name);
    return wanted == null || state == null
        ? Optional.empty()
        : Optional.of(
            new View(
                wanted,
                state,
                snapshot.serviceCounters().getOrDefault(name, VirtualServiceCounters.ZERO)));
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
        .text("Name", "Its name in the configuration", v -> v.wanted.name())
        .text("Address", "Address that clients use", v -> v.wanted.address().getHostAddress())
        .text("Port", "Port that clients use; a range, or all", v -> v.wanted.port().toString())
        .word("Protocol", "Transport protocol", v -> v.wanted.protocol())
        .text("Scheduler", "Name of its scheduler", v -> v.wanted.scheduler())
        .text(
            "SchedulerOptions",
            "Options of the scheduler",
            v -> v.wanted.schedulerOptions().toString())
        .text("Pool", "Name of the pool of its real servers", v -> v.wanted.pool())
        .word("Forwarding", "Forwarding method", v -> v.wanted.forwarding())
        .duration(
            "ConnectTimeout",
            "Time a real server has to accept a connection",
            v -> v.wanted.timeouts().connect())
        .number(
            "ConnectTries",
            "",
            "Real servers tried for one connection before it is given up",
            v -> v.wanted.connectTries())
        .word(
            "AdminState",
            "What the operator wants: " + Coded.words(AdminState.class),
            v -> v.wanted.adminState())
        .writable((v, value) -> adminState(v, (String) value));
  }

  private static void observed(Fields<View> fields) {
    fields
        .word("OperState", "What is observed, in one word", v -> v.state.operState())
        .word("Reason", "Why it is so, for machines", v -> v.state.reason())
        .text("ReasonText", "Why it is so, for people", v -> v.state.reasonText())
        .time("LastChange", "When OperState last changed", v -> v.state.lastChange())
        .counter(
            "Transitions",
            "{change}",
            "Changes of OperState since the start",
            v -> v.state.transitions())
        .gauge("RealsTotal", "{real}", "Real servers of its pool", v -> v.state.realsTotal())
        .gauge("RealsUp", "{real}", "Real servers that are up", v -> v.state.realsUp())
        .gauge(
            "RealsDraining",
            "{real}",
            "Real servers that finish their connections and take no new ones",
            v -> v.state.realsDraining());
  }

  private static void counted(Fields<View> fields) {
    fields
        .counter(
            "ConnsTotal",
            "{conn}",
            "Connections accepted from clients",
            v -> v.counters.connsTotal())
        .gauge("ConnsActive", "{conn}", "Connections held now", v -> v.counters.connsActive())
        .counter("BytesIn", "By", "Bytes from clients to real servers", v -> v.counters.bytesIn())
        .counter("BytesOut", "By", "Bytes from real servers to clients", v -> v.counters.bytesOut())
        .data(
            "Verdicts",
            Rows.VERDICTS.type(),
            "How the accepted connections ended up, one counter for each verdict",
            v -> Rows.VERDICTS.row(v.counters));
  }

  private static List<Operation<View>> operations() {
    return List.of(
        new Operation<>(
            "drain",
            "Finishes its connections and takes no new ones: sets AdminState to drain",
            List.of(),
            SimpleType.STRING,
            MBeanOperationInfo.ACTION,
            Role.OPERATOR,
            (v, door, args) -> door.change(List.of(adminState(v, AdminState.DRAIN.word())))),
        new Operation<>(
            "resume",
            "Takes new connections again: sets AdminState to inService",
            List.of(),
            SimpleType.STRING,
            MBeanOperationInfo.ACTION,
            Role.OPERATOR,
            (v, door, args) -> door.change(List.of(adminState(v, AdminState.IN_SERVICE.word())))),
        new Operation<>(
            "explain",
            "Where a new connection of this client would go now, and why; has no effect",
            List.of(new Operation.Parameter("client", "ADDRESS:PORT, IPv6 as [ADDRESS]:PORT")),
            Rows.EXPLANATION.type(),
            MBeanOperationInfo.INFO,
            Role.OPERATOR,
            (v, door, args) -> explain(v, door, args.getFirst())));
  }

  private static Change adminState(View view, String word) {
    return new Change.Put(KeyPath.virtualService(view.wanted.name(), "adminState"), word);
  }

  private static Object explain(View view, DirectorDoor door, String client) {
    VirtualService service = view.wanted;
    InetSocketAddress destination = 
        new InetSocketAddress(service.address(), service.port().first());
    Flow flow = new Flow(service.protocol(), parse(client), destination);
    Optional<Explanation> explanation = door.director().explain(service.name(), flow);
    return Rows.EXPLANATION.row(
        explanation.orElseThrow(
            () -> new IllegalStateException(service.name() + " is no longer configured")));
  }

  private static InetSocketAddress parse(String client) {
    int colon = client.lastIndexOf(':');
    try {
      InetAddress address = InetAddress.ofLiteral(client.substring(0, Math.max(0, colon)));
      return new InetSocketAddress(address, Integer.parseInt(client.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "client: '" + client + "': expected ADDRESS:PORT, IPv6 as [ADDRESS]:PORT", e);
    }
  }
}
