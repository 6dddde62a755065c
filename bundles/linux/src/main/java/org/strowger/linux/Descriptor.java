package org.strowger.linux;

import org.strowger.api.KernelException;

/** A file descriptor and its one owner. Any thread may close it, once or more often. */
final class Descriptor implements AutoCloseable {
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int CLOSED = -1;

  private int number;

  Descriptor(long number) {
    this.number = (int) number;
  }

  /** A copy of a descriptor that somebody else owns. */
  static Descriptor copyOf(int number, String what) throws KernelException {
    long copy = SystemCall.FCNTL.make(number, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) {
      throw Errno.refused("keep " + what, copy);
    }
    return new Descriptor(copy);
  }

  /** The number; an {@link IllegalStateException} if it is closed. */
  synchronized int number() {
    if (number == CLOSED) {
      throw new IllegalStateException("used after it was closed");
    }
    return number;
  }

  Descriptor duplicate(String what) throws KernelException {
    return copyOf(number(), what);
  }

  @Override
  public synchronized void close() {
    if (number != CLOSED) {
      long answer = SystemCall.CLOSE.make(number);
      number = CLOSED;
      if (answer == -9) { // EBADF: somebody else closed what was ours
        throw new IllegalStateException("a descriptor was closed by somebody who did not own it");
      }
    }
  }
}
