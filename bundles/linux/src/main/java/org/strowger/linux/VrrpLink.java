package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.KernelException;
import org.strowger.api.VrrpPackets;

/** A raw socket for each family, and an eventfd(2) that ends the waiting. */
final class VrrpLink implements VrrpPackets.Link {
  private static final Logger LOG = LoggerFactory.getLogger(VrrpLink.class);
  private static final int NOT_BLOCKING_CLOSED_AT_EXEC = 0x800 | 0x80000;
  private static final short POLLIN = 1;
  private static final int POLL_ENTRY = 8;

  /** SCHED_RR with a middle priority, sched(7). */
  private static final int ROUND_ROBIN = 2;

  private static final int REAL_TIME_PRIORITY = 50;

  private final Arena arena = Arena.ofShared();
  private final Descriptor wake;
  private final List<VrrpSocket> sockets = new ArrayList<>();
  private final MemorySegment polled = arena.allocate(3 * POLL_ENTRY, 8);
  private final MemorySegment timeout = arena.allocate(16, 8); // struct timespec
  private final MemorySegment eight = arena.allocate(8, 8);
  private final MemorySegment state = SystemCall.state(arena);

  /** The socket that was asked last: each has its turn, however much comes through the other. */
  private int last;

  VrrpLink() throws KernelException {
    long opened = SystemCall.EVENTFD2.make(0, NOT_BLOCKING_CLOSED_AT_EXEC);
    if (opened < 0) {
      arena.close();
      throw Errno.refused("open an eventfd", opened);
    }
    wake = new Descriptor(opened);
    try {
      sockets.add(new VrrpSocket(arena, false));
      sockets.add(new VrrpSocket(arena, true));
    } catch (KernelException refused) {
      close();
      throw refused;
    }
    poll(0, wake.number());
    poll(1, sockets.getFirst().number());
    poll(2, sockets.getLast().number());
  }

  private void poll(int index, int descriptor) {
    polled.set(JAVA_INT, (long) index * POLL_ENTRY, descriptor);
    polled.set(JAVA_SHORT, (long) index * POLL_ENTRY + 4, POLLIN);
  }

  private boolean ready(int index) {
    return polled.get(JAVA_SHORT, (long) index * POLL_ENTRY + 6) != 0;
  }

  private VrrpSocket of(boolean ipv6) {
    return ipv6 ? sockets.getLast() : sockets.getFirst();
  }

  @Override
  public void join(int device, boolean ipv6) throws KernelException {
    of(ipv6).membership(device, true);
  }

  @Override
  public void leave(int device, boolean ipv6) {
    try {
      of(ipv6).membership(device, false);
    } catch (KernelException gone) { // with its device, for example
      LOG.debug("{}", gone.getMessage());
    }
  }

  @Override
  public void send(int device, InetAddress source, InetAddress to, byte[] message)
      throws KernelException {
    of(to instanceof Inet6Address).send(device, source, to, message);
  }

  @Override
  public Optional<VrrpPackets.Packet> receive(long nanos) throws KernelException {
    Optional<VrrpPackets.Packet> there = receive();
    if (there.isPresent() || nanos <= 0) {
      return there;
    }
    timeout.set(JAVA_LONG, 0, nanos / 1_000_000_000);
    timeout.set(JAVA_LONG, 8, nanos % 1_000_000_000);
    long answer = SystemCall.PPOLL.make(state, polled.address(), 3, timeout.address(), 0, 0, 0);
    if (answer < 0 && answer != -Errno.EINTR) {
      throw Errno.refused("wait for adverts", answer);
    }
    if (answer <= 0) {
      return Optional.empty();
    }
    if (ready(0)) {
      SystemCall.READ.make(state, wake.number(), eight.address(), 8, 0, 0, 0);
    }
    return receive();
  }

  private Optional<VrrpPackets.Packet> receive() throws KernelException {
    for (int i = 0; i < sockets.size(); i++) {
      last = (last + 1) % sockets.size();
      Optional<VrrpPackets.Packet> packet = sockets.get(last).receive();
      if (packet.isPresent()) {
        return packet;
      }
    }
    return Optional.empty();
  }

  @Override
  public void wake() {
    try (Arena here = Arena.ofConfined()) {
      // A full counter refuses (EAGAIN), and then it wakes anyway.
      SystemCall.WRITE.make(wake.number(), here.allocateFrom(JAVA_LONG, 1L).address(), 8);
    }
  }

  @Override
  public Optional<String> realTime() {
    try (Arena here = Arena.ofConfined()) {
      long answer =
          SystemCall.SCHED_SETSCHEDULER.make(
              0, ROUND_ROBIN, here.allocateFrom(JAVA_INT, REAL_TIME_PRIORITY).address());
      return answer < 0
          ? Optional.of(
              "no priority of real time (CAP_SYS_NICE, or a limit RLIMIT_RTPRIO of 50): "
                  + Errno.words((int) -answer))
          : Optional.empty();
    }
  }

  @Override
  public void close() {
    sockets.forEach(VrrpSocket::close);
    wake.close();
    arena.close();
  }
}
