package io.netty.channel.uring;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket on io_uring without Netty's channel, pipeline and promises around it: what a relay
 * does with a socket is submitted directly, an operation each, and its end is a call of {@link
 * Events}. Touched by its loop's thread only.
 *
 * <p>The descriptor is blocking, so that an operation that cannot be done at once waits inside the
 * kernel and completes once. An operation under way holds the socket: a close first cancels.
 */
@NullMarked
public final class RingSocket implements IoUringIoHandle {
  /** What became of the operations; each call on the loop. */
  public interface Events {
    /** Bytes came; the buffer is the listener's now. Nothing more comes before it asks again. */
    void received(ByteBuf bytes);

    /** The peer says no more. */
    void inputEnded();

    /** All that was sent so far is with the kernel. */
    void drained();

    /** Reset, or broken otherwise. */
    void failed(IOException cause);

    /** The socket is connected, or is not: then a text says why. */
    void connected(@Nullable IOException failure);

    /** The descriptor is closed: the last call. */
    void closed();
  }

  static final short RECEIVE = 1;
  static final short SEND = 2;
  private static final short CONNECT = 3;
  static final short CANCEL = 4;
  private static final short CLOSE = 5;

  private static final int CANCEL_ALL_OF_DESCRIPTOR = 1 | 2;

  private final RingLoop loop;
  private final int descriptor;
  private final RingInput input;
  private final RingOutput output;
  private final Events events;
  private @Nullable IoRegistration registration;

  @SuppressWarnings("UnusedVariable") // keeps the memory that the kernel reads from
  private @Nullable MemorySegment address;

  private int underWay;
  private boolean closing;
  private boolean closeSent;

  RingSocket(RingLoop loop, int descriptor, Events events) {
    this.loop = loop;
    this.descriptor = descriptor;
    this.events = events;
    this.input = new RingInput(this, loop.buffers());
    this.output = new RingOutput(this, loop.buffers());
  }

  Events events() {
    return events;
  }

  void registeredAs(IoRegistration made) {
    registration = made;
  }

  /** The client's address, asked from the kernel. */
  public InetSocketAddress peer() {
    return loop.calls().peer(descriptor);
  }

  // --- operations

  /** Connects; {@link Events#connected} tells. */
  public void connect(InetSocketAddress to) {
    input.nothingYet();
    MemorySegment name = loop.name(to);
    address = name; // must not move until the kernel has read it
    submit(
        Native.IORING_OP_CONNECT,
        (byte) 0,
        0,
        SocketCalls.length(to),
        name.address(),
        0,
        0,
        CONNECT,
        (short) 0);
  }

  /** Asks for the next bytes, or the end. */
  public void receive() {
    input.ask();
  }

  /** Sends after all that was given before; the buffer is the socket's now. */
  public void send(ByteBuf bytes) {
    output.send(bytes);
  }

  /** Bytes given to {@link #send} that the kernel has not taken. */
  public long pending() {
    return output.pending();
  }

  /** Ends the output; nothing may be pending. */
  public void endOutput() {
    if (!closing) {
      loop.calls().endOutput(descriptor);
    }
  }

  /** Closes at once; what was not sent is dropped. */
  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    loop.buffers().forget(input);
    input.drop();
    output.drop();
    if (underWay == 0) {
      submitClose();
    } else {
      submit(
          Native.IORING_OP_ASYNC_CANCEL,
          (byte) 0,
          0,
          0,
          0,
          0,
          CANCEL_ALL_OF_DESCRIPTOR,
          CANCEL,
          (short) 0);
    }
  }

  /** Closes with a reset. */
  public void reset() {
    if (!closing) {
      loop.calls().resetOnClose(descriptor);
      close();
    }
  }

  boolean closing() {
    return closing;
  }

  private void submitClose() {
    closeSent = true;
    submit(Native.IORING_OP_CLOSE, (byte) 0, 0, 0, 0, 0, 0, CLOSE, (short) 0);
  }

  long submit(
      byte operation,
      byte flags,
      int priority,
      long offset,
      long memory,
      int length,
      int operationFlags,
      short data,
      short bufferGroup) {
    return submit(
        operation,
        flags,
        (short) priority,
        descriptor,
        offset,
        memory,
        length,
        operationFlags,
        data,
        bufferGroup);
  }

  /** The same with another descriptor, or none. */
  long submit(
      byte operation,
      byte flags,
      short priority,
      int of,
      long offset,
      long memory,
      int length,
      int operationFlags,
      short data,
      short bufferGroup) {
    IoRegistration present = registration;
    if (present == null) {
      throw new IllegalStateException("not registered");
    }
    long id =
        present.submit(
            new IoUringIoOps(
                operation,
                flags,
                priority,
                of,
                offset,
                memory,
                length,
                operationFlags,
                (long) data,
                bufferGroup,
                (short) 0,
                0,
                0));
    if (id != 0) { // else the loop is closing: so are its sockets
      underWay++;
    }
    return id;
  }

  // --- completions

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    IoUringIoEvent done = (IoUringIoEvent) event;
    if ((done.flags() & Native.IORING_CQE_F_MORE) == 0) {
      underWay--;
    }
    int result = done.res();
    switch ((int) done.userData()) {
      case RECEIVE -> input.received(result, done.flags());
      case SEND -> output.sent(result);
      case CONNECT -> connected(result);
      case CLOSE -> {
        from.cancel();
        events.closed();
        return;
      }
      default -> {} // cancelled: what was cancelled tells itself
    }
    if (closing && underWay == 0 && !closeSent) {
      submitClose();
    }
  }

  /** For bytes that somebody will keep for a while: buffers of the ring are few. */
  public static ByteBuf keep(ByteBuf bytes) {
    if (!(bytes instanceof LentBuffer)) {
      return bytes;
    }
    ByteBuf copy = ByteBufAllocator.DEFAULT.directBuffer(bytes.readableBytes());
    copy.writeBytes(bytes);
    bytes.release();
    return copy;
  }

  private void connected(int result) {
    address = null;
    if (closing) {
      return;
    }
    events.connected(result == 0 ? null : RingErrors.connect(-result));
    if (!closing && result == 0 && output.pending() == 0) {
      // Nothing to send along: the real server may be the one that speaks first.
      loop.calls().acknowledge(descriptor);
    }
  }

  static IOException failure(String what, int result) {
    return new IOException(what + ": " + RingErrors.text(-result));
  }
}
