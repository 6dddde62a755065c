package org.strowger.jmx;

import java.util.List;

/** {@code type=Connector}: how this way of management is used. */
final class ConnectorObject {
  /** Counters of the connector since the bundle started. */
  record View(
      String address, long sessions, long refused, long logins, long loginFailures, long denied) {}

  record Counted(View view, long dropped) {}

  static final ObjectKind<Counted> KIND =
      new ObjectKind<>("Connector", "Remote access through JMX", fields(), List.of());

  private ConnectorObject() {}

  private static List<Field<Counted>> fields() {
    return new Fields<Counted>()
        .text("Address", "Where it listens; empty if it does not", c -> c.view.address())
        .gauge("Sessions", "{session}", "Sessions open now", c -> c.view.sessions())
        .number(
            "ConnectionLimit",
            "{conn}",
            "Connections open at a time",
            c -> CallerSockets.CONNECTION_LIMIT)
        .counter(
            "ConnectionsRefused",
            "{conn}",
            "Connections closed because of ConnectionLimit",
            c -> c.view.refused())
        .counter("Logins", "{login}", "Right logins", c -> c.view.logins())
        .counter("LoginFailures", "{login}", "Wrong logins", c -> c.view.loginFailures())
        .counter("CallsDenied", "{call}", "Calls a role does not permit", c -> c.view.denied())
        .counter(
            "NotificationsDropped",
            "{event}",
            "Notifications dropped because listeners were too slow",
            Counted::dropped)
        .list();
  }
}
