package org.strowger.metrics;

import java.util.function.ToLongFunction;
import org.strowger.api.DirectorRole;
import org.strowger.api.VrrpCounters;
import org.strowger.api.VrrpInstanceState;

/** Metrics of failover. */
final class FailoverMetrics {
  static final Kind<VrrpInstanceState> VRRP = vrrp();

  private FailoverMetrics() {}

  private static Kind<VrrpInstanceState> vrrp() {
    Kind<VrrpInstanceState> kind =
        new Kind<>("vrrp", Catalogue.named("instance", s -> s.failover().instances()));
    kind.state("role", "Of this director in it", DirectorRole.class, VrrpInstanceState::role)
        .gauge("priority", "That it tells; 0: takes no part", VrrpInstanceState::priority)
        .gauge("activePriority", "Of the active one", VrrpInstanceState::activePriority)
        .gauge("held", "Addresses that are here now", i -> (long) i.held().size())
        .gauge("forcedStandby", "1: by an operator", i -> i.forcedStandby() ? 1L : 0L)
        .gauge("failedTracks", "What it tracks and what fails", i -> (long) i.failedTracks().size())
        .counter("transitions", "Changes to the active role", VrrpInstanceState::transitions)
        .counter("splits", "Two were active, none gave in", VrrpInstanceState::splits);
    counted(kind, "advertsSent", "Adverts sent", VrrpCounters::advertsSent);
    counted(kind, "advertsReceived", "Adverts taken", VrrpCounters::advertsReceived);
    counted(kind, "sendFailures", "Adverts the kernel refused", VrrpCounters::sendFailures);
    counted(kind, "checksumErrors", "Of a wrong checksum", VrrpCounters::checksumErrors);
    counted(kind, "versionErrors", "Of another version", VrrpCounters::versionErrors);
    counted(kind, "hopErrors", "Through a router", VrrpCounters::hopErrors);
    counted(kind, "lengthErrors", "Ill-formed", VrrpCounters::lengthErrors);
    counted(kind, "addressListErrors", "Of other addresses", VrrpCounters::addressListErrors);
    counted(kind, "intervalErrors", "Of another interval", VrrpCounters::intervalErrors);
    counted(
        kind,
        "authenticationErrors",
        "Version 2 with authentication",
        VrrpCounters::authenticationErrors);
    counted(kind, "peerErrors", "Of no peer", VrrpCounters::peerErrors);
    counted(kind, "signatureErrors", "Not signed with a key of it", VrrpCounters::signatureErrors);
    counted(kind, "replayErrors", "That had come before", VrrpCounters::replayErrors);
    counted(kind, "announcements", "Of addresses", VrrpCounters::announcements);
    return kind;
  }

  private static void counted(
      Kind<VrrpInstanceState> kind, String name, String help, ToLongFunction<VrrpCounters> of) {
    Kind<VrrpInstanceState> _ = kind.counter(name, help, i -> of.applyAsLong(i.counters()));
  }
}
