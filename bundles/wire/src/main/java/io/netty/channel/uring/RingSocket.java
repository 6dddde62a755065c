package io.netty.channel.uring;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
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

  private static final short RECEIVE = 1;
  private static final short SEND = 2;
  private static final short CONNECT = 3;
  private static final short SHUTDOWN = 4;
  private static final short CANCEL = 5;
  private static final short CLOSE = 6;

  /** A message up to this is small: whoever sends such ones is received from by one operation. */
  private static final int SMALL_BYTES = 16 * 1024;

  /**
   * So many small messages in a row make it worth while. Not from the start: a standing operation
   * takes all that has come before anybody can say stop, many buffers of a fast sender.
   */
  private static final int CALM = 4;

  private static final int RECEIVE_ON = 1 << 1; // IORING_RECV_MULTISHOT
  private static final byte BUFFER_SELECT = 1 << 5;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int CANCEL_ALL_OF_DESCRIPTOR = 1 | 2;
  private static final int SHUT_WR = 1;

  private final RingLoop loop;
  private final int descriptor;
  private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>(0);
  private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(0);
  private Events events;
  private @Nullable IoRegistration registration;

  @SuppressWarnings("UnusedVariable") // keeps the memory that the kernel reads from
  private @Nullable MemorySegment address;

  private @Nullable ByteBuf sending;
  private long pending;
  private int underWay;
  private boolean receiving;
  private long receiveOperation;

  /** The operation under way receives again and again. */
  private boolean standing;

  /** Small messages in a row. */
  private int calm;

  private boolean wanted;
  private boolean delivering;
  private boolean endHeld;
  private boolean blocked;
  private boolean closing;
  private boolean closeSent;

  RingSocket(RingLoop loop, int descriptor, Events events) {
    this.loop = loop;
    this.descriptor = descriptor;
    this.events = events;
  }

  void registeredAs(IoRegistration made) {
    registration = made;
  }

  /** Who is told from now on. */
  public void events(Events listener) {
    events = listener;
  }

  /** The client's address, asked from the kernel. */
  public InetSocketAddress peer() {
    return loop.calls().peer(descriptor);
  }

  public int descriptor() {
    return descriptor;
  }

  // --- operations

  /** Connects; {@link Events#connected} tells. */
  public void connect(InetSocketAddress to) {
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
    wanted = true;
    if (!delivering) {
      deliver();
    }
  }

  void receiveAgain() {
    if (closing || receiving) {
      return;
    }
    receiving = true;
    standing = calm >= CALM;
    receiveOperation =
        submit(
            Native.IORING_OP_RECV,
            BUFFER_SELECT,
            standing ? RECEIVE_ON : 0,
            0,
            0,
            0,
            0,
            RECEIVE,
            loop.buffers().group());
  }

  /** Gives what came while nobody asked, and then goes on to receive. */
  private void deliver() {
    delivering = true;
    while (wanted && !closing) {
      ByteBuf bytes = held.poll();
      if (bytes == null) {
        break;
      }
      wanted = false;
      events.received(bytes);
    }
    delivering = false;
    if (closing || !held.isEmpty() || !wanted) {
      return;
    }
    if (endHeld) {
      endHeld = false;
      events.inputEnded();
    } else {
      receiveAgain();
    }
  }

  /** Nobody asks for more now: what stands ends. */
  private void hold() {
    if (receiving && standing) {
      standing = false; // asked to end once is enough
      submit(
          Native.IORING_OP_ASYNC_CANCEL,
          (byte) 0,
          (short) 0,
          -1,
          0,
          receiveOperation,
          0,
          0,
          CANCEL,
          (short) 0);
    }
  }

  /** Sends after all that was given before; the buffer is the socket's now. */
  public void send(ByteBuf bytes) {
    if (closing) {
      bytes.release();
      return;
    }
    ByteBuf sent = sendable(bytes);
    pending += sent.readableBytes();
    if (sending == null) {
      sending = sent;
      submitSend(sent, MSG_DONTWAIT);
    } else {
      queue.add(sent);
    }
  }

  /** The kernel reads from one stretch of memory that does not move. */
  private ByteBuf sendable(ByteBuf bytes) {
    if (bytes.isDirect() && bytes.nioBufferCount() == 1) {
      return bytes;
    }
    ByteBuf copy = ByteBufAllocator.DEFAULT.directBuffer(bytes.readableBytes());
    copy.writeBytes(bytes);
    bytes.release();
    return copy;
  }

  /** Bytes given to {@link #send} that the kernel has not taken. */
  public long pending() {
    return pending;
  }

  /** The peer does not take what is sent to it. */
  public boolean blocked() {
    return blocked;
  }

  /** Ends the output; nothing may be pending. */
  public void endOutput() {
    if (!closing) {
      submit(Native.IORING_OP_SHUTDOWN, (byte) 0, 0, 0, 0, SHUT_WR, 0, SHUTDOWN, (short) 0);
    }
  }

  /** Closes at once; what was not sent is dropped. */
  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    loop.buffers().forget(this);
    dropQueue();
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

  public boolean closing() {
    return closing;
  }

  private void submitSend(ByteBuf bytes, int wait) {
    long from = bytes instanceof LentBuffer ring ? ring.address() : IoUring.memoryAddress(bytes);
    submit(
        Native.IORING_OP_SEND,
        (byte) 0,
        0,
        0,
        from + bytes.readerIndex(),
        bytes.readableBytes(),
        MSG_NOSIGNAL | wait,
        SEND,
        (short) 0);
  }

  private void submitClose() {
    closeSent = true;
    submit(Native.IORING_OP_CLOSE, (byte) 0, 0, 0, 0, 0, 0, CLOSE, (short) 0);
  }

  private long submit(
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

  private long submit(
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
      case RECEIVE -> received(result, done.flags());
      case SEND -> sent(result);
      case CONNECT -> connected(result);
      case CLOSE -> {
        from.cancel();
        loop.gone();
        events.closed();
        return;
      }
      default -> {} // shut down, or cancelled: what was cancelled tells itself
    }
    if (closing && underWay == 0 && !closeSent) {
      submitClose();
    }
  }

  private void received(int result, int flags) {
    receiving = (flags & Native.IORING_CQE_F_MORE) != 0;
    if (result > SMALL_BYTES) {
      calm = 0;
      hold();
    } else if (result > 0) {
      calm++;
    }
    if (result > 0) {
      came(loop.buffers().take(flags >>> Native.IORING_CQE_BUFFER_SHIFT, result));
    } else if (closing) {
      return;
    } else if (result == -RingErrors.ENOBUFS) {
      loop.buffers().starved(this);
      return;
    } else if (result == 0) {
      ended();
      return;
    } else if (result != -RingErrors.ECANCELED
        && result != -RingErrors.EINTR
        && result != -RingErrors.EAGAIN) {
      events.failed(failure("receive", result));
      return;
    }
    if (wanted && !delivering) {
      deliver();
    }
  }

  private void came(LentBuffer bytes) {
    if (closing) {
      bytes.release();
    } else if (wanted && held.isEmpty() && !delivering) {
      wanted = false;
      delivering = true;
      events.received(bytes);
      delivering = false;
      if (!wanted) {
        hold();
      }
    } else {
      held.add(keep(bytes));
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

  private void ended() {
    if (wanted && held.isEmpty() && !delivering) {
      events.inputEnded();
    } else {
      endHeld = true;
    }
  }

  private void sent(int result) {
    ByteBuf bytes = sending;
    if (bytes == null) {
      return;
    }
    if (closing) {
      sending = null;
      bytes.release();
      return;
    }
    if (result > 0) {
      pending -= result;
      bytes.skipBytes(result);
    }
    if (result >= 0 && !bytes.isReadable()) {
      bytes.release();
      next();
    } else if (result >= 0 || result == -RingErrors.EAGAIN || result == -RingErrors.EINTR) {
      waitFor(bytes);
    } else {
      events.failed(failure("send", result));
    }
  }

  private void next() {
    ByteBuf following = queue.poll();
    sending = following;
    if (following != null) {
      submitSend(following, blocked ? 0 : MSG_DONTWAIT);
      return;
    }
    blocked = false;
    events.drained();
  }

  /** The peer is slow: what it has not taken leaves the ring's buffer, so that others have it. */
  private void waitFor(ByteBuf bytes) {
    ByteBuf rest = keep(bytes);
    sending = rest;
    blocked = true;
    submitSend(rest, 0);
  }

  private void connected(int result) {
    address = null;
    if (!closing) {
      events.connected(result == 0 ? null : RingErrors.connect(-result));
    }
  }

  private static IOException failure(String what, int result) {
    return new IOException(what + ": " + RingErrors.text(-result));
  }

  private void dropQueue() {
    queue.forEach(ByteBuf::release);
    queue.clear();
    held.forEach(ByteBuf::release);
    held.clear();
  }
}
