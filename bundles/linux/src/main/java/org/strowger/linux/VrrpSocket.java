package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.strowger.api.KernelException;
import org.strowger.api.VrrpPackets;

/** A raw(7) socket of IP protocol 112, of one family. Used by one thread. */
final class VrrpSocket implements AutoCloseable {
  private static final int RAW = 3 | 0x800 | 0x80000; // not blocking, closed at exec
  private static final int VRRP = 112;
  private static final int NETWORK_CONTROL = 0xc0;
  private static final int HOPS = 255;

  // Levels and options, linux/in.h and linux/in6.h.
  private static final int IP = 0;
  private static final int IPV6 = 41;
  private static final int IP_TOS = 1;
  private static final int IP_TTL = 2;
  private static final int IP_PKTINFO = 8;
  private static final int IP_MULTICAST_TTL = 33;
  private static final int IP_MULTICAST_LOOP = 34;
  private static final int IP_ADD_MEMBERSHIP = 35;
  private static final int IP_DROP_MEMBERSHIP = 36;
  private static final int IP_MULTICAST_ALL = 49;
  private static final int IPV6_UNICAST_HOPS = 16;
  private static final int IPV6_MULTICAST_HOPS = 18;
  private static final int IPV6_MULTICAST_LOOP = 19;
  private static final int IPV6_ADD_MEMBERSHIP = 20;
  private static final int IPV6_DROP_MEMBERSHIP = 21;
  private static final int IPV6_MULTICAST_ALL = 29;
  private static final int IPV6_RECVPKTINFO = 49;
  private static final int IPV6_PKTINFO = 50;
  private static final int IPV6_RECVHOPLIMIT = 51;
  private static final int IPV6_HOPLIMIT = 52;
  private static final int IPV6_TCLASS = 67;

  private static final byte[] GROUP_OF_IPV4 = {(byte) 224, 0, 0, 18};
  private static final byte[] GROUP_OF_IPV6 = InetAddress.ofLiteral("ff02::12").getAddress();

  private static final int CONTROL = 256;
  private static final int CONTROL_HEADER = 16;
  private static final int TAKEN = 60 + VrrpPackets.MAX_BYTES;

  private final boolean ipv6;
  private final Descriptor socket;
  private final MemorySegment state;
  private final MemorySegment header; // struct msghdr
  private final MemorySegment vector; // struct iovec
  private final MemorySegment peer;
  private final MemorySegment control;
  private final MemorySegment bytes;

  VrrpSocket(Arena arena, boolean ipv6) throws KernelException {
    this.ipv6 = ipv6;
    state = SystemCall.state(arena);
    header = arena.allocate(56, 8);
    vector = arena.allocate(16, 8);
    peer = arena.allocate(28, 8);
    control = arena.allocate(CONTROL, 8);
    bytes = arena.allocate(TAKEN, 8);
    int family = ipv6 ? Addresses.AF_INET6 : Addresses.AF_INET;
    long opened = SystemCall.SOCKET.make(family, RAW, VRRP);
    if (opened < 0) {
      throw Errno.refused("open a raw socket for VRRP", opened);
    }
    socket = new Descriptor(opened);
    try {
      prepare();
    } catch (KernelException refused) {
      close();
      throw refused;
    }
  }

  private void prepare() throws KernelException {
    if (ipv6) {
      option(IPV6, IPV6_UNICAST_HOPS, HOPS);
      option(IPV6, IPV6_MULTICAST_HOPS, HOPS);
      option(IPV6, IPV6_MULTICAST_LOOP, 0);
      option(IPV6, IPV6_MULTICAST_ALL, 0);
      option(IPV6, IPV6_TCLASS, NETWORK_CONTROL);
      option(IPV6, IPV6_RECVPKTINFO, 1);
      option(IPV6, IPV6_RECVHOPLIMIT, 1);
    } else {
      option(IP, IP_TTL, HOPS);
      option(IP, IP_MULTICAST_TTL, HOPS);
      option(IP, IP_MULTICAST_LOOP, 0);
      option(IP, IP_MULTICAST_ALL, 0);
      option(IP, IP_TOS, NETWORK_CONTROL);
      option(IP, IP_PKTINFO, 1);
    }
  }

  private void option(int level, int name, int value) throws KernelException {
    bytes.set(JAVA_INT, 0, value);
    option(level, name, 4, "prepare a socket for VRRP, option " + name);
  }

  private void option(int level, int name, int length, String operation) throws KernelException {
    long answer = SystemCall.SETSOCKOPT.make(socket.number(), level, name, bytes.address(), length);
    if (answer < 0) {
      throw Errno.refused(operation, answer);
    }
  }

  int number() {
    return socket.number();
  }

  void membership(int device, boolean wanted) throws KernelException {
    String operation = (wanted ? "join" : "leave") + " VRRP's group on device " + device;
    if (ipv6) {
      MemorySegment.copy(GROUP_OF_IPV6, 0, bytes, JAVA_BYTE, 0, 16); // struct ipv6_mreq
      bytes.set(JAVA_INT, 16, device);
      option(IPV6, wanted ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP, 20, operation);
    } else {
      MemorySegment.copy(GROUP_OF_IPV4, 0, bytes, JAVA_BYTE, 0, 4); // struct ip_mreqn
      bytes.set(JAVA_INT, 4, 0);
      bytes.set(JAVA_INT, 8, device);
      option(IP, wanted ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, 12, operation);
    }
  }

  void send(int device, InetAddress source, InetAddress to, byte[] message) throws KernelException {
    peer.fill((byte) 0);
    peer.set(JAVA_SHORT, 0, (short) (ipv6 ? Addresses.AF_INET6 : Addresses.AF_INET));
    MemorySegment.copy(to.getAddress(), 0, peer, JAVA_BYTE, ipv6 ? 8 : 4, ipv6 ? 16 : 4);
    if (ipv6) {
      peer.set(JAVA_INT, 24, device);
    }
    control.fill((byte) 0);
    int information = ipv6 ? 20 : 12;
    control.set(JAVA_LONG, 0, CONTROL_HEADER + information);
    control.set(JAVA_INT, 8, ipv6 ? IPV6 : IP);
    control.set(JAVA_INT, 12, ipv6 ? IPV6_PKTINFO : IP_PKTINFO);
    if (ipv6) { // struct in6_pktinfo
      MemorySegment.copy(source.getAddress(), 0, control, JAVA_BYTE, CONTROL_HEADER, 16);
      control.set(JAVA_INT, CONTROL_HEADER + 16, device);
    } else { // struct in_pktinfo
      control.set(JAVA_INT, CONTROL_HEADER, device);
      MemorySegment.copy(source.getAddress(), 0, control, JAVA_BYTE, CONTROL_HEADER + 4, 4);
    }
    MemorySegment.copy(message, 0, bytes, JAVA_BYTE, 0, message.length);
    message(ipv6 ? 28 : 16, message.length, CONTROL_HEADER + ((information + 7) & ~7));
    long sent = SystemCall.SENDMSG.make(state, socket.number(), header.address(), 0, 0, 0, 0);
    if (sent < 0) {
      throw Errno.refused(
          "send an advert from %s to %s on device %d"
              .formatted(source.getHostAddress(), to.getHostAddress(), device),
          sent);
    }
  }

  private void message(int peerBytes, int length, int controlBytes) {
    vector.set(JAVA_LONG, 0, bytes.address());
    vector.set(JAVA_LONG, 8, length);
    header.fill((byte) 0);
    header.set(JAVA_LONG, 0, peer.address());
    header.set(JAVA_INT, 8, peerBytes);
    header.set(JAVA_LONG, 16, vector.address());
    header.set(JAVA_LONG, 24, 1);
    header.set(JAVA_LONG, 32, control.address());
    header.set(JAVA_LONG, 40, controlBytes);
  }

  /** What has come, without waiting. */
  Optional<VrrpPackets.Packet> receive() throws KernelException {
    while (true) {
      message(28, TAKEN, CONTROL);
      long received = SystemCall.RECVMSG.make(state, socket.number(), header.address(), 0, 0, 0, 0);
      if (received == -Errno.EAGAIN || received == -Errno.EINTR) {
        return Optional.empty();
      }
      if (received < 0) {
        throw Errno.refused("receive an advert", received);
      }
      Optional<VrrpPackets.Packet> packet = packet((int) received);
      if (packet.isPresent()) {
        return packet;
      }
    }
  }

  /** Empty if the kernel did not tell what is needed; it always does. */
  private Optional<VrrpPackets.Packet> packet(int length) {
    byte[] all = bytes.asSlice(0, length).toArray(JAVA_BYTE);
    byte[] from = peer.asSlice(ipv6 ? 8 : 4, ipv6 ? 16 : 4).toArray(JAVA_BYTE);
    byte[] to = new byte[from.length];
    int device = 0;
    int hops = -1;
    long end = header.get(JAVA_LONG, 40);
    for (long at = 0; at + CONTROL_HEADER <= end; ) {
      long size = control.get(JAVA_LONG, at);
      if (size < CONTROL_HEADER) {
        break;
      }
      int level = control.get(JAVA_INT, at + 8);
      int kind = control.get(JAVA_INT, at + 12);
      long data = at + CONTROL_HEADER;
      if (level == IPV6 && kind == IPV6_PKTINFO) {
        MemorySegment.copy(control, JAVA_BYTE, data, to, 0, 16);
        device = control.get(JAVA_INT, data + 16);
      } else if (level == IPV6 && kind == IPV6_HOPLIMIT) {
        hops = control.get(JAVA_INT, data);
      } else if (level == IP && kind == IP_PKTINFO) {
        device = control.get(JAVA_INT, data);
      }
      at += (size + 7) & ~7;
    }
    if (ipv6) {
      return packet(device, from, to, hops, all);
    }
    // A raw socket of IPv4 hears the network header too.
    int header4 = length < 20 ? TAKEN : (all[0] & 15) * 4;
    if (header4 < 20 || length < header4) {
      return Optional.empty();
    }
    return packet(
        device,
        from,
        Arrays.copyOfRange(all, 16, 20),
        Byte.toUnsignedInt(all[8]),
        Arrays.copyOfRange(all, header4, length));
  }

  private static Optional<VrrpPackets.Packet> packet(
      int device, byte[] from, byte[] to, int hops, byte[] message) {
    try {
      return Optional.of(
          new VrrpPackets.Packet(
              device,
              InetAddress.getByAddress(from),
              InetAddress.getByAddress(to),
              hops,
              ByteBuffer.wrap(message)));
    } catch (UnknownHostException impossible) { // the length is right
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
