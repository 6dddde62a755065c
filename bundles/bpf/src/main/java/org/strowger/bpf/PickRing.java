package org.strowger.bpf;

import java.nio.ByteBuffer;
import java.util.List;
import org.strowger.api.Chooser;
import org.strowger.api.KernelException;
import org.strowger.api.Loads;

/**
 * The pick-ahead ring of one virtual service. Each refill writes all picks anew that the kernel has
 * not taken yet, from the loads of now, so that a pick is never older than the time between two
 * refills; how many there are only covers what may be taken until the next one.
 *
 * <p>Guarded by the lock of the table that owns it.
 */
final class PickRing {
  /** Picks that lie ready although nobody asks. */
  static final int LEAST = 32;

  /** Refills that the picks that lie ready must last for, should the next ones be late. */
  private static final int REFILLS_AHEAD = 8;

  private final ByteBuffer heads;
  private final ByteBuffer picks;
  private final int service;
  private final Cells cells;
  private long head;

  /** Picks that lie ready behind the head. */
  private int ready;

  private int demand;

  PickRing(KernelMaps maps, int service, Cells cells) throws KernelException {
    heads = maps.map("heads").memory();
    picks = maps.map("picks").memory();
    this.service = service;
    this.cells = cells;
    this.head = readHead();
    this.ready = cells.size(); // whatever an earlier owner left there: written over
  }

  Cells cells() {
    return cells;
  }

  private long readHead() {
    return Octets.shared(heads, service * Long.BYTES);
  }

  /** Picks taken since the last refill. */
  int taken(long headNow) {
    return (int) Math.min(headNow - head, ready);
  }

  /** Whether, of what the last refill wrote, less than a half lies ready, or than the least. */
  boolean low(int taken) {
    return taken > 0 && ready - taken < Math.max(LEAST, ready / 2);
  }

  /** Tells the scheduler what was taken: it is exchanged, or its service edited. */
  void settle(Chooser chooser, Loads loads) {
    chooser.ahead(loads, taken(readHead()), 0);
    ready = 0; // what lies there still may be taken until the next refill, and is not told
  }

  /** Writes all picks anew. */
  void refill(Chooser chooser, List<BoundReal> reals, Loads loads) {
    refill(chooser, reals, loads, readHead());
  }

  void refill(Chooser chooser, List<BoundReal> reals, Loads loads, long headNow) {
    int taken = taken(headNow);
    demand = Math.max(taken, demand - demand / 8); // remembers a burst for a while
    int wanted = Math.min(cells.size(), Math.max(LEAST, demand * REFILLS_AHEAD));
    long end = head + ready;
    int[] choices = chooser.ahead(loads, taken, wanted);
    head = headNow;
    ready = choices.length;
    int stale = Math.clamp(end - (headNow + choices.length), 0, cells.size() - ready);
    write(choices, reals, stale);
  }

  /**
   * @param stale picks behind these that must not be taken any more
   */
  private void write(int[] choices, List<BoundReal> reals, int stale) {
    for (int i = 0; i < choices.length + stale; i++) {
      long number = head + i;
      int cell = cells.offset() + (int) (number & (cells.size() - 1));
      long pick = i < choices.length ? ((number + 1) << 32) | reals.get(choices[i]).index() : 0;
      Octets.share(picks, cell * Long.BYTES, pick);
    }
  }

  /** Picks that lie ready, as of the last refill. */
  int ready() {
    return ready;
  }
}
