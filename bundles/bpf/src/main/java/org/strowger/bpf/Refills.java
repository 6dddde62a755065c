package org.strowger.bpf;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.strowger.api.KernelException;

/**
 * Keeps the pick-ahead rings fresh. One round reads all heads and all loads, and writes the rings
 * of those services of which anything was taken or whose loads have changed; where the choices do
 * not depend on loads, when a half was taken. Used by one thread.
 */
final class Refills {
  private final KernelTable table;
  private final LoadBook loads;
  private final ByteBuffer heads;
  private final Map<Integer, Long> signs = new HashMap<>();

  /** The table whose services {@link #signs} is about. */
  private long tables;

  private long rounds;
  private long written;

  Refills(KernelMaps maps, KernelTable table, LoadBook loads) throws KernelException {
    heads = maps.map("heads").memory();
    this.table = table;
    this.loads = loads;
  }

  /**
   * One round.
   *
   * @return picks taken since the last one, of all services
   */
  long round() throws KernelException {
    rounds++;
    synchronized (table) {
      loads.read(table.largestReal());
      long taken = 0;
      for (BoundService service : table.services().values()) {
        PickRing ring = service.ring();
        if (ring != null) {
          taken += refill(service, ring, Octets.shared(heads, service.index() * Long.BYTES));
        }
      }
      forgetGone();
      return taken;
    }
  }

  /** Only when the table is another one: a round comes up to a thousand times a second. */
  private void forgetGone() {
    if (tables != table.tables()) {
      tables = table.tables();
      Set<Integer> present = new HashSet<>();
      table.services().values().forEach(service -> present.add(service.index()));
      signs.keySet().retainAll(present);
    }
  }

  private long refill(BoundService service, PickRing ring, long head) throws KernelException {
    long sign = 1;
    for (BoundReal real : service.reals()) {
      sign = 31 * sign + 7 * loads.active(real.index()) + loads.inactive(real.index());
    }
    int taken = ring.taken(head);
    Long before = signs.get(service.index());
    boolean due =
        service.forwarded().chooser().aheadByLoads()
            ? taken > 0 || before == null || before != sign
            : before == null || ring.low(taken);
    if (due) {
      signs.put(service.index(), sign);
      ring.refill(service.forwarded().chooser(), service.reals(), loads.of(service.reals()), head);
      written++;
    }
    return taken;
  }

  /** Rounds so far, and rings written in them. */
  long rounds() {
    return rounds;
  }

  long written() {
    return written;
  }
}
