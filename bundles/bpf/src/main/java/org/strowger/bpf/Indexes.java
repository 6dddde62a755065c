package org.strowger.bpf;

import java.util.BitSet;
import java.util.OptionalInt;

/**
 * Hands out the indexes of an array from 1 on, the smallest free one first, so that a look at all
 * in use is short. Used by one thread at a time.
 */
final class Indexes {
  private final int most;
  private final BitSet used = new BitSet();

  /**
   * @param most cells of the array, the one of index 0 included
   */
  Indexes(int most) {
    this.most = most;
    used.set(0);
  }

  OptionalInt take() {
    int index = used.nextClearBit(1);
    if (index >= most) {
      return OptionalInt.empty();
    }
    used.set(index);
    return OptionalInt.of(index);
  }

  void reserve(int index) {
    used.set(index);
  }

  void giveBack(int index) {
    used.clear(index);
  }

  /** The largest in use, or 0. */
  int largest() {
    return used.length() - 1;
  }
}
