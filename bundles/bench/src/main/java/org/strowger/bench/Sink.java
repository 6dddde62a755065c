package org.strowger.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * A real server for uploads: reads until the client ends its direction, then answers with the
 * number of bytes it got (8 bytes, big end first). Datagrams to the same port it lets lie: the
 * kernel counts them when its buffer is full, at no cost to speak of. Run as {@code Sink ADDRESS
 * PORT}.
 */
final class Sink implements AutoCloseable {
  static final int CHUNK = 256 * 1024;
  private static final int CONNECTIONS_MAX = 256;

  private final ServerSocketChannel listening;
  private final DatagramChannel unread;

  private Sink(ServerSocketChannel listening, DatagramChannel unread) {
    this.listening = listening;
    this.unread = unread;
  }

  static Sink listen(String address, int port) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    channel.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port), CONNECTIONS_MAX);
    DatagramChannel unread = DatagramChannel.open();
    unread.bind(channel.getLocalAddress());
    Sink sink = new Sink(channel, unread);
    Thread.ofPlatform().daemon().name("sink").start(sink::accept);
    return sink;
  }

  int port() {
    return listening.socket().getLocalPort();
  }

  private void accept() {
    while (listening.isOpen()) {
      try {
        SocketChannel client = listening.accept();
        Thread.ofPlatform().daemon().start(() -> swallow(client));
      } catch (IOException e) {
        if (listening.isOpen()) {
          System.err.println("sink: " + e);
        }
      }
    }
  }

  private static void swallow(SocketChannel client) {
    try (client) {
      ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
      long total = 0;
      for (int read = client.read(chunk); read >= 0; read = client.read(chunk.clear())) {
        total += read;
      }
      client.write(ByteBuffer.allocate(Long.BYTES).putLong(total).flip());
    } catch (IOException cut) {
      System.err.println("sink: an upload was cut: " + cut.getMessage()); // its client says so too
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    unread.close();
  }

  public static void main(String[] arguments) throws Exception {
    try (Sink sink = listen(arguments[0], Integer.parseInt(arguments[1]))) {
      System.out.println("ready " + sink.port());
      Thread.currentThread().join();
    }
  }
}
