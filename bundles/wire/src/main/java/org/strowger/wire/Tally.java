package org.strowger.wire;

import java.util.concurrent.atomic.AtomicLongArray;

/** One row of a ledger's page; written by its loop only, so no atomic addition is needed. */
final class Tally {
  private final AtomicLongArray page;
  private final int base;

  Tally(AtomicLongArray page, int row, int width) {
    this.page = page;
    this.base = row * width;
  }

  void add(int cell, long delta) {
    int i = base + cell;
    page.setRelease(i, page.getPlain(i) + delta);
  }

  void set(int cell, long value) {
    page.setRelease(base + cell, value);
  }

  long get(int cell) {
    return page.get(base + cell);
  }
}
