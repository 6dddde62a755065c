package org.strowger.jmx;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection. It keeps the client's address from RMI and tells it to {@link Caller}.
 *
 * <p>Why RMI must not know it: the RMI registry takes {@code bind}, {@code rebind} and {@code
 * unbind} from every client on this host, so that any local user could put a server of their own
 * into the place of ours and collect the operators' passwords (CVE-2019-12418 was this in Tomcat).
 * For a client of unknown origin the registry refuses all three, and {@code lookup} still works.
 */
final class CallerSocket extends Socket {
  private final Consumer<Socket> closed;

  CallerSocket(Consumer<Socket> closed) {
    this.closed = closed;
  }

  /** Unknown, on purpose. */
  @Override
  @SuppressWarnings("NullAway") // the JDK's own answer of an unconnected socket
  public @Nullable InetAddress getInetAddress() {
    return null;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    InetSocketAddress peer = new InetSocketAddress(super.getInetAddress(), getPort());
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        Caller.readingFrom(peer);
        return super.read();
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        Caller.readingFrom(peer);
        return super.read(bytes, offset, length);
      }
    };
  }

  @Override
  public synchronized void close() throws IOException {
    closed.accept(this);
    super.close();
  }
}
