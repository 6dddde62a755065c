package org.strowger.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;

/** A client with datagrams; it hears only what comes from the virtual address. */
final class UdpClient implements AutoCloseable {
  final DatagramSocket socket;

  UdpClient(InetSocketAddress service) throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(service.getAddress(), 0));
    socket.setReceiveBufferSize(4 << 20);
    socket.connect(service);
    socket.setSoTimeout(10_000);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  void send(byte[] data) throws IOException {
    socket.send(new DatagramPacket(data, data.length));
  }

  void send(String text) throws IOException {
    send(text.getBytes(UTF_8));
  }

  byte[] receive() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    socket.receive(packet);
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
