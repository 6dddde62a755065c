package io.netty.channel.uring;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Sends for a {@link RingSocket}, one operation after the other. Touched by the loop's thread only.
 */
@NullMarked
final class RingOutput {
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;

  private final RingSocket socket;
  private final LentBuffers buffers;
  private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>(0);
  private @Nullable ByteBuf sending;
  private long pending;

  /** The peer does not take what is sent to it. */
  private boolean blocked;

  RingOutput(RingSocket socket, LentBuffers buffers) {
    this.socket = socket;
    this.buffers = buffers;
  }

  long pending() {
    return pending;
  }

  /** What has not been begun is not sent any more. */
  void drop() {
    queue.forEach(ByteBuf::release);
    queue.clear();
  }

  /** Sends after all that was given before; the buffer is the socket's now. */
  void send(ByteBuf bytes) {
    if (socket.closing()) {
      bytes.release();
      return;
    }
    ByteBuf sent = sendable(bytes);
    pending += sent.readableBytes();
    if (sending == null) {
      sending = sent;
      submitSend(sent, MSG_DONTWAIT);
    } else {
      queue.add(blocked ? spare(sent) : sent);
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

  private void submitSend(ByteBuf bytes, int wait) {
    long from = bytes instanceof LentBuffer ring ? ring.address() : IoUring.memoryAddress(bytes);
    socket.submit(
        Native.IORING_OP_SEND,
        (byte) 0,
        0,
        0,
        from + bytes.readerIndex(),
        bytes.readableBytes(),
        MSG_NOSIGNAL | wait,
        RingSocket.SEND,
        (short) 0);
  }

  void sent(int result) {
    ByteBuf bytes = sending;
    if (bytes == null) {
      return;
    }
    if (socket.closing()) {
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
      sending = null; // no completion of it comes any more
      bytes.release();
      socket.events().failed(RingSocket.failure("send", result));
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
    socket.events().drained();
  }

  /**
   * The peer is slow: what it has not taken leaves the ring's buffer once these are few, so that
   * others have them.
   */
  private void waitFor(ByteBuf bytes) {
    ByteBuf rest = spare(bytes);
    sending = rest;
    if (!blocked) {
      blocked = true;
      for (int behind = queue.size(); behind > 0; behind--) {
        queue.add(spare(queue.remove())); // once round, in their order
      }
    }
    submitSend(rest, 0);
  }

  /** What waits for a slow peer: it may stay where it is while buffers are plenty. */
  private ByteBuf spare(ByteBuf bytes) {
    return buffers.plenty() ? bytes : RingSocket.keep(bytes);
  }
}
