package io.netty.channel.uring;

import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
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

  private static final int EADDRNOTAVAIL = 99;
  private static final int ENETUNREACH = 101;
  private static final int EHOSTUNREACH = 113;

  private RingErrors() {}

  /** What the JDK would throw for a connect(2) that ended so. */
  static IOException connect(int errno) {
    String text = text(errno);
    return switch (errno) {
      case EADDRNOTAVAIL -> new BindException(text);
      case ENETUNREACH, EHOSTUNREACH -> new NoRouteToHostException(text);
      default -> new ConnectException(text);
    };
  }

  /** As strerror(3) says it. */
  static String text(int errno) {
    String text = String.valueOf(Errors.newIOException("", -errno).getMessage());
    int colon = text.indexOf(": ");
    return colon < 0 ? text : text.substring(colon + 2);
  }
}
