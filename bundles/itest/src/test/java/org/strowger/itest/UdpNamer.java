package org.strowger.itest;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A real server for datagrams: sends each back with its name before it. */
final class UdpNamer implements AutoCloseable {
  private static final int LARGEST = 2_048;
  private final String name;
  private final DatagramSocket socket;

  UdpNamer(String name) throws IOException {
    this.name = name;
    socket = new DatagramSocket(Plan.free(1), InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual().start(this::serve);
  }

  /** Itself in the operator's file. */
  String wanted() {
    return name + ": { address: 127.0.0.1, port: " + socket.getLocalPort() + " }";
  }

  private void serve() {
    DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
    while (!socket.isClosed()) {
      try {
        packet.setLength(LARGEST);
        socket.receive(packet);
        byte[] back = (name + " " + text(packet)).getBytes(StandardCharsets.US_ASCII);
        socket.send(new DatagramPacket(back, back.length, packet.getSocketAddress()));
      } catch (IOException closed) {
        return; // the socket was closed: this is the end
      }
    }
  }

  private static String text(DatagramPacket packet) {
    return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
  }

  /** The name of the real server that answers; a datagram that is lost is sent again. */
  static String ask(DatagramSocket client, int port, String what) throws IOException {
    InetSocketAddress service = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    byte[] sent = what.getBytes(StandardCharsets.US_ASCII);
    client.setSoTimeout(3_000);
    for (int tries = 0; tries < 10; tries++) {
      client.send(new DatagramPacket(sent, sent.length, service));
      String answer = answer(client, what);
      if (!answer.isEmpty()) {
        return answer;
      }
    }
    throw new IOException("no answer to " + what);
  }

  /** The name before the answer to this, or empty if none comes in time. */
  private static String answer(DatagramSocket client, String what) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
    try {
      do {
        packet.setLength(LARGEST);
        client.receive(packet);
      } while (!text(packet).endsWith(" " + what)); // a late answer to an earlier one
      return text(packet).substring(0, text(packet).indexOf(' '));
    } catch (SocketTimeoutException lost) {
      return "";
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
