package io.netty.channel.uring;

import io.netty.channel.unix.Errors;
import org.jspecify.annotations.NullMarked;

/** Error numbers of Linux (asm-generic/errno.h) and their sentences. */
@NullMarked
final class RingErrors {
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int ENFILE = 23;
  static final int EMFILE = 24;
  static final int ENOBUFS = 105;
  static final int ECANCELED = 125;

  private RingErrors() {}

  /** As strerror(3) says it. */
  static String text(int errno) {
    String text = Errors.newIOException("", -errno).getMessage();
    int colon = text.indexOf(": ");
    return colon < 0 ? text : text.substring(colon + 2);
  }
}
