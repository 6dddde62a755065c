package org.strowger.jmx;

import org.strowger.api.AdminState;
import org.strowger.api.Change;
import org.strowger.api.Coded;
import org.strowger.api.KeyPath;
import org.strowger.jmx.ServiceObject.View;

/** The attributes of a virtual service that show its keys in the configuration. */
final class WantedService {
  private WantedService() {}

  static void add(Fields<View> fields) {
    identity(fields);
    choice(fields);
    timeouts(fields);
    queue(fields);
    limits(fields);
    persistence(fields);
    clients(fields);
    fields
        .word(
            "AdminState",
            "What the operator wants: " + Coded.words(AdminState.class),
            v -> v.wanted().adminState())
        .writable((v, value) -> adminState(v, (String) value));
  }

  static Change adminState(View view, String word) {
    return new Change.Put(KeyPath.virtualService(view.wanted().name(), "adminState"), word);
  }

  private static Change put(View view, String branch, String key, Object value) {
    return new Change.Put(KeyPath.virtualService(view.wanted().name(), branch).child(key), value);
  }

  private static void identity(Fields<View> fields) {
    fields
        .text("Name", "Its name in the configuration", v -> v.wanted().name())
        .text("Address", "Address that clients use", v -> v.wanted().address().getHostAddress())
        .text("Port", "Port that clients use; a range, or all", v -> v.wanted().port().toString())
        .number("PortLast", "", "The last of the ports", v -> v.wanted().port().last())
        .word("Protocol", "Transport protocol", v -> v.wanted().protocol())
        .flag(
            "OnePacket",
            "UDP: each datagram is scheduled alone, no flow is kept",
            v -> v.wanted().onePacket())
        .flag(
            "TransparentSource",
            "Real servers see the client's address as the source",
            v -> v.wanted().transparentSource());
  }

  private static void choice(Fields<View> fields) {
    fields
        .text("Scheduler", "Name of its scheduler", v -> v.wanted().scheduler())
        .text(
            "SchedulerOptions",
            "Options of the scheduler",
            v -> v.wanted().schedulerOptions().toString())
        .text("Pool", "Name of the pool of its real servers", v -> v.wanted().pool())
        .text(
            "BackupPool",
            "Name of the pool that serves while nobody of Pool can; empty if none",
            v -> v.wanted().backupPool().orElse(""))
        .word("Forwarding", "Forwarding method", v -> v.wanted().forwarding())
        .number(
            "ConnectTries",
            "",
            "Real servers tried for one connection before it is given up",
            v -> v.wanted().connectTries());
  }

  private static void timeouts(Fields<View> fields) {
    fields
        .duration(
            "ConnectTimeout",
            "Time a real server has to accept a connection",
            v -> v.wanted().timeouts().connect())
        .duration(
            "ClientIdleTimeout",
            "Time without a byte to or from the client until both ends get a reset",
            v -> v.wanted().timeouts().clientIdle())
        .duration(
            "ServerIdleTimeout",
            "Time without a byte to or from the real server until both ends get a reset",
            v -> v.wanted().timeouts().serverIdle())
        .duration(
            "HalfClosedTimeout",
            "Time without a byte once one direction has ended",
            v -> v.wanted().timeouts().halfClosed())
        .duration(
            "FlowTimeout", "Time until a silent UDP flow ends", v -> v.wanted().timeouts().flow())
        .duration(
            "DrainTimeout",
            "Time for connections of what was drained or removed; 0s: as long as they like",
            v -> v.wanted().timeouts().drain())
        .tunable((v, value) -> put(v, "timeouts", "drain", value));
  }

  private static void queue(Fields<View> fields) {
    fields
        .number(
            "QueueSize",
            "{conn}",
            "Connections that wait while every real server is full, at most; 0: none",
            v -> v.wanted().queue().size())
        .duration("QueueTimeout", "Their longest wait", v -> v.wanted().queue().timeout());
  }

  private static void limits(Fields<View> fields) {
    fields
        .count(
            "LimitConns",
            "{conn}",
            "Connections held at once, at most; 0 is no limit",
            v -> v.wanted().limits().connections())
        .tunable((v, value) -> put(v, "limits", "connections", value))
        .count(
            "LimitConnsPerSource",
            "{conn}",
            "Connections held at once by one source, at most; 0 is no limit",
            v -> v.wanted().limits().connectionsPerSource())
        .count(
            "LimitRate",
            "{conn}/s",
            "New connections a second, at most; 0 is no limit",
            v -> v.wanted().limits().rate())
        .tunable((v, value) -> put(v, "limits", "rate", value))
        .count(
            "LimitBurst",
            "{conn}",
            "New connections at once in spite of LimitRate; 0 is one second's worth",
            v -> v.wanted().limits().burst())
        .count(
            "LimitRatePerSource",
            "{conn}/s",
            "New connections a second of one source, at most; 0 is no limit",
            v -> v.wanted().limits().ratePerSource())
        .count(
            "LimitBurstPerSource",
            "{conn}",
            "New ones of one source at once; 0 is one second's worth",
            v -> v.wanted().limits().burstPerSource());
    prefixes(fields);
  }

  private static void prefixes(Fields<View> fields) {
    fields
        .number(
            "LimitPrefixIpv4",
            "bit",
            "Bits of an IPv4 address that make a source, for the limits",
            v -> v.wanted().limits().sourcePrefixIpv4())
        .number(
            "LimitPrefixIpv6",
            "bit",
            "Bits of an IPv6 address that make a source, for the limits",
            v -> v.wanted().limits().sourcePrefixIpv6())
        .number(
            "PersistPrefixIpv4",
            "bit",
            "Bits of an IPv4 address that make a source, for persistence",
            v -> v.wanted().persistence().prefixIpv4())
        .number(
            "PersistPrefixIpv6",
            "bit",
            "Bits of an IPv6 address that make a source, for persistence",
            v -> v.wanted().persistence().prefixIpv6());
  }

  private static void persistence(Fields<View> fields) {
    fields
        .duration(
            "PersistTimeout",
            "Time a source stays on its real server after its last connection; 0s: no persistence",
            v -> v.wanted().persistence().timeout())
        .tunable((v, value) -> put(v, "persistence", "timeout", value))
        .flag(
            "PersistToQuiesced",
            "A source stays even if its real server is quiesced",
            v -> v.wanted().persistence().toQuiesced())
        .number(
            "PersistEntriesMax",
            "{source}",
            "Sources remembered, at most",
            v -> v.wanted().persistence().entries());
  }

  private static void clients(Fields<View> fields) {
    fields
        .prefixes("AccessAllow", "From where clients may connect", v -> v.wanted().access().allow())
        .prefixes("AccessDeny", "From where they may not", v -> v.wanted().access().deny())
        .word(
            "ProxySend",
            "Header of the PROXY protocol to the real servers",
            v -> v.wanted().proxyProtocol().send())
        .prefixes(
            "ProxyAcceptFrom",
            "Who in front must send a header of the PROXY protocol",
            v -> v.wanted().proxyProtocol().acceptFrom())
        .number(
            "LogSample",
            "{conn}",
            "Every how many connections one is logged; 0: none",
            v -> v.wanted().connectionLog().sample())
        .tunable((v, value) -> put(v, "connectionLog", "sample", value))
        .number(
            "LogRate",
            "{line}/s",
            "Lines of the connection log a second, at most",
            v -> v.wanted().connectionLog().rate());
  }
}
