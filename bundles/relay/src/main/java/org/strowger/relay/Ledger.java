package org.strowger.relay;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Reads the counters that the wires write. The array of pages of a key is exchanged as a whole when
 * a wire comes or goes, so one look gives one consistent sum.
 */
final class Ledger {
  private final Map<String, AtomicReference<AtomicLongArray[]>> books;

  Ledger(Map<String, AtomicReference<AtomicLongArray[]>> books) {
    this.books = books;
  }

  Map<String, AtomicReference<AtomicLongArray[]>> books() {
    return books;
  }

  static String key(String service, String real) {
    return service + "|" + real;
  }

  /** The pages of a key, to be kept and read often; one that never counts if it is not there. */
  AtomicReference<AtomicLongArray[]> pages(String key) {
    AtomicReference<AtomicLongArray[]> pages = books.get(key);
    return pages != null ? pages : new AtomicReference<>(new AtomicLongArray[0]);
  }

  static long sum(AtomicReference<AtomicLongArray[]> pages, int width, int cell) {
    long sum = 0;
    for (AtomicLongArray page : pages.get()) {
      for (int i = cell; i < page.length(); i += width) {
        sum += page.get(i);
      }
    }
    return sum;
  }
}
