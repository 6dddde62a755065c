package org.strowger.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;

/** A client with datagrams; what it hears must come from the virtual address. */
final class UdpClient implements AutoCloseable {
  final DatagramSocket socket;
  private final InetSocketAddress service;

  UdpClient(InetSocketAddress service) throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(service.getAddress(), 0));
    socket.setReceiveBufferSize(4 << 20);
    this.service = service;
    socket.setSoTimeout(10_000);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  void send(byte[] data) throws IOException {
    socket.send(new DatagramPacket(data, data.length, service));
  }

  void send(String text) throws IOException {
    send(text.getBytes(UTF_8));
  }

  byte[] receive() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    socket.receive(packet);
    assertEquals(service, packet.getSocketAddress(), "source of the reply");
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  String ask(String text) throws IOException {
    send(text);
    return new String(receive(), UTF_8);
  }

  /** True if nothing comes within a moment. */
  boolean silence() throws IOException {
    socket.setSoTimeout(300);
    try {
      receive();
      return false;
    } catch (SocketTimeoutException nothing) {
      return true;
    } finally {
      socket.setSoTimeout(10_000);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
