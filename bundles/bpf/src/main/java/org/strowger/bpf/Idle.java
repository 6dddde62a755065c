package org.strowger.bpf;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.strowger.api.Timeouts;
import org.strowger.api.VirtualService;

/**
 * {@code struct timeouts}: how long a connection of a virtual service may be idle.
 *
 * @param events whether the kernel reports begin and end of its connections
 */
record Idle(
    Duration established,
    Duration closing,
    Duration closed,
    Duration flow,
    Duration halfopen,
    boolean events) {
  static final int SIZE = 24;
  private static final int EVENTS = 1;

  /** Long enough for what is sent again after the end, and for the client's port to come back. */
  private static final Duration CLOSED = Duration.ofSeconds(10);

  /** As IPVS: SYN_RECV. */
  private static final Duration HANDSHAKE = Duration.ofMinutes(1);

  /**
   * Both directions are watched as one: the shorter of both idle times counts.
   *
   * @param told another director is to hear of its connections
   */
  static Idle of(VirtualService service, boolean told) {
    Timeouts wanted = service.timeouts();
    Duration idle = shorter(wanted.clientIdle(), wanted.serverIdle());
    return new Idle(
        idle,
        wanted.halfClosed(),
        shorter(CLOSED, wanted.halfClosed()),
        wanted.flow(),
        shorter(HANDSHAKE, idle),
        told || service.connectionLog().sample() > 0);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  static Idle read(ByteBuffer octets) {
    return new Idle(
        millis(octets, 0),
        millis(octets, 4),
        millis(octets, 8),
        millis(octets, 12),
        millis(octets, 16),
        octets.getInt(20) == EVENTS);
  }

  private static Duration millis(ByteBuffer octets, int at) {
    return Duration.ofMillis(Integer.toUnsignedLong(octets.getInt(at)));
  }

  ByteBuffer octets() {
    ByteBuffer octets = Octets.zeros(SIZE);
    octets.putInt(0, (int) established.toMillis());
    octets.putInt(4, (int) closing.toMillis());
    octets.putInt(8, (int) closed.toMillis());
    octets.putInt(12, (int) flow.toMillis());
    octets.putInt(16, (int) halfopen.toMillis());
    octets.putInt(20, events ? EVENTS : 0);
    return octets;
  }
}
