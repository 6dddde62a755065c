package org.strowger.wire;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Copies of the datagrams of one flow that have no real server yet, or went to one that has not
 * answered: at most {@link Limits#FLOW_KEPT}, within what all flows of the loop may keep.
 */
final class KeptDatagrams {
  private final FlowTable table;
  private final ArrayDeque<byte[]> kept = new ArrayDeque<>(0);

  KeptDatagrams(FlowTable table) {
    this.table = table;
  }

  /** False if there is no room. */
  boolean add(ByteBuffer data) {
    if (kept.size() >= Limits.FLOW_KEPT || !table.keep(data.remaining())) {
      return false;
    }
    byte[] copy = new byte[data.remaining()];
    data.get(data.position(), copy);
    kept.add(copy);
    return true;
  }

  /** Makes room for one by forgetting the oldest. */
  void makeRoom() {
    if (kept.size() >= Limits.FLOW_KEPT) {
      table.forget(kept.remove().length);
    }
  }

  /** All of them, oldest first; none is kept any more. */
  List<byte[]> take() {
    List<byte[]> all = List.copyOf(kept);
    all.forEach(data -> table.forget(data.length));
    kept.clear();
    return all;
  }

  List<byte[]> all() {
    return List.copyOf(kept);
  }
}
