package org.strowger.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A real server with datagrams: answers its name and what it got, remembers who asked. */
final class UdpServer implements AutoCloseable {
  private final DatagramSocket socket;
  final String name;
  final AtomicInteger got = new AtomicInteger();
  final Set<SocketAddress> peers = ConcurrentHashMap.newKeySet();
  final List<String> texts = new CopyOnWriteArrayList<>();
  private volatile boolean silent;

  UdpServer(String name) {
    this(name, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  UdpServer(String name, InetSocketAddress address) {
    this.name = name;
    try {
      socket = new DatagramSocket(address);
      socket.setReceiveBufferSize(4 << 20);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().start(this::serve);
  }

  UdpServer silent() {
    silent = true;
    return this;
  }

  private void serve() {
    byte[] room = new byte[65_536];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(room, room.length);
        socket.receive(packet);
        got.incrementAndGet();
        peers.add(packet.getSocketAddress());
        if (packet.getLength() < 100) {
          texts.add(new String(room, 0, packet.getLength(), UTF_8));
        }
        if (!silent) {
          answer(packet);
        }
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /** Short ones come back with the name in front, others as they are. */
  private void answer(DatagramPacket packet) throws IOException {
    byte[] data = java.util.Arrays.copyOf(packet.getData(), packet.getLength());
    if (data.length > 0 && data.length < 100) {
      data = (name + ":" + new String(data, UTF_8)).getBytes(UTF_8);
    }
    socket.send(new DatagramPacket(data, data.length, packet.getSocketAddress()));
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  /** An address where no datagram is taken. */
  static InetSocketAddress nobody() {
    try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return (InetSocketAddress) free.getLocalSocketAddress();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
