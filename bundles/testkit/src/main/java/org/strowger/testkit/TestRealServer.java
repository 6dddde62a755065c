package org.strowger.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A real server on loopback. The first byte of a connection says what it wants: {@code w} is
 * answered with the server's name and the end; after {@code e} every byte comes back.
 */
public final class TestRealServer implements AutoCloseable {
  private final String name;
  private final ServerSocket listening;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong accepted = new AtomicLong();
  private volatile CountDownLatch frozen = new CountDownLatch(0);

  private TestRealServer(String name, ServerSocket listening) {
    this.name = name;
    this.listening = listening;
    Thread.ofVirtual().start(this::accept);
  }

  /**
   * Starts one.
   *
   * @param port 0 for any free one
   */
  public static TestRealServer start(String name, int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
    return new TestRealServer(name, socket);
  }

  public String name() {
    return name;
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** Connections accepted so far. */
  public long accepted() {
    return accepted.get();
  }

  /** Connections are accepted from now on, but nobody is answered. */
  public void freeze() {
    frozen = new CountDownLatch(1);
  }

  /** Those that wait are answered. */
  public void thaw() {
    frozen.countDown();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        accepted.incrementAndGet();
        open.add(socket);
        if (listening.isClosed()) {
          socket.close(); // accepted while it died: nobody serves it
          return;
        }
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return; // closed: this is the end
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      int wish = in.read();
      frozen.await();
      if (wish == 'w') {
        out.write((name + "\n").getBytes(StandardCharsets.US_ASCII));
        return;
      }
      byte[] block = new byte[64 * 1024];
      for (int n = in.read(block); n > 0; n = in.read(block)) {
        out.write(block, 0, n);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (IOException gone) {
      // The client went away in its own manner; clients check what they got.
      open.remove(socket);
    } finally {
      open.remove(socket);
    }
  }

  /** Dies: nothing listens any more, and live connections are cut. */
  @Override
  public void close() throws IOException {
    listening.close();
    thaw();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
