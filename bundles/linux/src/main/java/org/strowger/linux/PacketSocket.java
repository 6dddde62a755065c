package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.strowger.api.KernelException;
import org.strowger.api.MacAddress;

/**
 * A packet(7) socket that hears only the answer it waits for: a classic filter in the kernel leaves
 * out everything else, however much traffic there is. Used by one thread.
 */
final class PacketSocket implements AutoCloseable {
  private static final int AF_PACKET = 17;

  /** SOCK_DGRAM: without the link's header; not blocking, closed at exec. */
  private static final int KIND = 2 | 0x800 | 0x80000;

  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int ETH_P_ALL = 3;

  /** SKF_AD_OFF + SKF_AD_PROTOCOL, linux/filter.h. */
  private static final int PROTOCOL_OF_FRAME = -0x1000;

  private static final int DONT_WAIT = 0x40;
  private static final int RECEIVE = 256;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(2_048, 8);
  private final MemorySegment peer = arena.allocate(20, 4);
  private final Descriptor socket;
  private final String operation;

  /**
   * @param operation for what is wrong: {@code knock at 192.0.2.1}
   */
  PacketSocket(String operation, Awaited awaited) throws KernelException {
    this.operation = operation;
    long opened = SystemCall.SOCKET.make(AF_PACKET, KIND, 0); // hears nothing yet
    if (opened < 0) {
      arena.close();
      throw Errno.refused(operation, opened);
    }
    socket = new Descriptor(opened);
    try {
      filter(awaited.filter());
      MemorySegment everywhere = arena.allocate(20, 4); // struct sockaddr_ll
      everywhere.set(JAVA_SHORT, 0, (short) AF_PACKET);
      everywhere.set(JAVA_SHORT, 2, Short.reverseBytes((short) ETH_P_ALL));
      refuse(SystemCall.BIND.make(socket.number(), everywhere.address(), 20));
    } catch (KernelException thrown) {
      close();
      throw thrown;
    }
  }

  private void refuse(long answer) throws KernelException {
    if (answer < 0) {
      throw Errno.refused(operation, answer);
    }
  }

  private void filter(List<Step> steps) throws KernelException {
    MemorySegment program = arena.allocate(8L * steps.size(), 8); // struct sock_filter
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      program.set(JAVA_SHORT, 8L * i, (short) step.code);
      // A comparison that fails jumps to the last step, which takes nothing.
      boolean compares = step.code == Step.EQUAL;
      program.set(JAVA_BYTE, 8L * i + 3, (byte) (compares ? steps.size() - 2 - i : 0));
      program.set(JAVA_INT, 8L * i + 4, step.value);
    }
    MemorySegment whole = arena.allocate(16, 8); // struct sock_fprog
    whole.set(JAVA_SHORT, 0, (short) steps.size());
    whole.set(JAVA_LONG, 8, program.address());
    refuse(
        SystemCall.SETSOCKOPT.make(
            socket.number(), SOL_SOCKET, SO_ATTACH_FILTER, whole.address(), 16));
  }

  /** One instruction of a classic filter, linux/filter.h. */
  record Step(int code, int value) {
    static final int WORD = 0x20;
    static final int HALF = 0x28;
    static final int BYTE = 0x30;
    static final int HALF_BEHIND_HEADER = 0x48;
    static final int BYTE_BEHIND_HEADER = 0x50;
    static final int IPV4_HEADER = 0xb1;
    static final int EQUAL = 0x15;
    static final int TAKE = 0x06;
  }

  /** What is waited for. */
  sealed interface Awaited {
    List<Step> filter();

    private static void compare(List<Step> steps, int load, int at, int value) {
      steps.add(new Step(load, at));
      steps.add(new Step(Step.EQUAL, value));
    }

    private static List<Step> taken(List<Step> steps) {
      steps.add(new Step(Step.TAKE, 0xffff));
      steps.add(new Step(Step.TAKE, 0));
      return steps;
    }
  }

  /** An ARP reply that says who has this address (RFC 826). */
  record Claim(Inet4Address whose) implements Awaited {
    /** Link address of the one who says so. */
    static MacAddress station(ByteBuffer reply) {
      byte[] station = new byte[6];
      reply.get(8, station);
      return MacAddress.of(station);
    }

    @Override
    public List<Step> filter() {
      List<Step> steps = new ArrayList<>();
      Awaited.compare(steps, Step.HALF, PROTOCOL_OF_FRAME, Packet.ARP);
      Awaited.compare(steps, Step.HALF, 6, 2);
      Awaited.compare(steps, Step.WORD, 14, ByteBuffer.wrap(whose.getAddress()).getInt(0));
      return Awaited.taken(steps);
    }
  }

  /**
   * The answer that is waited for.
   *
   * @param port that answers, 0 for an ICMP echo
   * @param ours the port, or the id of the echo, that it is for
   */
  record Answer(InetAddress from, int port, InetAddress to, int ours) implements Awaited {
    @Override
    public List<Step> filter() {
      List<Step> steps = new ArrayList<>();
      boolean four = from instanceof Inet4Address;
      int protocol = port != 0 ? 6 : four ? 1 : 58;
      Awaited.compare(steps, Step.BYTE, four ? 9 : 6, protocol);
      words(steps, four ? 12 : 8, from);
      words(steps, four ? 16 : 24, to);
      if (four) {
        steps.add(new Step(Step.IPV4_HEADER, 0));
      }
      int half = four ? Step.HALF_BEHIND_HEADER : Step.HALF;
      int base = four ? 0 : 40;
      if (port != 0) {
        Awaited.compare(steps, half, base, port);
        Awaited.compare(steps, half, base + 2, ours);
      } else {
        Awaited.compare(steps, four ? Step.BYTE_BEHIND_HEADER : Step.BYTE, base, four ? 0 : 129);
        Awaited.compare(steps, half, base + 4, ours);
      }
      return Awaited.taken(steps);
    }

    private static void words(List<Step> steps, int at, InetAddress address) {
      ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
      for (int i = 0; i < bytes.capacity(); i += 4) {
        Awaited.compare(steps, Step.WORD, at + i, bytes.getInt(i));
      }
    }
  }

  /**
   * Sends a packet to a station.
   *
   * @param type Ethernet's, such as {@link Packet#IPV4}
   */
  void send(int device, MacAddress station, int type, ByteBuffer packet) throws KernelException {
    buffer.copyFrom(MemorySegment.ofBuffer(packet));
    peer.set(JAVA_SHORT, 0, (short) AF_PACKET);
    peer.set(JAVA_SHORT, 2, Short.reverseBytes((short) type));
    peer.set(JAVA_INT, 4, device);
    peer.set(JAVA_BYTE, 11, (byte) 6);
    MemorySegment.copy(station.bytes(), 0, peer, JAVA_BYTE, 12, 6);
    refuse(
        SystemCall.SENDTO.make(
            socket.number(), buffer.address(), packet.remaining(), 0, peer.address(), 20));
  }

  /** An answer that has come, from its network header on. */
  Optional<ByteBuffer> receive() throws KernelException {
    long received =
        SystemCall.RECVFROM.make(socket.number(), buffer.address(), RECEIVE, DONT_WAIT, 0, 0);
    if (received == -Errno.EAGAIN || received == -Errno.EINTR) {
      return Optional.empty();
    }
    refuse(received);
    byte[] copy = buffer.asSlice(0, received).toArray(JAVA_BYTE);
    return Optional.of(ByteBuffer.wrap(copy).order(ByteOrder.BIG_ENDIAN));
  }

  @Override
  public void close() {
    socket.close();
    arena.close();
  }
}
