package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.strowger.api.KernelException;

/**
 * A socket of rtnetlink(7). It belongs to the network namespace of the thread that opened it, and
 * to one thread at a time.
 */
final class Netlink implements AutoCloseable {
  private static final int AF_NETLINK = 16;
  private static final int RAW_AND_CLOSED_ON_EXEC = 3 | 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RECEIVE_BUFFER = 8;
  private static final int SO_RECEIVE_TIMEOUT = 20;
  private static final int SOL_NETLINK = 270;
  private static final int EXTENDED_ACKNOWLEDGE = 11;

  private static final int ERROR = 2;
  private static final int DONE = 3;
  private static final int INTERRUPTED = 0x10;
  private static final int ACK_HAS_ATTRIBUTES = 0x200;
  private static final int ACK_CAPPED = 0x100;
  private static final int ACK_TEXT = 1;

  /** What the kernel sends at once at most. */
  private static final int RECEIVE = 1 << 16;

  /** A dump that the kernel interrupted, because something changed, is asked for again so often. */
  private static final int TRIES = 10;

  /** The kernel answers at once; more means that an answer got lost. */
  private static final long ANSWER_SECONDS = 5;

  private final Arena arena = Arena.ofShared();
  private final Descriptor socket;
  private final MemorySegment buffer = arena.allocate(RECEIVE, 8);
  private final MemorySegment state = SystemCall.state(arena);

  /**
   * Opens a socket.
   *
   * @param groups whose news to receive, bit n - 1 for group n; 0 for questions and answers
   */
  Netlink(int groups) throws KernelException {
    long answer = SystemCall.SOCKET.make(AF_NETLINK, RAW_AND_CLOSED_ON_EXEC, 0);
    if (answer < 0) {
      arena.close();
      throw Errno.refused("open a netlink socket", answer);
    }
    socket = new Descriptor(answer);
    try {
      prepare(groups);
    } catch (KernelException e) {
      close();
      throw e;
    }
  }

  private void prepare(int groups) throws KernelException {
    MemorySegment one = arena.allocateFrom(JAVA_INT, 1);
    option(SOL_NETLINK, EXTENDED_ACKNOWLEDGE, one, "have errors explained");
    MemorySegment timeout = arena.allocate(16, 8); // struct timeval
    timeout.set(JAVA_LONG, groups == 0 ? 0 : 8, groups == 0 ? ANSWER_SECONDS : 200_000);
    option(SOL_SOCKET, SO_RECEIVE_TIMEOUT, timeout, "set a timeout");
    if (groups != 0) {
      MemorySegment size = arena.allocateFrom(JAVA_INT, 1 << 20);
      option(SOL_SOCKET, SO_RECEIVE_BUFFER, size, "set the size of the buffer");
    }
    MemorySegment address = arena.allocate(12, 4); // struct sockaddr_nl
    address.set(JAVA_SHORT, 0, (short) AF_NETLINK);
    address.set(JAVA_INT, 8, groups);
    long answer = SystemCall.BIND.make(socket.number(), address.address(), 12);
    if (answer < 0) {
      throw Errno.refused(
          "subscribe to groups " + Integer.toHexString(groups) + " of netlink", answer);
    }
  }

  private void option(int level, int name, MemorySegment value, String what)
      throws KernelException {
    long answer =
        SystemCall.SETSOCKOPT.make(socket.number(), level, name, value.address(), value.byteSize());
    if (answer < 0) {
      throw Errno.refused(what + " of a netlink socket", answer);
    }
  }

  /** Makes one request on a socket of its own; what came in answer. */
  static List<NetlinkMessage> ask(String operation, NetlinkRequest request, int fixedBytes)
      throws KernelException {
    for (int i = 0; i < TRIES; i++) {
      try (Netlink netlink = new Netlink(0)) {
        netlink.send(request.bytes(), operation);
        List<NetlinkMessage> answer = netlink.answer(operation, fixedBytes);
        if (answer.stream().noneMatch(m -> (m.flags() & INTERRUPTED) != 0)) {
          return answer;
        }
      }
    }
    throw Errno.refused(operation + " while everything changes, in " + TRIES + " tries", 11);
  }

  private void send(ByteBuffer message, String operation) throws KernelException {
    buffer.copyFrom(MemorySegment.ofBuffer(message));
    long sent =
        SystemCall.SENDTO.make(
            state, socket.number(), buffer.address(), message.remaining(), 0, 0, 0);
    if (sent < 0) {
      throw Errno.refused(operation, sent);
    }
  }

  /**
   * Receives once.
   *
   * @return the bytes; empty if none came in time
   * @throws KernelException ENOBUFS if some were lost
   */
  ByteBuffer receive() throws KernelException {
    long received =
        SystemCall.RECVFROM.make(state, socket.number(), buffer.address(), RECEIVE, 0, 0, 0);
    if (received == -Errno.EAGAIN || received == -Errno.EINTR) {
      return ByteBuffer.allocate(0);
    }
    if (received < 0) {
      throw Errno.refused("read from netlink", received);
    }
    return buffer.asSlice(0, received).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  private List<NetlinkMessage> answer(String operation, int fixedBytes) throws KernelException {
    List<NetlinkMessage> all = new ArrayList<>();
    while (true) {
      ByteBuffer part = receive();
      if (!part.hasRemaining()) {
        throw Errno.refused(operation, 110);
      }
      while (part.remaining() >= NetlinkMessage.HEADER) {
        Raw raw = Raw.next(part);
        switch (raw.type) {
          case ERROR -> {
            refusedIf(raw, operation);
            return all;
          }
          case DONE -> {
            return all;
          }
          default -> all.add(NetlinkMessage.of(raw.type, raw.flags, copy(raw.body), fixedBytes));
        }
      }
    }
  }

  /** The same for a request that is answered by one message and nothing after it. */
  static Optional<NetlinkMessage> askOnce(String operation, NetlinkRequest request, int fixedBytes)
      throws KernelException {
    try (Netlink netlink = new Netlink(0)) {
      netlink.send(request.bytes(), operation);
      ByteBuffer answer = netlink.receive();
      if (answer.remaining() < NetlinkMessage.HEADER) {
        throw Errno.refused(operation, 110);
      }
      Raw raw = Raw.next(answer);
      if (raw.type == ERROR) {
        refusedIf(raw, operation);
        return Optional.empty();
      }
      return Optional.of(NetlinkMessage.of(raw.type, raw.flags, copy(raw.body), fixedBytes));
    }
  }

  private static ByteBuffer copy(ByteBuffer body) {
    byte[] bytes = new byte[body.remaining()];
    body.get(bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  /** A message before anything is known of its type. */
  record Raw(int type, int flags, ByteBuffer body) {
    /** Takes one from the bytes. */
    static Raw next(ByteBuffer from) {
      int start = from.position();
      int length = Math.clamp(from.getInt(start), NetlinkMessage.HEADER, from.remaining());
      Raw raw =
          new Raw(
              Short.toUnsignedInt(from.getShort(start + 4)),
              Short.toUnsignedInt(from.getShort(start + 6)),
              from.slice(start + NetlinkMessage.HEADER, length - NetlinkMessage.HEADER)
                  .order(ByteOrder.nativeOrder()));
      from.position(Math.min((start + length + 3) & ~3, from.limit()));
      return raw;
    }
  }

  /** The kernel's acknowledgement has an error number, the request, and perhaps a text. */
  private static void refusedIf(Raw raw, String operation) throws KernelException {
    int errno = -raw.body.getInt(0);
    if (errno == 0) {
      return;
    }
    String text = "";
    if ((raw.flags & ACK_HAS_ATTRIBUTES) != 0) {
      int request = (raw.flags & ACK_CAPPED) != 0 ? NetlinkMessage.HEADER : raw.body.getInt(4);
      int at = 4 + ((request + 3) & ~3);
      if (at < raw.body.limit()) {
        ByteBuffer rest = raw.body.duplicate().order(ByteOrder.nativeOrder()).position(at);
        text = NetlinkMessage.of(0, 0, rest, 0).text(ACK_TEXT);
      }
    }
    KernelException plain = Errno.refused(operation, errno);
    throw text.isEmpty()
        ? plain
        : new KernelException(plain.getMessage() + "; the kernel says: " + text, errno);
  }

  @Override
  public void close() {
    socket.close();
    arena.close();
  }
}
