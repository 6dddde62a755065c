package org.strowger.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A real server of the tests: does with each connection what the test says. */
final class TestServer implements AutoCloseable {
  /** What is done with a connection, on a thread of its own. */
  interface Talk {
    void with(Socket socket) throws Exception;
  }

  private final ServerSocket listening;
  final LinkedBlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();
  final List<Throwable> failures = new CopyOnWriteArrayList<>();

  TestServer(Talk talk) {
    this(talk, InetAddress.getLoopbackAddress());
  }

  TestServer(Talk talk, InetAddress address) {
    try {
      listening = new ServerSocket(0, 512, address);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(() -> serve(talk));
  }

  private void serve(Talk talk) {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        accepted.add(socket);
        Thread.ofVirtual().start(() -> talk(talk, socket));
      } catch (IOException e) {
        if (!listening.isClosed()) {
          failures.add(e);
        }
      }
    }
  }

  private void talk(Talk talk, Socket socket) {
    try {
      talk.with(socket);
    } catch (Exception | AssertionError e) {
      failures.add(e);
    }
  }

  Socket next() throws InterruptedException {
    Socket socket = accepted.poll(20, TimeUnit.SECONDS);
    if (socket == null) {
      throw new AssertionError("no connection came to the real server");
    }
    return socket;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
  }

  /** Echoes until the client ends, then ends. */
  static TestServer echo() {
    return new TestServer(
        socket -> {
          socket.getInputStream().transferTo(socket.getOutputStream());
          socket.close();
        });
  }

  /** Accepts and leaves the rest to the test. */
  static TestServer silent() {
    return new TestServer(socket -> {});
  }

  /** Says its name to whoever connects. */
  static TestServer named(String name) {
    return named(name, InetAddress.getLoopbackAddress());
  }

  static TestServer named(String name, InetAddress address) {
    return new TestServer(
        socket -> {
          try (socket) {
            socket.getOutputStream().write(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
          }
        },
        address);
  }

  /** An address where nobody listens. */
  static InetSocketAddress nobody() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : accepted) {
      socket.close();
    }
  }
}
