package org.strowger.bpf;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Hands out ranges of a map's cells. A range given back rests for a while before it is handed out
 * again: a packet may still look at the service value that names it. Used by one thread at a time.
 */
final class Ranges {
  /** Far longer than a packet is in the program. */
  static final long REST_NANOS = 100_000_000;

  private record Resting(Cells cells, long until) {}

  private final int most;
  private final LongSupplier clock;
  private final TreeMap<Integer, Integer> free = new TreeMap<>();
  private final Deque<Resting> resting = new ArrayDeque<>();

  Ranges(int most, LongSupplier clock) {
    this.most = most;
    this.clock = clock;
    free.put(0, most);
  }

  int most() {
    return most;
  }

  /** A range of this size; empty: no room. */
  Optional<Cells> take(int size) {
    wake();
    for (Map.Entry<Integer, Integer> gap : free.entrySet()) {
      if (gap.getValue() >= size) {
        Cells taken = new Cells(gap.getKey(), size);
        reserve(taken);
        return Optional.of(taken);
      }
    }
    return Optional.empty();
  }

  /** Takes exactly these, which somebody before us had; false if they are not free. */
  boolean reserve(Cells cells) {
    if (cells.size() == 0) {
      return true;
    }
    Map.Entry<Integer, Integer> gap = free.floorEntry(cells.offset());
    if (gap == null || gap.getKey() + gap.getValue() < cells.offset() + cells.size()) {
      return false;
    }
    free.remove(gap.getKey());
    if (gap.getKey() < cells.offset()) {
      free.put(gap.getKey(), cells.offset() - gap.getKey());
    }
    int end = cells.offset() + cells.size();
    int left = gap.getKey() + gap.getValue() - end;
    if (left > 0) {
      free.put(end, left);
    }
    return true;
  }

  void giveBack(Cells cells) {
    if (cells.size() > 0) {
      resting.add(new Resting(cells, clock.getAsLong() + REST_NANOS));
    }
  }

  private void wake() {
    while (!resting.isEmpty() && resting.getFirst().until - clock.getAsLong() <= 0) {
      Cells cells = resting.removeFirst().cells;
      int offset = cells.offset();
      int size = cells.size();
      Map.Entry<Integer, Integer> below = free.lowerEntry(offset);
      if (below != null && below.getKey() + below.getValue() == offset) {
        free.remove(below.getKey());
        offset = below.getKey();
        size += below.getValue();
      }
      Integer above = free.remove(cells.offset() + cells.size());
      free.put(offset, size + (above == null ? 0 : above));
    }
  }
}
