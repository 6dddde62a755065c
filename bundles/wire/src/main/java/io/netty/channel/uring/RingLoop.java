package io.netty.channel.uring;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.NullMarked;

/**
 * What the sockets on one io_uring event loop share: buffers, addresses in the kernel's form, and
 * system calls. Made and used on the loop's thread.
 */
@NullMarked
public final class RingLoop {
  /** Addresses of real servers kept in the kernel's form; beyond it they are written anew. */
  private static final int MOST_NAMES = 4_096;

  private final IoEventLoop events;
  private final LentBuffers buffers;
  private final SocketCalls calls = new SocketCalls(Arena.ofAuto());
  private final Map<InetSocketAddress, MemorySegment> names = new HashMap<>();

  private RingLoop(IoEventLoop events, LentBuffers buffers) {
    this.events = events;
    this.buffers = buffers;
  }

  /** Whether this kernel offers what is needed: rings of buffers, and receiving again and again. */
  public static boolean available() {
    return IoUring.isRegisterBufferRingSupported() && IoUring.isRecvMultishotSupported();
  }

  /**
   * On this loop, whose handler must be io_uring's.
   *
   * @param mostBuffers power of two, at most 32768
   * @param whenStarved told each time that a socket has to wait because all of them are lent
   * @throws IllegalStateException if the kernel has no buffer rings
   */
  public static RingLoop on(
      IoEventLoop events, short group, int mostBuffers, int bufferBytes, Runnable whenStarved) {
    IoRegistration probe = register(events, new Probe());
    IoUringIoHandler handler = probe.attachment();
    probe.cancel();
    return new RingLoop(
        events,
        new LentBuffers(ringDescriptor(handler), group, mostBuffers, bufferBytes, whenStarved));
  }

  /** Netty keeps it to itself; there is no other way to register buffers of our own. */
  private static int ringDescriptor(IoUringIoHandler handler) {
    try {
      MethodHandles.Lookup lookup =
          MethodHandles.privateLookupIn(IoUringIoHandler.class, MethodHandles.lookup());
      return ((RingBuffer)
              lookup
                  .findVarHandle(IoUringIoHandler.class, "ringBuffer", RingBuffer.class)
                  .get(handler))
          .fd();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("another Netty than the one this was written for", e);
    }
  }

  private static final class Probe implements IoUringIoHandle {
    @Override
    public void handle(IoRegistration registration, IoEvent event) {}

    @Override
    public void close() {}
  }

  static IoRegistration register(IoEventLoop events, IoUringIoHandle handle) {
    Future<IoRegistration> made = events.register(handle);
    if (!made.isSuccess()) { // done at once, for this is the loop's thread
      throw new IllegalStateException("the loop is ending", made.cause());
    }
    return made.getNow();
  }

  /** A socket that was accepted; its descriptor is owned by it from now on. */
  public RingSocket adopt(int descriptor, RingSocket.Events listener) {
    RingSocket socket = new RingSocket(this, descriptor, listener);
    socket.registeredAs(register(events, socket));
    return socket;
  }

  /** What the client of an accepted descriptor connected to. */
  public InetSocketAddress local(int descriptor) {
    return calls.local(descriptor);
  }

  /** A socket to be connected to that address. */
  public RingSocket open(InetSocketAddress to, RingSocket.Events listener) throws IOException {
    return adopt(calls.socket(to.getAddress().getAddress().length == 16), listener);
  }

  /**
   * Accepts on a listening descriptor, which stays its owner's. What it accepts sends small pieces
   * at once (TCP_NODELAY), for Linux hands this option down.
   */
  public RingAcceptor accept(int descriptor, RingAcceptor.Events listener) {
    calls.noDelay(descriptor);
    RingAcceptor acceptor = new RingAcceptor(descriptor, listener);
    acceptor.registeredAs(register(events, acceptor));
    return acceptor;
  }

  MemorySegment name(InetSocketAddress address) {
    MemorySegment known = names.get(address);
    if (known == null) {
      if (names.size() >= MOST_NAMES) {
        names.clear(); // a socket that is connecting keeps its own
      }
      known = SocketCalls.write(Arena.ofAuto(), address);
      names.put(address, known);
    }
    return known;
  }

  LentBuffers buffers() {
    return buffers;
  }

  SocketCalls calls() {
    return calls;
  }

  /** Gives the buffers back to the system; the loop has ended or is about to. */
  public void close() {
    buffers.close();
  }
}
