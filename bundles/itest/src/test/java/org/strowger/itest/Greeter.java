package org.strowger.itest;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A real server that says its name to everybody who comes, and then sends back what it gets. */
final class Greeter implements AutoCloseable {
  private final String name;
  private final boolean stays;
  private final ServerSocket listening = new ServerSocket();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong resets = new AtomicLong();

  /**
   * Starts one.
   *
   * @param stays it keeps its own direction open when the client has ended its one
   */
  Greeter(String name, String address, int port, boolean stays) throws IOException {
    this.name = name;
    this.stays = stays;
    listening.setReuseAddress(true);
    listening.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port), 256);
    Thread.ofVirtual().start(this::accept);
  }

  static Greeter on(String name) throws IOException {
    return new Greeter(name, "127.0.0.1", Plan.free(1), false);
  }

  static Greeter staying(String name) throws IOException {
    return new Greeter(name, "127.0.0.1", Plan.free(1), true);
  }

  /** Itself in the operator's file. */
  String wanted() {
    return name + ": { address: 127.0.0.1, port: " + listening.getLocalPort() + " }";
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Connections that were reset under it. */
  long resets() {
    return resets.get();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return; // the listening socket was closed: this is the end
      }
    }
  }

  private void serve(Socket socket) {
    try {
      socket.getOutputStream().write((name + "\n").getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      for (int read = in.read(); read >= 0; read = in.read()) {
        socket.getOutputStream().write(read);
      }
      if (!stays) {
        socket.close();
        open.remove(socket);
      }
    } catch (SocketException reset) {
      resets.incrementAndGet();
      open.remove(socket);
    } catch (IOException broken) {
      throw new IllegalStateException(broken);
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
