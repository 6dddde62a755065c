package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import org.strowger.api.BpfRing;
import org.strowger.api.KernelException;

/**
 * Reads a ring buffer in memory shared with the kernel (kernel/bpf/ringbuf.c): one page with the
 * position of the reader, one with that of the writers, then the data, mapped twice in a row so
 * that an event never wraps. An event is a header of 8 bytes, its length first, and its bytes,
 * rounded up to 8.
 */
final class KernelRing implements BpfRing {
  private static final int BUSY = 1 << 31;
  private static final int DISCARDED = 1 << 30;
  private static final int HEADER = 8;
  private static final short POLLIN = 1;

  /** Longest wait in the kernel: after it a close is noticed. */
  private static final long SLICE_NANOS = Duration.ofMillis(100).toNanos();

  private static final VarHandle POSITION = JAVA_LONG.varHandle();
  private static final VarHandle LENGTH = JAVA_INT.varHandle();

  private final Descriptor descriptor;
  private final MapShape shape;
  private final Mapping reader;
  private final Mapping writers;
  private final long page = Pages.size();
  private final long mask;
  private final ByteBuffer event;
  private final Object waiting = new Object();
  private volatile boolean closing;
  private boolean closed;

  /** Takes the descriptor, and closes it if this fails. */
  static KernelRing of(Descriptor descriptor, MapShape shape) throws KernelException {
    Mapping reader = null;
    try {
      reader = Mapping.of(descriptor, 0, Pages.size(), true, shape.toString());
      long bytes = Pages.size() + 2L * shape.maxEntries();
      Mapping writers = Mapping.of(descriptor, Pages.size(), bytes, false, shape.toString());
      return new KernelRing(descriptor, shape, reader, writers);
    } catch (KernelException | RuntimeException e) {
      if (reader != null) {
        reader.close();
      }
      descriptor.close();
      throw e;
    }
  }

  private KernelRing(Descriptor descriptor, MapShape shape, Mapping reader, Mapping writers) {
    this.descriptor = descriptor;
    this.shape = shape;
    this.reader = reader;
    this.writers = writers;
    this.mask = shape.maxEntries() - 1L;
    this.event = writers.buffer();
  }

  @Override
  public boolean await(Duration atMost) throws KernelException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!closing && !Thread.currentThread().isInterrupted()) {
      long left = Math.max(0, end - System.nanoTime());
      if (poll(Math.min(left, SLICE_NANOS))) {
        return true;
      }
      if (left == 0) {
        return false;
      }
    }
    return false;
  }

  /** Whoever waits has a lock of his own, so that others can read and ask meanwhile. */
  private boolean poll(long nanos) throws KernelException {
    synchronized (waiting) {
      return !closing && pollOpen(nanos);
    }
  }

  private boolean pollOpen(long nanos) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment wanted = arena.allocate(8, 8); // struct pollfd
      wanted.set(JAVA_INT, 0, descriptor.number());
      wanted.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
      MemorySegment time = arena.allocate(16, 8); // struct timespec
      time.set(JAVA_LONG, 8, nanos);
      long answer = SystemCall.PPOLL.make(wanted.address(), 1, time.address());
      if (answer < 0 && answer != -Errno.EINTR) {
        throw Errno.refused("wait for events of " + shape, answer);
      }
      return answer > 0;
    }
  }

  @Override
  public synchronized int read(Consumer<ByteBuffer> taker, int atMost) {
    open();
    MemorySegment data = writers.memory();
    long at = (long) POSITION.get(reader.memory(), 0L);
    long written = (long) POSITION.getAcquire(data, 0L);
    int shown = 0;
    while (at < written && shown < atMost) {
      long offset = page + (at & mask);
      int length = (int) LENGTH.getAcquire(data, offset);
      if ((length & BUSY) != 0) {
        return shown; // a writer has not finished this one
      }
      int bytes = length & ~DISCARDED;
      at += MapShape.rounded(bytes + HEADER);
      try {
        if ((length & DISCARDED) == 0) {
          shown++;
          int first = (int) (offset + HEADER);
          taker.accept(event.limit(first + bytes).position(first));
        }
      } finally {
        POSITION.setRelease(reader.memory(), 0L, at);
      }
    }
    return shown;
  }

  /** Without the lock: who asks must not keep the reader waiting. Shared memory knows its end. */
  @Override
  public long backlogBytes() {
    long read = (long) POSITION.getAcquire(reader.memory(), 0L);
    return (long) POSITION.getAcquire(writers.memory(), 0L) - read;
  }

  @Override
  public long sizeBytes() {
    return shape.maxEntries();
  }

  private void open() {
    if (closed) {
      throw new IllegalStateException(shape + " is read after its reader was closed");
    }
  }

  @Override
  public void close() {
    closing = true;
    synchronized (waiting) {
      release();
    }
  }

  private synchronized void release() {
    if (!closed) {
      closed = true;
      reader.close();
      writers.close();
      descriptor.close();
    }
  }
}
