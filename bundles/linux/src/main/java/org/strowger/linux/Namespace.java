package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.strowger.api.KernelException;

/** The network namespace of this process, by what tells it from all others. */
final class Namespace {
  private static final Path LINK = Path.of("/proc/self/ns/net");
  private static final int AF_INET = 2;
  private static final int DATAGRAMS = 2 | 0x80000; // closed at exec
  private static final int SOL_SOCKET = 1;
  private static final int SO_NETNS_COOKIE = 71;

  private Namespace() {}

  /** As {@link org.strowger.api.Network#namespace} has it. */
  static String own() throws KernelException {
    String number;
    try {
      number = Files.readSymbolicLink(LINK).toString().replaceAll("[^0-9]", "");
    } catch (IOException e) {
      throw new KernelException("cannot read " + LINK + ": " + e.getMessage(), 0);
    }
    if (number.isEmpty()) {
      throw new KernelException(LINK + " does not tell the network namespace", 0);
    }
    String operation = "ask for the cookie of the network namespace";
    long opened = SystemCall.SOCKET.make(AF_INET, DATAGRAMS, 0);
    if (opened < 0) {
      throw Errno.refused(operation, opened);
    }
    try (Descriptor socket = new Descriptor(opened);
        Arena arena = Arena.ofConfined()) {
      MemorySegment cookie = arena.allocate(JAVA_LONG);
      MemorySegment size = arena.allocate(JAVA_INT);
      size.set(JAVA_INT, 0, Long.BYTES);
      long answer =
          SystemCall.GETSOCKOPT.make(
              socket.number(), SOL_SOCKET, SO_NETNS_COOKIE, cookie.address(), size.address());
      if (answer == -Errno.ENOPROTOOPT) {
        return number;
      }
      if (answer < 0) {
        throw Errno.refused(operation, answer);
      }
      return number + "-" + Long.toUnsignedString(cookie.get(JAVA_LONG, 0));
    }
  }
}
