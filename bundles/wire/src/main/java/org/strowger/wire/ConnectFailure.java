package org.strowger.wire;

import io.netty.channel.ConnectTimeoutException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;

/** Tells whose fault it is that a connection to a real server did not come about. */
final class ConnectFailure {
  private ConnectFailure() {}

  /** False if this machine is short of ports, descriptors or memory: no evidence then. */
  static boolean blamesRealServer(Throwable cause) {
    if (cause instanceof BindException || text(cause).contains("Cannot assign requested")) {
      return false;
    }
    return cause instanceof ConnectException
        || cause instanceof NoRouteToHostException
        || cause instanceof PortUnreachableException
        || text(cause).contains("unreachable");
  }

  /** The process, or the machine, has no file descriptor left. */
  static boolean wantsDescriptors(Throwable cause) {
    return text(cause).contains("oo many open files");
  }

  /** The address and port to connect from are in use: another port may do. */
  static boolean sourceTaken(Throwable cause) {
    String text = text(cause);
    return cause instanceof BindException
        || text.contains("Cannot assign requested")
        || text.contains("Address already in use");
  }

  /** One clause for people. */
  static String text(Throwable cause) {
    if (cause instanceof ConnectTimeoutException) {
      return "no answer in time";
    }
    if (cause instanceof PortUnreachableException) {
      return Contract.NO_DATAGRAMS;
    }
    String message = String.valueOf(cause.getMessage());
    return message.contains("Connection refused") ? "connection refused" : message;
  }
}
