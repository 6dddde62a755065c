package org.strowger.checks;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;

/**
 * A connected UDP socket of one look: it hears only the real server, and its ICMP errors. It is
 * closed when its virtual thread is interrupted.
 */
final class Datagrams implements AutoCloseable {
  /** Largest datagram read; the rest of a larger one is cut off. */
  static final int MAX_DATAGRAM = 4096;

  private final Look look;
  private final DatagramSocket socket;
  private final byte[] buffer = new byte[MAX_DATAGRAM];

  private Datagrams(Look look, DatagramSocket socket) {
    this.look = look;
    this.socket = socket;
  }

  static Datagrams open(Look look) throws IOException {
    DatagramSocket socket = new DatagramSocket(null);
    try {
      if (look.target().source().isPresent()) {
        socket.bind(new InetSocketAddress(look.target().source().get(), 0));
      }
      socket.connect(new InetSocketAddress(look.address(), look.port()));
      return new Datagrams(look, socket);
    } catch (IOException | RuntimeException | Error thrown) {
      socket.close();
      throw thrown;
    }
  }

  InetAddress localAddress() {
    return socket.getLocalAddress();
  }

  int localPort() {
    return socket.getLocalPort();
  }

  void send(byte[] payload) throws IOException {
    socket.send(new DatagramPacket(payload, payload.length));
  }

  /**
   * The next datagram.
   *
   * @param longestMillis wait no longer, however much of the look's time is left
   * @throws SocketTimeoutException if none came
   */
  byte[] receive(long longestMillis) throws IOException {
    socket.setSoTimeout((int) Math.max(1, Math.min(longestMillis, look.remainingMillis())));
    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
    socket.receive(packet);
    return Arrays.copyOf(buffer, packet.getLength());
  }

  /** The next datagram, as long as the look has time. */
  byte[] receive() throws IOException {
    return receive(Long.MAX_VALUE);
  }

  @Override
  public void close() {
    socket.close();
  }
}
