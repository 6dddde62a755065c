package io.netty.channel.uring;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import java.io.IOException;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections from a listening socket with one standing operation, or, where descriptors
 * may get short, with one for each: a standing one takes all that wait at once, before anybody can
 * stop it. The descriptor is its owner's, who stops this first. Touched by its loop's thread only.
 */
@NullMarked
public final class RingAcceptor implements IoUringIoHandle {
  /** What came. */
  public interface Events {
    /** A connection, whose descriptor is the listener's now. */
    void accepted(int descriptor);

    /** Nothing is accepted any more until {@link RingAcceptor#start}. */
    void failed(IOException cause);

    /** True if no more than one may be accepted at a time. */
    boolean sparing();
  }

  private static final int SOCK_CLOEXEC = 0x80000;
  private static final short ACCEPT = 1;
  private static final short CANCEL = 2;

  private final int descriptor;
  private final Events events;
  private @Nullable IoRegistration registration;
  private boolean accepting;

  /** The operation goes on after the next connection, and nobody has cancelled it. */
  private boolean standing;

  private boolean wanted;
  private long operation;

  RingAcceptor(int descriptor, Events events) {
    this.descriptor = descriptor;
    this.events = events;
  }

  void registeredAs(IoRegistration made) {
    registration = made;
  }

  /** Accepts from now on. */
  public void start() {
    wanted = true;
    IoRegistration present = registration;
    if (!accepting && present != null) {
      standing = !events.sparing();
      operation =
          present.submit(
              operation(
                  Native.IORING_OP_ACCEPT,
                  standing ? Native.IORING_ACCEPT_MULTISHOT : 0,
                  0,
                  SOCK_CLOEXEC,
                  ACCEPT));
      accepting = operation != 0;
    }
  }

  /** Leaves new connections in the kernel's queue; those already taken still come. */
  public void stop() {
    wanted = false;
    cancel();
  }

  private void cancel() {
    standing = false;
    IoRegistration present = registration;
    if (accepting && present != null) {
      present.submit(operation(Native.IORING_OP_ASYNC_CANCEL, (short) 0, operation, 0, CANCEL));
    }
  }

  private IoUringIoOps operation(
      byte code, short priority, long memory, int operationFlags, short data) {
    return new IoUringIoOps(
        code,
        (byte) 0,
        priority,
        code == Native.IORING_OP_ACCEPT ? descriptor : -1,
        0,
        memory,
        0,
        operationFlags,
        (long) data,
        (short) 0,
        (short) 0,
        0,
        0);
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    IoUringIoEvent done = (IoUringIoEvent) event;
    if ((int) done.userData() != ACCEPT) {
      return;
    }
    accepting = (done.flags() & Native.IORING_CQE_F_MORE) != 0;
    if (done.res() >= 0) {
      events.accepted(done.res());
    } else if (done.res() != -RingErrors.ECANCELED) {
      events.failed(new IOException("accept: " + RingErrors.text(-done.res())));
      return;
    }
    if (wanted && !accepting) {
      start();
    } else if (standing && events.sparing()) {
      cancel(); // and start anew when that has ended
    }
  }

  /** Stops, and forgets the descriptor. */
  @Override
  public void close() {
    stop();
    IoRegistration present = registration;
    if (present != null) {
      present.cancel();
      registration = null;
    }
  }
}
