package org.strowger.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Answers each request after a known delay; from a moment on, once, it stalls for a while. */
final class SlowServer implements AutoCloseable {
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket listening;
  private final long delay;
  private volatile long stalledUntil;
  private volatile boolean silent;

  SlowServer(long delayMillis) throws IOException {
    this.listening = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
    this.delay = TimeUnit.MILLISECONDS.toNanos(delayMillis);
    Thread.ofPlatform().daemon().start(this::accept);
  }

  Target target() {
    return new Target("127.0.0.1", listening.getLocalPort());
  }

  /** Answers nobody for so long. */
  void stall(long millis) {
    stalledUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Takes connections and never answers. */
  void fallSilent() {
    silent = true;
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = client.getInputStream();
      byte[] request = new byte[4096];
      for (int read = in.read(request); read > 0; read = in.read(request)) {
        if (silent) {
          LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(30));
          return;
        }
        long end = System.nanoTime() + delay;
        while (System.nanoTime() < Math.max(end, stalledUntil)) {
          LockSupport.parkNanos(Math.max(end, stalledUntil) - System.nanoTime());
        }
        client.getOutputStream().write(ANSWER);
        if (new String(request, 0, read, StandardCharsets.US_ASCII).contains("close")) {
          return;
        }
      }
    } catch (IOException gone) {
      return; // the client has seen enough
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
