package org.strowger.jmx;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import javax.management.MBeanOperationInfo;
import javax.management.openmbean.SimpleType;
import org.strowger.api.AdminState;
import org.strowger.api.Explanation;
import org.strowger.api.Flow;
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
    WantedService.add(fields);
    observed(fields);
    counted(fields);
    return fields.list();
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
        .gauge(
            "ConnsWaiting",
            "{conn}",
            "Of these, those that wait for a place on a real server",
            v -> v.counters.connsWaiting())
        .counter(
            "ConnsWaited",
            "{conn}",
            "Connections that had to wait for a place on a real server",
            v -> v.counters.connsWaited())
        .counter(
            "ConnsTimedOut",
            "{conn}",
            "Connections reset because an idle time had passed; flows that ended",
            v -> v.counters.connsTimedOut())
        .counter(
            "ConnsResetByClient",
            "{conn}",
            "Connections that the client reset",
            v -> v.counters.connsResetByClient())
        .counter(
            "ConnsResetByReal",
            "{conn}",
            "Connections that the real server reset",
            v -> v.counters.connsResetByReal())
        .counter(
            "ConnRetries",
            "{try}",
            "Tries on another real server after one had failed",
            v -> v.counters.connRetries())
        .counter("BytesIn", "By", "Bytes from clients to real servers", v -> v.counters.bytesIn())
        .counter(
            "BytesOut", "By", "Bytes from real servers to clients", v -> v.counters.bytesOut());
    packets(fields);
    remembered(fields);
    fields.data(
        "Verdicts",
        Rows.VERDICTS.type(),
        "How the accepted connections ended up, one counter for each verdict",
        v -> Rows.VERDICTS.row(v.counters));
  }

  private static void packets(Fields<View> fields) {
    fields
        .counter(
            "PacketsIn",
            "{packet}",
            "Datagrams from clients; packets, where the plane sees them",
            v -> v.counters.packetsIn())
        .counter("PacketsOut", "{packet}", "Datagrams to clients", v -> v.counters.packetsOut())
        .counter(
            "PacketsDropped",
            "{packet}",
            "Datagrams that were dropped: nobody to take them, or no room",
            v -> v.counters.packetsDropped());
  }

  private static void remembered(Fields<View> fields) {
    fields
        .counter(
            "PersistHits",
            "{conn}",
            "New connections that went where their source had gone before",
            v -> v.counters.persistHits())
        .gauge(
            "PersistEntries",
            "{source}",
            "Sources remembered now",
            v -> v.counters.persistEntries())
        .counter(
            "PersistEvictions",
            "{source}",
            "Sources forgotten early because there were too many",
            v -> v.counters.persistEvictions())
        .counter(
            "LogSuppressed",
            "{line}",
            "Lines of the connection log beyond its rate",
            v -> v.counters.logSuppressed());
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
            (v, door, args) ->
                door.change(List.of(WantedService.adminState(v, AdminState.DRAIN.word())))),
        new Operation<>(
            "resume",
            "Takes new connections again: sets AdminState to inService",
            List.of(),
            SimpleType.STRING,
            MBeanOperationInfo.ACTION,
            Role.OPERATOR,
            (v, door, args) ->
                door.change(List.of(WantedService.adminState(v, AdminState.IN_SERVICE.word())))),
        new Operation<>(
            "explain",
            "Where a new connection of this client would go now, and why; has no effect",
            List.of(new Operation.Parameter("client", "ADDRESS:PORT, IPv6 as [ADDRESS]:PORT")),
            Rows.EXPLANATION.type(),
            MBeanOperationInfo.INFO,
            Role.OPERATOR,
            (v, door, args) -> explain(v, door, args.getFirst())));
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
