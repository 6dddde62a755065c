package org.strowger.failover;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.strowger.api.VrrpPackets;

/** Clock and cable of all machines: carries packets late, twice, one way or not at all. */
final class SimulatedLink {
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

  void carry(SimulatedNode from, VrrpPackets.Packet packet) {
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
