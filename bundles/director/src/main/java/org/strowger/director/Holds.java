package org.strowger.director;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.strowger.api.HealthPolicy;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;

/**
 * What holds a real server down though its evidence is good: it comes and goes too often, or waits
 * for the operator. Used on the director's thread.
 */
final class Holds {
  /** One real server at its address; a new address is a new real server. */
  static final class Hold {
    private final InetAddress address;
    private final int port;
    private final Deque<Long> falls = new ArrayDeque<>();
    private boolean down;
    private boolean waits;
    private boolean flapping;
    private long changed;

    private Hold(InetAddress address, int port) {
      this.address = address;
      this.port = port;
    }

    /** It failed, and nobody has resumed it since. */
    boolean waits() {
      return waits && !down;
    }

    /** It came and went too often, and is not quiet yet. */
    boolean flapping() {
      return flapping;
    }

    int falls() {
      return falls.size();
    }

    private void follow(
        boolean nowDown, boolean failure, HealthPolicy policy, boolean mayHold, long nanos) {
      if (nowDown != down) {
        down = nowDown;
        changed = nanos;
        if (nowDown && failure) {
          falls.addLast(nanos);
          waits = true;
        }
      }
      waits &= policy.manualResume();
      HealthPolicy.Damping damping = policy.damping();
      long window = damping.window().toNanos();
      // While it flaps the falls are kept, so that the alarm can tell how many they were.
      while (!flapping && !falls.isEmpty() && nanos - falls.getFirst() >= window) {
        falls.removeFirst();
      }
      while (falls.size() > damping.transitions() + 1) {
        falls.removeFirst();
      }
      flapping |= mayHold && falls.size() > damping.transitions();
      if (!damping.enabled() || nanos - changed >= window) {
        flapping = false;
      }
      if (!damping.enabled()) {
        falls.clear();
      }
    }

    private boolean release() {
      boolean held = waits || flapping;
      waits = false;
      flapping = false;
      falls.clear();
      return held;
    }

    /** For another director's bundle: JDK types only. */
    private long[] cells() {
      long[] cells = new long[FALLS + falls.size()];
      cells[DOWN] = down ? 1 : 0;
      cells[WAITS] = waits ? 1 : 0;
      cells[FLAPPING] = flapping ? 1 : 0;
      cells[CHANGED] = changed;
      Iterator<Long> each = falls.iterator();
      for (int i = FALLS; i < cells.length; i++) {
        cells[i] = each.next();
      }
      return cells;
    }

    private void restore(long[] cells) {
      down = cells[DOWN] != 0;
      waits = cells[WAITS] != 0;
      flapping = cells[FLAPPING] != 0;
      changed = cells[CHANGED];
      falls.clear();
      for (int i = FALLS; i < cells.length; i++) {
        falls.addLast(cells[i]);
      }
    }
  }

  // Cells in a plane's memory: added to at the front of the falls, never given another meaning.
  private static final int DOWN = 0;
  private static final int WAITS = 1;
  private static final int FLAPPING = 2;
  private static final int CHANGED = 3;
  private static final int FALLS = 4;

  /**
   * What the evidence says.
   *
   * @param down it speaks against the real server
   * @param failure and not only for want of a first verdict
   */
  record Evidence(RealServer real, boolean down, boolean failure) {}

  private final Map<RealServerId, Hold> holds = new HashMap<>();

  /** By pool: how many of {@link #holds} flap. Counted along, as each of 10,000 asks for it. */
  private final Map<String, Integer> flapping = new HashMap<>();

  /**
   * Takes over what the evidence says now.
   *
   * @param size real servers of its pool: only so many of them are held down for coming and going
   * @param nanos monotonic clock
   */
  Hold follow(Evidence evidence, HealthPolicy policy, int size, long nanos) {
    RealServer real = evidence.real;
    Hold hold = holds.computeIfAbsent(real.id(), id -> new Hold(real.address(), real.port()));
    if (!hold.address.equals(real.address()) || hold.port != real.port()) {
      count(real.id(), hold.flapping, false);
      hold = new Hold(real.address(), real.port());
      holds.put(real.id(), hold);
    }
    int held = flapping.getOrDefault(real.id().pool(), 0);
    boolean mayHold = held < size * policy.damping().maxHeld() / 100;
    boolean was = hold.flapping;
    hold.follow(evidence.down, evidence.failure, policy, mayHold, nanos);
    count(real.id(), was, hold.flapping);
    return hold;
  }

  private void count(RealServerId id, boolean was, boolean is) {
    if (was != is) {
      int step = is ? 1 : -1;
      flapping.merge(id.pool(), step, (a, b) -> a + b == 0 ? null : a + b);
    }
  }

  void retain(Set<RealServerId> wanted) {
    holds
        .entrySet()
        .removeIf(
            each -> {
              boolean gone = !wanted.contains(each.getKey());
              if (gone) {
                count(each.getKey(), each.getValue().flapping, false);
              }
              return gone;
            });
  }

  /** The operator wants it back; false if nothing held it. */
  boolean release(RealServerId id) {
    Hold hold = holds.get(id);
    if (hold == null) {
      return false;
    }
    count(id, hold.flapping, false);
    return hold.release();
  }

  /** Nanoseconds until one that flaps may have been quiet long enough. */
  long nanosUntilDue(Map<RealServerId, HealthPolicy> policies, long nanos) {
    long soonest = Long.MAX_VALUE;
    for (Map.Entry<RealServerId, Hold> each : holds.entrySet()) {
      HealthPolicy policy = policies.get(each.getKey());
      if (each.getValue().flapping && policy != null) {
        long left = policy.damping().window().toNanos() - (nanos - each.getValue().changed);
        soonest = Math.min(soonest, Math.max(0, left));
      }
    }
    return soonest;
  }

  /** Writes what a later director's bundle must know. */
  void remember(Map<String, Object> memory) {
    Map<String, Object> now = new HashMap<>();
    holds.forEach((id, hold) -> now.put(key(id, hold.address, hold.port), hold.cells()));
    memory.keySet().retainAll(now.keySet());
    memory.putAll(now);
  }

  /** Reads what an earlier one wrote. */
  void restore(Map<String, Object> memory, Iterable<RealServer> wanted) {
    for (RealServer real : wanted) {
      if (memory.get(key(real.id(), real.address(), real.port())) instanceof long[] cells
          && cells.length >= FALLS) {
        Hold hold = new Hold(real.address(), real.port());
        hold.restore(cells);
        Hold before = holds.put(real.id(), hold);
        count(real.id(), before != null && before.flapping, hold.flapping);
      }
    }
  }

  private static String key(RealServerId id, InetAddress address, int port) {
    return id + "@" + address.getHostAddress() + "|" + port;
  }
}
