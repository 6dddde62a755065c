package org.strowger.checks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP server that does to each connection what a test says, and closes it then. */
final class Server implements AutoCloseable {
  interface Manner {
    void serve(Socket client) throws Exception;
  }

  private final ServerSocket listening;
  private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
  private final Set<Throwable> faults = ConcurrentHashMap.newKeySet();

  private Server(ServerSocket listening) {
    this.listening = listening;
  }

  static Server with(Manner manner) throws IOException {
    ServerSocket listening = new ServerSocket();
    listening.bind(new InetSocketAddress(Lab.HERE, 0));
    Server server = new Server(listening);
    Thread.ofVirtual().start(() -> server.accept(manner));
    return server;
  }

  /** One that sends these bytes at once, and then keeps silent until the other side closes. */
  static Server saying(byte[] bytes) throws IOException {
    return with(
        client -> {
          client.getOutputStream().write(bytes);
          untilClosed(client);
        });
  }

  static Server saying(String text) throws IOException {
    return saying(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static Server silent() throws IOException {
    return with(Server::untilClosed);
  }

  static void untilClosed(Socket client) throws IOException {
    client.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
  }

  /** Reads a line; without its end. */
  static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.append((char) next);
    }
    return line.toString().stripTrailing();
  }

  private void accept(Manner manner) {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        clients.add(client);
        Thread.ofVirtual().start(() -> serve(client, manner));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client, Manner manner) {
    try (client) {
      manner.serve(client);
    } catch (Exception thrown) { // a check that leaves early is part of many tests
      faults.add(thrown);
    } finally {
      clients.remove(client);
    }
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Connections that are open now. */
  int open() {
    return clients.size();
  }

  @Override
  public void close() {
    try {
      listening.close();
      for (Socket client : clients) {
        client.close();
      }
    } catch (IOException thrown) {
      throw new UncheckedIOException(thrown);
    }
  }
}
