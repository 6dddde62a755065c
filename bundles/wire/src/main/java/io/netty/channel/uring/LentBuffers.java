package io.netty.channel.uring;

import io.netty.channel.unix.Buffer;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Buffers that the kernel takes from a ring when bytes have come (io_uring_register(2),
 * IORING_REGISTER_PBUF_RING), so that a connection that waits holds none. They grow in number as
 * needed up to a limit; who wants to receive beyond it waits for one that comes back.
 *
 * <p>One for each loop; touched by its thread only.
 */
@NullMarked
final class LentBuffers {
  private static final VarHandle SHORT =
      MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.nativeOrder());
  private static final int BATCH = 16;

  private final ByteBuffer ring;
  private final int ringFd;
  private final short group;
  private final int mask;
  private final int bufferBytes;
  private final Runnable whenStarved;
  private final @Nullable LentBuffer[] buffers;
  private final ArrayDeque<RingInput> starved = new ArrayDeque<>();
  private int made;
  private int free;
  private short tail;
  private boolean closed;

  /**
   * @param most power of two, at most 32768
   */
  LentBuffers(int ringFd, short group, int most, int bufferBytes, Runnable whenStarved) {
    long address;
    try {
      address = Native.ioUringRegisterBufRing(ringFd, (short) most, group, 0);
    } catch (RuntimeException e) {
      throw new IllegalStateException("no buffer ring", e);
    }
    if (address < 0) {
      throw new UncheckedIOException(
          new java.io.IOException("no buffer ring: " + RingErrors.text((int) -address)));
    }
    this.ring =
        Buffer.wrapMemoryAddressWithNativeOrder(address, Native.ioUringBufRingSize((short) most));
    this.ringFd = ringFd;
    this.group = group;
    this.whenStarved = whenStarved;
    this.mask = most - 1;
    this.bufferBytes = bufferBytes;
    this.buffers = new LentBuffer[most];
    grow();
  }

  short group() {
    return group;
  }

  /** Whoever waits may keep its buffer: most of them are free, or not made yet. */
  boolean plenty() {
    return made - free < buffers.length / 4;
  }

  /** The buffer that the kernel has filled. */
  LentBuffer take(int id, int bytes) {
    LentBuffer buffer = buffers[id];
    if (buffer == null) {
      throw new IllegalStateException("buffer " + id);
    }
    free--;
    if (free < BATCH / 2) {
      grow();
    }
    return buffer.lend(bytes);
  }

  /** There was no buffer: the socket is told to receive again when there is. */
  void starved(RingInput input) {
    if (free > 0 || grow()) {
      input.receiveAgain();
    } else {
      starved.add(input);
      whenStarved.run();
    }
  }

  /** The socket is going. */
  void forget(RingInput input) {
    if (!starved.isEmpty()) {
      starved.remove(input);
    }
  }

  void giveBack(LentBuffer buffer) {
    if (closed) {
      return;
    }
    add(buffer);
    publish();
    RingInput waiting = starved.poll();
    while (waiting != null && !waiting.starves()) {
      waiting = starved.poll();
    }
    if (waiting != null) {
      waiting.receiveAgain();
    }
  }

  private boolean grow() {
    if (closed || made == buffers.length) {
      return false;
    }
    for (int i = 0; i < BATCH && made < buffers.length; i++) {
      LentBuffer buffer =
          new LentBuffer(this, (short) made, ByteBuffer.allocateDirect(bufferBytes));
      buffers[made++] = buffer;
      add(buffer);
    }
    publish();
    return true;
  }

  private void add(LentBuffer buffer) {
    int position = Native.SIZEOF_IOURING_BUF * (tail & mask);
    ring.putLong(position + Native.IOURING_BUFFER_OFFSETOF_ADDR, buffer.address());
    ring.putInt(position + Native.IOURING_BUFFER_OFFSETOF_LEN, bufferBytes);
    ring.putShort(position + Native.IOURING_BUFFER_OFFSETOF_BID, buffer.id());
    tail++;
    free++;
  }

  private void publish() {
    SHORT.setRelease(ring, Native.IO_URING_BUFFER_RING_TAIL, tail);
  }

  void close() {
    if (!closed) {
      closed = true;
      Native.ioUringUnRegisterBufRing(ringFd, Buffer.memoryAddress(ring), buffers.length, group);
      Arrays.fill(buffers, null);
    }
  }
}
