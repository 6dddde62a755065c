package org.strowger.syslog;

import java.io.IOException;

/** The way to one syslog server, opened. */
interface Wire extends AutoCloseable {
  /** Hands a message to the network; blocks at most until the server takes it or is given up. */
  void send(byte[] message) throws IOException;

  @Override
  void close() throws IOException;

  /** Opens the way. */
  interface Opening {
    Wire open() throws IOException;
  }
}
