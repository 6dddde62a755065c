package io.netty.channel.uring;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.NullMarked;

/**
 * The few system calls of a connection that io_uring does not do better: socket(2), setsockopt(2),
 * getpeername(2), shutdown(2). Called directly, because Netty's own calls come in bundles of
 * several (an address is asked up to three times for one connection). One for each loop: the memory
 * is reused.
 */
@NullMarked
final class SocketCalls {
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_LINGER = 13;
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_NODELAY = 1;
  private static final int TCP_QUICKACK = 12;
  private static final int SHUT_WR = 1;

  /** Size of a sockaddr_in6, which is the larger one. */
  private static final int SOCKADDR_BYTES = 28;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CAPTURE.varHandle(java.lang.foreign.MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SOCKET =
      call("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SETSOCKOPT =
      call(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SHUTDOWN =
      call("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle GETPEERNAME =
      call("getpeername", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle GETSOCKNAME =
      call("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

  private final MemorySegment state;
  private final MemorySegment zero;
  private final MemorySegment one;
  private final MemorySegment linger;
  private final MemorySegment name;
  private final MemorySegment length;

  SocketCalls(Arena arena) {
    state = arena.allocate(CAPTURE);
    zero = arena.allocate(JAVA_INT);
    one = arena.allocate(JAVA_INT);
    one.set(JAVA_INT, 0, 1);
    linger = arena.allocate(8, 4);
    linger.set(JAVA_INT, 0, 1); // on, and 0 seconds: a close is a reset
    name = arena.allocate(SOCKADDR_BYTES, 8);
    length = arena.allocate(JAVA_INT);
  }

  @SuppressWarnings("restricted") // native access is granted to this bundle
  private static MethodHandle call(String function, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(function),
        descriptor,
        Linker.Option.captureCallState("errno"));
  }

  /**
   * A blocking socket: io_uring waits for it without a thread. The acknowledgement that ends its
   * handshake waits for the first bytes and goes with them, a segment and a wake-up of the real
   * server less; who has nothing to say then calls {@link #acknowledge}. Linux is back at
   * acknowledging at once afterwards (net/ipv4/tcp_input.c, tcp_rcv_synsent_state_process).
   */
  int socket(boolean ipv6) throws IOException {
    try {
      int made =
          (int) SOCKET.invokeExact(state, ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (made < 0) {
        throw new IOException("cannot open a socket: " + RingErrors.text(errno()));
      }
      noDelay(made);
      set(made, TCP_QUICKACK, zero);
      return made;
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) { // a downcall declares Throwable but throws nothing
      throw new LinkageError("socket", impossible);
    }
  }

  /** Small pieces are sent at once; where that cannot be had they are not. */
  void noDelay(int descriptor) {
    set(descriptor, TCP_NODELAY, one);
  }

  /** An acknowledgement that waits goes now. */
  void acknowledge(int descriptor) {
    set(descriptor, TCP_QUICKACK, one);
  }

  private void set(int descriptor, int option, MemorySegment value) {
    try {
      int _ = (int) SETSOCKOPT.invokeExact(state, descriptor, IPPROTO_TCP, option, value, 4);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) { // a downcall declares Throwable but throws nothing
      throw new LinkageError("setsockopt", impossible);
    }
  }

  /** A close of this socket is a reset from now on. */
  void resetOnClose(int descriptor) {
    try {
      int _ = (int) SETSOCKOPT.invokeExact(state, descriptor, SOL_SOCKET, SO_LINGER, linger, 8);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) { // a downcall declares Throwable but throws nothing
      throw new LinkageError("setsockopt", impossible);
    }
  }

  /**
   * Ends the output. io_uring would give this to a thread of its own (io_uring/net.c,
   * io_shutdown_prep: REQ_F_FORCE_ASYNC), which costs more than the call. A socket that is not
   * connected any more tells so when it is read.
   */
  void endOutput(int descriptor) {
    try {
      int _ = (int) SHUTDOWN.invokeExact(state, descriptor, SHUT_WR);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) { // a downcall declares Throwable but throws nothing
      throw new LinkageError("shutdown", impossible);
    }
  }

  /** The client's address; the wildcard address if it has gone already. */
  InetSocketAddress peer(int descriptor) {
    return name(GETPEERNAME, descriptor);
  }

  /** The address that the client connected to. */
  InetSocketAddress local(int descriptor) {
    return name(GETSOCKNAME, descriptor);
  }

  private InetSocketAddress name(MethodHandle function, int descriptor) {
    length.set(JAVA_INT, 0, SOCKADDR_BYTES);
    int result;
    try {
      result = (int) function.invokeExact(state, descriptor, name, length);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) { // a downcall declares Throwable but throws nothing
      throw new LinkageError("getpeername", impossible);
    }
    return result < 0 ? new InetSocketAddress(0) : read(name);
  }

  private static InetSocketAddress read(MemorySegment name) {
    boolean ipv6 = name.get(JAVA_SHORT, 0) == AF_INET6;
    int port = Short.toUnsignedInt(Short.reverseBytes(name.get(JAVA_SHORT, 2)));
    byte[] bytes = new byte[ipv6 ? 16 : 4];
    MemorySegment.copy(name, JAVA_BYTE, ipv6 ? 8 : 4, bytes, 0, bytes.length);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
    } catch (UnknownHostException impossible) { // the length is right
      throw new IllegalStateException(impossible);
    }
  }

  /** Writes an address as connect(2) takes it. */
  static MemorySegment write(Arena arena, InetSocketAddress address) {
    byte[] bytes = address.getAddress().getAddress();
    boolean ipv6 = bytes.length == 16;
    MemorySegment name = arena.allocate(SOCKADDR_BYTES, 8);
    name.set(JAVA_SHORT, 0, (short) (ipv6 ? AF_INET6 : AF_INET));
    name.set(JAVA_SHORT, 2, Short.reverseBytes((short) address.getPort()));
    MemorySegment.copy(bytes, 0, name, JAVA_BYTE, ipv6 ? 8 : 4, bytes.length);
    if (address.getAddress() instanceof java.net.Inet6Address six && six.getScopeId() != 0) {
      name.set(JAVA_INT, 24, six.getScopeId());
    }
    return name;
  }

  /** Bytes of {@link #write}'s result that count. */
  static int length(InetSocketAddress address) {
    return address.getAddress().getAddress().length == 16 ? SOCKADDR_BYTES : 16;
  }

  private int errno() {
    return (int) ERRNO.get(state, 0L);
  }
}
