package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.strowger.api.KernelException;

/**
 * The socket where a service tells its supervisor how it is: datagrams of {@code KEY=value} lines,
 * sd_notify(3). The JDK has no datagram sockets of the family AF_UNIX. Of one thread at a time.
 */
final class NotifySocket implements AutoCloseable {
  static final int AF_UNIX = 1;

  /** SOCK_DGRAM, closed at exec. */
  static final int KIND = 2 | 0x80000;

  /** struct sockaddr_un, linux/un.h. */
  static final int MAX_PATH = 108;

  private static final int DONT_WAIT = 0x40;
  private static final int NO_SIGNAL = 0x4000;

  private final String path;
  private final Descriptor socket;

  /**
   * @param path of the supervisor's socket; {@code @name} is one of Linux's abstract names
   */
  NotifySocket(String path) throws KernelException {
    int length = path.getBytes(StandardCharsets.UTF_8).length;
    if (!(path.startsWith("/") || path.startsWith("@")) || length < 2 || length >= MAX_PATH) {
      throw new KernelException(
          "NOTIFY_SOCKET is '" + path + "', not a path or @name of less than 108 octets", 0);
    }
    this.path = path;
    long opened = SystemCall.SOCKET.make(AF_UNIX, KIND, 0);
    if (opened < 0) {
      throw Errno.refused("open a socket for " + path, opened);
    }
    this.socket = new Descriptor(opened);
  }

  void send(String lines) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment to = address(arena, path);
      byte[] said = lines.getBytes(StandardCharsets.UTF_8);
      MemorySegment text = arena.allocateFrom(JAVA_BYTE, said);
      long sent =
          SystemCall.SENDTO.make(
              socket.number(),
              text.address(),
              said.length,
              DONT_WAIT | NO_SIGNAL,
              to.address(),
              to.byteSize());
      if (sent < 0) {
        throw Errno.refused("tell the supervisor at " + path, sent);
      }
    }
  }

  static MemorySegment address(Arena arena, String path) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    if (name[0] == '@') {
      name[0] = 0;
    }
    boolean named = name[0] != 0;
    MemorySegment address = arena.allocate(2L + name.length + (named ? 1 : 0), 2);
    address.set(JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
    return address;
  }

  @Override
  public void close() {
    socket.close();
  }
}
