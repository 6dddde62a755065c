package io.netty.channel.uring;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.NullMarked;

/**
 * Receives for a {@link RingSocket}: an operation for each time somebody asks, or one that stands
 * for senders of small messages. Touched by the loop's thread only.
 */
@NullMarked
final class RingInput {
  /** A message up to this is small: whoever sends such ones is received from by one operation. */
  private static final int SMALL_BYTES = 16 * 1024;

  /**
   * So many small messages in a row make it worth while. Not from the start: a standing operation
   * takes all that has come before anybody can say stop, many buffers of a fast sender.
   */
  private static final int CALM = 4;

  private static final int RECEIVE_ON = 1 << 1; // IORING_RECV_MULTISHOT
  private static final int POLL_FIRST = 1 << 0; // IORING_RECVSEND_POLL_FIRST
  private static final byte BUFFER_SELECT = 1 << 5;

  private final RingSocket socket;
  private final LentBuffers buffers;
  private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(0);
  private boolean receiving;
  private long receiveOperation;

  /** The operation under way receives again and again. */
  private boolean standing;

  /** Nothing can have come yet: to try before waiting would be in vain. */
  private boolean empty;

  /** Small messages in a row. */
  private int calm;

  private boolean wanted;
  private boolean delivering;
  private boolean endHeld;

  RingInput(RingSocket socket, LentBuffers buffers) {
    this.socket = socket;
    this.buffers = buffers;
  }

  /** The socket is not connected yet. */
  void nothingYet() {
    empty = true;
  }

  /** What came is not wanted any more. */
  void drop() {
    held.forEach(ByteBuf::release);
    held.clear();
  }

  /** Asks for the next bytes, or the end. */
  void ask() {
    wanted = true;
    if (!delivering) {
      deliver();
    }
  }

  /** True if a buffer is for this one. */
  boolean starves() {
    return wanted && !receiving && !socket.closing();
  }

  void receiveAgain() {
    if (socket.closing() || receiving) {
      return;
    }
    receiving = true;
    standing = calm >= CALM;
    receiveOperation =
        socket.submit(
            Native.IORING_OP_RECV,
            BUFFER_SELECT,
            (standing ? RECEIVE_ON : 0) | (empty ? POLL_FIRST : 0),
            0,
            0,
            0,
            0,
            RingSocket.RECEIVE,
            buffers.group());
  }

  /** Gives what came while nobody asked, and then goes on to receive. */
  private void deliver() {
    delivering = true;
    while (wanted && !socket.closing()) {
      ByteBuf bytes = held.poll();
      if (bytes == null) {
        break;
      }
      wanted = false;
      socket.events().received(bytes);
    }
    delivering = false;
    if (socket.closing() || !held.isEmpty() || !wanted) {
      return;
    }
    if (endHeld) {
      endHeld = false;
      socket.events().inputEnded();
    } else {
      receiveAgain();
    }
  }

  /** Nobody asks for more now: what stands ends. */
  private void hold() {
    if (receiving && standing) {
      standing = false; // asked to end once is enough
      socket.submit(
          Native.IORING_OP_ASYNC_CANCEL,
          (byte) 0,
          (short) 0,
          -1,
          0,
          receiveOperation,
          0,
          0,
          RingSocket.CANCEL,
          (short) 0);
    }
  }

  void received(int result, int flags) {
    receiving = (flags & Native.IORING_CQE_F_MORE) != 0;
    empty = result > 0 && (flags & Native.IORING_CQE_F_SOCK_NONEMPTY) == 0;
    if (result > SMALL_BYTES) {
      calm = 0;
      hold();
    } else if (result > 0) {
      calm++;
    }
    if (result > 0) {
      came(buffers.take(flags >>> Native.IORING_CQE_BUFFER_SHIFT, result));
    } else if (socket.closing()) {
      return;
    } else if (result == -RingErrors.ENOBUFS) {
      if (wanted) { // else it asks when somebody wants more
        buffers.starved(this);
      }
      return;
    } else if (result == 0) {
      ended();
      return;
    } else if (result != -RingErrors.ECANCELED
        && result != -RingErrors.EINTR
        && result != -RingErrors.EAGAIN) {
      socket.events().failed(RingSocket.failure("receive", result));
      return;
    }
    if (wanted && !delivering) {
      deliver();
    }
  }

  private void came(LentBuffer bytes) {
    if (socket.closing()) {
      bytes.release();
    } else if (wanted && held.isEmpty() && !delivering) {
      wanted = false;
      delivering = true;
      socket.events().received(bytes);
      delivering = false;
      if (!wanted) {
        hold();
      }
    } else {
      held.add(RingSocket.keep(bytes)); // nobody knows when it is asked for
    }
  }

  private void ended() {
    if (wanted && held.isEmpty() && !delivering) {
      socket.events().inputEnded();
    } else {
      endHeld = true;
    }
  }
}
