package org.strowger.checks;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** A UDP server that answers each datagram with those that a test says. */
final class DatagramServer implements AutoCloseable {
  private final DatagramSocket socket;
  private final Function<byte[], List<byte[]>> manner;

  private DatagramServer(DatagramSocket socket, Function<byte[], List<byte[]>> manner) {
    this.socket = socket;
    this.manner = manner;
  }

  static DatagramServer with(Function<byte[], List<byte[]>> manner) throws IOException {
    DatagramServer server = new DatagramServer(new DatagramSocket(0, Lab.HERE), manner);
    Thread.ofVirtual().start(server::serve);
    return server;
  }

  private void serve() {
    byte[] buffer = new byte[65535];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        for (byte[] reply : manner.apply(Arrays.copyOf(buffer, packet.getLength()))) {
          socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
        }
      } catch (IOException closed) {
        return;
      }
    }
  }

  int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() {
    socket.close();
  }
}
