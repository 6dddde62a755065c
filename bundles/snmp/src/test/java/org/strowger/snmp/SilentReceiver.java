package org.strowger.snmp;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.strowger.api.Management.Tls;
import org.strowger.api.TlsFiles;

/**
 * A receiver over TLS that takes sessions and reads nothing of what comes: its end can be in order
 * or not, as the test wants.
 */
final class SilentReceiver implements AutoCloseable {
  private static final long PATIENCE_NANOS = 20_000_000_000L;

  private final Path folder;
  private final String name;
  private final ServerSocket server;

  private SilentReceiver(Path folder, String name, ServerSocket server) {
    this.folder = folder;
    this.name = name;
    this.server = server;
  }

  /** One that shows the certificate of {@code name} out of {@code folder}. */
  static SilentReceiver open(Path folder, String name) throws IOException {
    ServerSocket server = new ServerSocket(0, 5, Rig.LOOPBACK);
    server.setSoTimeout(100);
    return new SilentReceiver(folder, name, server);
  }

  int port() {
    return server.getLocalPort();
  }

  /** A session, and what it came over. */
  record Session(Socket plain, SSLSocket tls) {
    /** Without a word, as when the machine it came to has another life. */
    void reset() throws IOException {
      plain.setSoLinger(true, 0);
      plain.close();
    }

    void end() throws IOException {
      tls.close();
    }
  }

  /** Waits for a call and answers it, doing something again and again until it comes. */
  Session accept(Runnable meanwhile) throws IOException {
    long begun = System.nanoTime();
    while (true) {
      meanwhile.run();
      try {
        return shake(server.accept());
      } catch (SocketTimeoutException e) {
        if (System.nanoTime() - begun > PATIENCE_NANOS) {
          throw e;
        }
      }
    }
  }

  private Session shake(Socket plain) throws IOException {
    Tls files = new Tls(Path.of(name + ".crt"), Path.of(name + ".key"));
    SSLSocket tls =
        (SSLSocket)
            TlsFiles.context(folder, files, Optional.empty())
                .getSocketFactory()
                .createSocket(plain, name, plain.getPort(), true);
    tls.setUseClientMode(false);
    tls.startHandshake();
    return new Session(plain, tls);
  }

  /** Takes no other session. */
  void refuse() throws IOException {
    server.close();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
