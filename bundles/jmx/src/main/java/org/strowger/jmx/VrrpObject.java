package org.strowger.jmx;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.MBeanOperationInfo;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularType;
import org.strowger.api.FailoverCommand;
import org.strowger.api.FailoverState;
import org.strowger.api.Role;
import org.strowger.api.Snapshot;
import org.strowger.api.VrrpInstance;
import org.strowger.api.VrrpInstanceState;

/** {@code type=Vrrp}: a VRRP instance, wanted and observed. */
final class VrrpObject {
  private static final OpenData<FailoverState.Switch> SWITCH =
      new OpenData.Builder<FailoverState.Switch>()
          .number("number", FailoverState.Switch::number)
          .text("time", each -> each.time().toString())
          .text("from", each -> each.from().word())
          .text("to", each -> each.to().word())
          .text("reason", each -> each.reason().word())
          .text("peer", each -> text(each.peer()))
          .number("durationMillis", FailoverState.Switch::durationMillis)
          .build("Switch");

  private static final TabularType SWITCHES = SWITCH.table("number");

  /** Both halves of one, and what moved. */
  record View(VrrpInstance wanted, VrrpInstanceState state, List<FailoverState.Switch> switches) {}

  static final ObjectKind<View> KIND =
      new ObjectKind<>(
          "Vrrp", "A virtual router that this director is one of", fields(), operations());

  private VrrpObject() {}

  static Optional<View> view(Snapshot snapshot, String name) {
    VrrpInstance wanted = snapshot.configuration().vrrp().instances().get(name);
    VrrpInstanceState state = snapshot.failover().instances().get(name);
    return wanted == null || state == null
        ? Optional.empty()
        : Optional.of(new View(wanted, state, switches(snapshot, name)));
  }

  private static List<FailoverState.Switch> switches(Snapshot snapshot, String name) {
    return snapshot.failover().switches().stream()
        .filter(each -> each.instance().equals(name))
        .toList();
  }

  private static List<Field<View>> fields() {
    Fields<View> fields = new Fields<>();
    fields
        .text("Name", "Name in the configuration", v -> v.wanted.name())
        .text("Interface", "Network device it speaks on", v -> v.wanted.device())
        .gauge("ProtocolVersion", "", "Of VRRP", v -> v.wanted.version())
        .gauge("RouterId", "", "VRID", v -> v.wanted.routerId())
        .gauge("WantedPriority", "", "As configured", v -> v.wanted.priority())
        .gauge("AdvertInterval", "ms", "Between adverts", v -> v.wanted.advertInterval().toMillis())
        .flag("Preempt", "Takes over from a lower one", v -> v.wanted.preempt())
        .text("Addresses", "On the active one", v -> text(v.wanted.addresses()));
    configured(fields);
    observed(fields);
    counted(fields);
    return fields.list();
  }

  private static void configured(Fields<View> fields) {
    fields
        .gauge("PreemptDelay", "ms", "Before it does so", v -> v.wanted.preemptDelay().toMillis())
        .gauge("StartDelay", "ms", "After a start", v -> v.wanted.startDelay().toMillis())
        .text("Source", "Wanted sender of adverts", v -> text(v.wanted.source()))
        .text("UnicastPeers", "Spoken to one by one", v -> text(v.wanted.unicastPeers()))
        .flag("PseudoHeader", "Checksum as in RFC 5798", v -> v.wanted.pseudoHeader())
        .gauge(
            "AnnounceInterval",
            "ms",
            "Addresses are announced again",
            v -> v.wanted.announceInterval().toMillis())
        .gauge(
            "DeadMan",
            "ms",
            "After which the kernel takes the addresses away",
            v -> v.wanted.deadMan().toMillis())
        .text("Keys", "That sign", v -> String.join(" ", v.wanted.signing().keys()))
        .flag(
            "AcceptUnsigned",
            "Adverts without a signature are taken too",
            v -> v.wanted.signing().acceptUnsigned())
        .text("Tracks", "With what is taken off the priority", v -> tracks(v.wanted))
        .flag("Duty", "Gives up if nothing can be forwarded", v -> v.wanted.duty());
  }

  private static String tracks(VrrpInstance wanted) {
    return wanted.tracks().entrySet().stream()
        .map(each -> each.getKey() + ":" + each.getValue())
        .collect(Collectors.joining(" "));
  }

  private static void observed(Fields<View> fields) {
    fields
        .word("Role", "Of this director in it", v -> v.state.role())
        .time("Since", "When it got that role", v -> v.state.since())
        .word("Reason", "Of the last change of role", v -> v.state.reason())
        .text("ReasonText", "Why it is what it is", v -> v.state.reasonText())
        .gauge("Priority", "", "That it tells; 0: takes no part", v -> v.state.priority())
        .text("Active", "Sender of the active one's adverts", v -> text(v.state.active()))
        .gauge("ActivePriority", "", "Of the active one", v -> v.state.activePriority())
        .text("Held", "Addresses that are here now", v -> text(v.state.held()))
        .gauge(
            "MasterDownMillis",
            "ms",
            "Silence of the active one after which it is given up",
            v -> v.state.masterDownMillis())
        .flag("ForcedStandby", "By an operator", v -> v.state.forcedStandby())
        .text(
            "FailedTracks",
            "What it tracks and what fails",
            v -> String.join(" ", v.state.failedTracks()))
        .counter("Transitions", "{change}", "To the active role", v -> v.state.transitions())
        .counter("Splits", "{split}", "Two were active, none gave in", v -> v.state.splits())
        .data("Switches", SWITCHES, "What moved", v -> SWITCH.rows(SWITCHES, v.switches));
  }

  private static void counted(Fields<View> fields) {
    String unit = "{advert}";
    fields
        .counter("AdvertsSent", unit, "Sent", v -> v.state.counters().advertsSent())
        .counter("AdvertsReceived", unit, "Taken", v -> v.state.counters().advertsReceived())
        .counter(
            "PrioritiesZeroSent", unit, "That resign", v -> v.state.counters().prioritiesZeroSent())
        .counter(
            "PrioritiesZeroReceived",
            unit,
            "That resign",
            v -> v.state.counters().prioritiesZeroReceived())
        .counter("SendFailures", unit, "Not sent", v -> v.state.counters().sendFailures())
        .counter(
            "ChecksumErrors", unit, "Of a wrong checksum", v -> v.state.counters().checksumErrors())
        .counter(
            "VersionErrors", unit, "Of another version", v -> v.state.counters().versionErrors())
        .counter("HopErrors", unit, "Through a router", v -> v.state.counters().hopErrors())
        .counter("LengthErrors", unit, "Ill-formed", v -> v.state.counters().lengthErrors())
        .counter(
            "AddressListErrors",
            unit,
            "Of other addresses",
            v -> v.state.counters().addressListErrors())
        .counter(
            "IntervalErrors", unit, "Of another interval", v -> v.state.counters().intervalErrors())
        .counter(
            "AuthenticationErrors",
            unit,
            "Version 2 with authentication",
            v -> v.state.counters().authenticationErrors())
        .counter("PeerErrors", unit, "Of no peer", v -> v.state.counters().peerErrors())
        .counter(
            "SignatureErrors",
            unit,
            "Not signed with a key of the instance",
            v -> v.state.counters().signatureErrors())
        .counter(
            "ReplayErrors", unit, "That had come before", v -> v.state.counters().replayErrors())
        .counter(
            "Announcements",
            "{address}",
            "Gratuitous ARP and neighbour advertisements",
            v -> v.state.counters().announcements());
  }

  private static List<Operation<View>> operations() {
    return Stream.of(FailoverCommand.values()).map(VrrpObject::operation).toList();
  }

  private static Operation<View> operation(FailoverCommand command) {
    String name =
        switch (command) {
          case SWITCH -> "switchOver";
          case FORCE_STANDBY -> "forceStandby";
          case RELEASE -> "release";
        };
    String what =
        switch (command) {
          case SWITCH -> "Hands over to another director, once";
          case FORCE_STANDBY -> "Hands over, and is never active until released";
          case RELEASE -> "Takes part again";
        };
    return new Operation<>(
        name,
        what,
        List.of(),
        SimpleType.STRING,
        MBeanOperationInfo.ACTION,
        Role.ADMIN,
        (view, door, args) -> {
          Optional<String> why =
              door.director().failover(command, view.wanted.name(), Caller.origin());
          why.ifPresent(
              sentence -> {
                throw new IllegalStateException(sentence);
              });
          return "done";
        });
  }

  private static String text(List<InetAddress> addresses) {
    return addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(" "));
  }

  private static String text(Optional<InetAddress> address) {
    return address.map(InetAddress::getHostAddress).orElse("");
  }
}
