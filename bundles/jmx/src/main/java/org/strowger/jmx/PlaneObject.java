package org.strowger.jmx;

import java.util.List;
import org.strowger.api.PlaneState;

/** {@code type=Plane}: a forwarding plane as a whole. */
final class PlaneObject {
  static final ObjectKind<PlaneState> KIND =
      new ObjectKind<>("Plane", "A forwarding plane as a whole", fields(), List.of());

  private PlaneObject() {}

  private static List<Field<PlaneState>> fields() {
    return new Fields<PlaneState>()
        .text("Name", "Its name", PlaneState::name)
        .text(
            "Transport",
            "How it moves bytes; empty while it is not able to forward",
            PlaneState::transport)
        .gauge("ConnsHeld", "{conn}", "Connections and flows held now", PlaneState::connsHeld)
        .gauge("OpenFiles", "{file}", "File descriptors open", PlaneState::openFiles)
        .gauge("MaxFiles", "{file}", "File descriptors that may be open", PlaneState::maxFiles)
        .counter(
            "AcceptPauses",
            "{pause}",
            "Times that accepting stopped because file descriptors ran short",
            PlaneState::acceptPauses)
        .counter(
            "BufferPauses",
            "{pause}",
            "Times that reading stopped because the buffers were full",
            PlaneState::bufferPauses)
        .gauge("BufferBytes", "By", "Bytes that wait in its buffers now", PlaneState::bufferBytes)
        .counter(
            "TcNanos",
            "ns",
            "Time in the kernel's program at tc, while ProgramStatistics is on",
            p -> p.programs().tcNanos())
        .counter("TcRuns", "{run}", "Runs of that program", p -> p.programs().tcRuns())
        .counter(
            "XdpNanos",
            "ns",
            "Time in the kernel's program at XDP, while ProgramStatistics is on",
            p -> p.programs().xdpNanos())
        .counter("XdpRuns", "{run}", "Runs of that program", p -> p.programs().xdpRuns())
        .counter(
            "EventsLost",
            "{event}",
            "Begins and ends of connections that found no room on their way to the log",
            p -> p.programs().eventsLost())
        .list();
  }
}
