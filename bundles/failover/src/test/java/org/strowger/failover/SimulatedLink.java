package org.strowger.failover;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.strowger.api.VrrpPackets;

/** Clock and cable of all machines: carries packets late, twice, one way or not at all. */
final class SimulatedLink {
  private static final int RECORDED = 100;
  private static final long FASTEST = 50_000;
  private static final long SLOWEST = 2_000_000;

  private record Flight(long at, long order, int to, VrrpPackets.Packet packet)
      implements Comparable<Flight> {
    @Override
    public int compareTo(Flight other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final Random random;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final PriorityQueue<Flight> flying = new PriorityQueue<>();

  /** Pairs that are cut, as {@code from * 10 + to}. */
  private final Set<Integer> cut = new HashSet<>();

  private long now;
  private long order;
  private double loss;
  private boolean forged;
  private final List<VrrpPackets.Packet> recorded = new ArrayList<>();
  private double twice;

  SimulatedLink(Random random) {
    this.random = random;
  }

  void add(SimulatedNode node) {
    nodes.add(node);
  }

  List<SimulatedNode> nodes() {
    return nodes;
  }

  long now() {
    return now;
  }

  void at(long time) {
    now = time;
  }

  void lossy(double lost, double doubled) {
    loss = lost;
    twice = doubled;
  }

  void cut(int from, int to) {
    cut.add(from * 10 + to);
  }

  void heal() {
    cut.clear();
    lossy(0, 0);
  }

  boolean whole() {
    return cut.isEmpty() && loss == 0;
  }

  /** Somebody on the link repeats what was sent, and forges what would end all service. */
  void forged(boolean is) {
    forged = is;
  }

  private void forge(VrrpPackets.Packet packet) {
    if (recorded.size() < RECORDED) {
      recorded.add(packet);
    } else {
      recorded.set(random.nextInt(RECORDED), packet);
    }
    SimulatedNode victim = nodes.get(random.nextInt(nodes.size()));
    switch (random.nextInt(24)) {
      case 0 -> fly(victim, recorded.get(random.nextInt(recorded.size())));
      case 1 -> highest(victim, packet);
      case 2 -> { // the true one's, with another priority
        byte[] bytes = packet.bytes();
        bytes[2] = (byte) random.nextInt(256);
        fly(
            victim,
            new VrrpPackets.Packet(
                packet.device(), packet.source(), packet.to(), 255, ByteBuffer.wrap(bytes)));
      }
      default -> {}
    }
  }

  /** Unsigned, of the highest priority, with the addresses of the true one. */
  private void highest(SimulatedNode victim, VrrpPackets.Packet packet) {
    if (AdvertCodec.read(packet.bytes(), packet.source(), packet.to(), AdvertCodec.HOPS)
        instanceof AdvertCodec.Read.Taken(Advert real, var _)) {
      Advert forgery =
          new Advert(real.version(), real.routerId(), 255, real.intervalNanos(), real.addresses());
      boolean ipv6 = packet.source() instanceof Inet6Address;
      InetAddress source = InetAddress.ofLiteral(ipv6 ? "fe80::bad" : "10.0.1.250");
      byte[] bytes = AdvertCodec.write(forgery, source, packet.to(), true);
      fly(
          victim,
          new VrrpPackets.Packet(
              packet.device(), source, packet.to(), 255, ByteBuffer.wrap(bytes)));
    }
  }

  void carry(SimulatedNode from, VrrpPackets.Packet packet) {
    if (forged) {
      forge(packet);
    }
    for (SimulatedNode to : nodes) {
      boolean reaches =
          to.number() != from.number()
              && !cut.contains(from.number() * 10 + to.number())
              && random.nextDouble() >= loss;
      if (reaches) {
        fly(to, packet);
        if (random.nextDouble() < twice) {
          fly(to, packet);
        }
      }
    }
  }

  private void fly(SimulatedNode to, VrrpPackets.Packet packet) {
    order++;
    flying.add(new Flight(now + random.nextLong(FASTEST, SLOWEST), order, to.number(), packet));
  }

  long nextArrival() {
    Flight next = flying.peek();
    return next == null ? Standing.NEVER : next.at;
  }

  void deliver() {
    while (nextArrival() <= now) {
      Flight flight = flying.remove();
      nodes.get(flight.to).hear(flight.packet);
    }
  }
}
