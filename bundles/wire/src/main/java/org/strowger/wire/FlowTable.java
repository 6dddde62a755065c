package org.strowger.wire;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The flows of one loop: found by client and listening socket, listed oldest first, swept in slices
 * when they are idle. Touched by its loop only.
 *
 * <p>The hash is seeded, because a stranger chooses source addresses as he likes.
 */
final class FlowTable {
  private static final int FIRST_BUCKETS = 256;

  private final Loop loop;
  private final int most;
  private final long seed = ThreadLocalRandom.current().nextLong();
  private final OnePacket onePacket;
  private final Set<DatagramPort> ports = new HashSet<>();
  private final ArrayDeque<FlowSearch> parked = new ArrayDeque<>();
  private @Nullable DatagramFlow[] buckets = new DatagramFlow[FIRST_BUCKETS];
  private @Nullable ByteBuffer buffer;
  private @Nullable DatagramFlow oldest;
  private @Nullable DatagramFlow newest;
  private @Nullable DatagramFlow hand;
  private long keptBytes;
  private boolean sweeping;
  private boolean frozen;
  private @Nullable Exchange toldShort;
  private volatile int size;

  FlowTable(Loop loop, int most) {
    this.loop = loop;
    this.most = most;
    this.onePacket = new OnePacket(loop);
  }

  /** Flows now; any thread. */
  int size() {
    return size;
  }

  /** The buffer that every datagram of this loop passes through, one after the other. */
  ByteBuffer buffer() {
    ByteBuffer present = buffer;
    if (present == null) {
      present = ByteBuffer.allocateDirect(Limits.DATAGRAM_BYTES);
      buffer = present;
    }
    return present;
  }

  OnePacket onePacket() {
    return onePacket;
  }

  Set<DatagramPort> ports() {
    return ports;
  }

  // --- finding

  private int bucket(InetSocketAddress client, DatagramPort at) {
    long h = mix(seed ^ ((long) client.getPort() << 16 | at.local().getPort()));
    if (client.getAddress() instanceof Inet4Address four) {
      h = mix(h ^ four.hashCode()); // the address itself
    } else {
      ByteBuffer six = ByteBuffer.wrap(client.getAddress().getAddress());
      h = mix(mix(h ^ six.getLong()) ^ six.getLong());
    }
    return (int) (h & (buckets.length - 1));
  }

  /** Finalizer of MurmurHash3. */
  private static long mix(long x) {
    long h = (x ^ x >>> 33) * 0xff51afd7ed558ccdL;
    h = (h ^ h >>> 33) * 0xc4ceb9fe1a85ec53L;
    return h ^ h >>> 33;
  }

  @SuppressWarnings("ReferenceEquality") // a socket is itself
  @Nullable DatagramFlow find(DatagramPort at, InetSocketAddress client) {
    DatagramFlow flow = buckets[bucket(client, at)];
    while (flow != null && !(flow.at() == at && flow.client().equals(client))) {
      flow = flow.sameBucket;
    }
    return flow;
  }

  /** True if there is room for one more; if not, that is told once until there is room again. */
  boolean room(Exchange exchange) {
    if (size < most) {
      return true;
    }
    if (toldShort == null) {
      toldShort = exchange;
      exchange.shortage(
          "flows of " + loop, "all " + most + " flows that " + loop + " may hold are in use");
    }
    return false;
  }

  private void ease() {
    Exchange told = toldShort;
    if (told != null && size < most - most / 10) {
      toldShort = null;
      told.shortage("flows of " + loop, "");
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by this loop's thread only
  void add(DatagramFlow flow) {
    if (size >= buckets.length) {
      grow();
    }
    insert(flow);
    DatagramFlow last = newest;
    flow.older = last;
    if (last == null) {
      oldest = flow;
    } else {
      last.newer = flow;
    }
    newest = flow;
    size++;
    flow.at().held(1);
    if (!sweeping) {
      sweeping = true;
      loop.later(Limits.SWEEP_MILLIS, this::sweep);
    }
  }

  private void insert(DatagramFlow flow) {
    int bucket = bucket(flow.client(), flow.at());
    flow.sameBucket = buckets[bucket];
    buckets[bucket] = flow;
  }

  private void grow() {
    buckets = new DatagramFlow[2 * buckets.length];
    for (DatagramFlow at = oldest; at != null; at = at.newer) {
      insert(at);
    }
  }

  @SuppressWarnings({"NonAtomicVolatileUpdate", "ReferenceEquality"}) // this loop's; this very flow
  void remove(DatagramFlow flow) {
    int bucket = bucket(flow.client(), flow.at());
    DatagramFlow before = null;
    for (DatagramFlow at = buckets[bucket]; at != null && at != flow; at = at.sameBucket) {
      before = at;
    }
    if (before == null) {
      buckets[bucket] = flow.sameBucket;
    } else {
      before.sameBucket = flow.sameBucket;
    }
    if (hand == flow) {
      hand = flow.newer;
    }
    unlink(flow);
    size--;
    flow.at().held(-1);
    if (loop.live() == 0) {
      flow.exchange().idle();
    }
  }

  private void unlink(DatagramFlow flow) {
    DatagramFlow older = flow.older;
    DatagramFlow newer = flow.newer;
    if (older == null) {
      oldest = newer;
    } else {
      older.newer = newer;
    }
    if (newer == null) {
      newest = older;
    } else {
      newer.older = older;
    }
    flow.older = null;
    flow.newer = null;
    flow.sameBucket = null;
  }

  // --- being asked

  void each(Consumer<Carried> visitor) {
    for (DatagramFlow at = oldest; at != null; at = at.newer) {
      visitor.accept(at);
    }
  }

  /** Adds what matches, oldest first, at most {@code limit}. */
  void find(Predicate<Carried> filter, int limit, List<Carried> found) {
    int most = (int) Math.min(Integer.MAX_VALUE, (long) found.size() + limit);
    for (DatagramFlow at = oldest; at != null && found.size() < most; at = at.newer) {
      if (filter.test(at)) {
        found.add(at);
      }
    }
  }

  // --- waiting for a decider

  /** Lets a flow wait for a decider; false if too many do already. */
  boolean park(FlowSearch search) {
    if (parked.size() >= Limits.PARKED) {
      return false;
    }
    parked.add(search);
    loop.later(
        Limits.PARK_DATAGRAM_MILLIS,
        () -> {
          if (!frozen && parked.remove(search)) {
            search.decideAlone();
          }
        });
    return true;
  }

  /** Gives the parked flows to the decider that has come. */
  void unpark() {
    for (int waiting = frozen ? 0 : parked.size(); waiting > 0; waiting--) {
      FlowSearch search = parked.poll();
      if (search != null) {
        search.decide();
      }
    }
  }

  /** True if so many bytes more may be kept; see {@link #forget}. */
  boolean keep(int bytes) {
    if (keptBytes + bytes > Limits.KEPT_BYTES) {
      return false;
    }
    keptBytes += bytes;
    return true;
  }

  void forget(int bytes) {
    keptBytes -= bytes;
  }

  // --- ends of flows

  private void sweep() {
    long now = System.nanoTime();
    DatagramFlow at = hand == null ? oldest : hand;
    for (int i = 0; i < Limits.SWEEP_FLOWS && at != null && !frozen; i++) {
      DatagramFlow next = at.newer;
      at.sweep(now);
      at = next;
    }
    hand = at;
    ease();
    sweeping = size > 0;
    if (sweeping) {
      loop.later(Limits.SWEEP_MILLIS, this::sweep);
    }
  }

  /** Ends all flows whose datagrams come through this socket. */
  @SuppressWarnings("ReferenceEquality") // a socket is itself
  void endAll(DatagramPort port) {
    DatagramFlow next;
    for (DatagramFlow at = oldest; at != null; at = next) {
      next = at.newer;
      if (at.at() == port) {
        at.cut();
      }
    }
  }

  // --- beside another wire

  boolean frozen() {
    return frozen;
  }

  /** Reads no more and tells all flows: another wire is about to take them. */
  List<Map<String, Object>> freeze() {
    hold(true);
    List<Map<String, Object>> flows = new ArrayList<>(size);
    for (DatagramFlow at = oldest; at != null; at = at.newer) {
      flows.add(at.handed().toMap());
    }
    return flows;
  }

  /** Nobody took the flows: all goes on here. */
  void thaw() {
    if (frozen) {
      hold(false);
      unpark();
    }
  }

  private void hold(boolean holding) {
    frozen = holding;
    ports.forEach(port -> port.pause(holding));
    for (DatagramFlow at = oldest; at != null; at = at.newer) {
      at.pause(holding);
    }
  }

  /** Another wire has everything now; the sockets stay open. */
  void abandon() {
    ports.forEach(DatagramPort::leave);
    ports.clear();
    DatagramFlow next;
    for (DatagramFlow at = oldest; at != null; at = next) {
      next = at.newer;
      at.abandon();
    }
    parked.clear();
    frozen = false;
  }
}
