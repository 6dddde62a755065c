package org.strowger.wire;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads what comes to many ports of one address to a few listening sockets, by a socket lookup
 * program of the kernel (Documentation/bpf/prog_sk_lookup.rst, since 5.9), which lives as long as
 * this object's link.
 *
 * <p>The program looks at nothing but family, protocol, address and port, and lets everything else
 * pass: other addresses of the machine, its management above all, are never led anywhere. The
 * sockets are one SO_REUSEPORT group: the program names one of them and the kernel spreads over the
 * group by hash. An accepted socket's own address tells the port that the client meant.
 *
 * <p>Of several programs that choose the last attached one wins (the flag REPLACE), so a wire that
 * takes over attaches its own before the old one closes, and in between both lead to the same
 * group. If its sockets are gone it lets everything pass.
 */
final class Steering implements AutoCloseable {
  static final int TCP = 6;
  static final int UDP = 17;

  private static final Logger log = LoggerFactory.getLogger(Steering.class);
  private final List<FileDescriptor> held;

  private Steering(List<FileDescriptor> held) {
    this.held = held;
  }

  /**
   * Why this cannot be done for a service, one clause with what to do; empty if it may be tried.
   */
  static String missing(WantedService wanted, Transport transport) {
    String many =
        wanted.ports()
            + " ports are more than the "
            + Limits.PORTS_BOUND
            + " that are bound one by one, and the kernel's socket lookup ";
    if (wanted.address().getAddress().isAnyLocalAddress()) {
      return many
          + "would take every port of this machine on the wildcard address: give the"
          + " service an address of its own";
    }
    if (transport == Transport.NIO) {
      return many
          + "is not possible with transport nio: use io_uring or epoll"
          + " (strowger.transport)";
    }
    return "";
  }

  /**
   * Leads the ports of one address to these sockets, from now until {@link #close}.
   *
   * @param protocol {@link #TCP} or {@link #UDP}
   * @param sockets bound, of TCP listening, one SO_REUSEPORT group; they stay the caller's
   * @throws IOException with a sentence for the operator
   */
  static Steering attach(
      int protocol, InetAddress address, int first, int last, List<Integer> sockets)
      throws IOException {
    List<FileDescriptor> held = new java.util.ArrayList<>();
    boolean attached = false;
    try {
      int map = Bpf.socketMap(sockets.size());
      held.add(new FileDescriptor(map));
      for (int i = 0; i < sockets.size(); i++) {
        Bpf.put(map, i, sockets.get(i));
      }
      int program = Bpf.load(LookupProgram.of(protocol, address, first, last, map));
      held.add(new FileDescriptor(program));
      held.add(new FileDescriptor(Bpf.attachToOwnNamespace(program)));
      attached = true;
      return new Steering(held);
    } finally {
      if (!attached) {
        close(held);
      }
    }
  }

  /** Leads nothing any more; the sockets stay open. */
  @Override
  public void close() {
    close(held.reversed());
  }

  private static void close(List<FileDescriptor> descriptors) {
    for (FileDescriptor each : descriptors) {
      try {
        each.close();
      } catch (IOException e) {
        log.atWarn().setCause(e).log("cannot close {}", each);
      }
    }
  }
}
