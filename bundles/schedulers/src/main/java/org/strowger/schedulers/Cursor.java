package org.strowger.schedulers;

import org.strowger.api.RealServerView;

/**
 * A place in the list of real servers that survives edits: it stays on its real server, and moves
 * to the nearest earlier one that is left when that goes, so that nobody is skipped or served
 * twice.
 */
final class Cursor {
  /** Before the first real server, so that the next in turn is the first. */
  static final int START = -1;

  private final Renumbering renumbering = new Renumbering();
  private int place = START;

  int place() {
    return place;
  }

  void moveTo(int index) {
    place = index;
  }

  /** The index that is {@code step} places after this one, cyclically; 1 to {@code size}. */
  int after(int step, int size) {
    int index = place + step;
    return index < size ? index : index - size;
  }

  /** Takes over a changed list, in O(n). */
  void follow(RealServerView reals) {
    int[] renumbered = renumbering.follow(reals);
    int found = START;
    for (int i = place; i >= 0 && found == START; i--) {
      found = renumbered[i];
    }
    place = found;
  }
}
