package org.strowger.relay;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Reads the counters that the wires write. The array of pages of a key is exchanged as a whole when
 * a wire comes or goes, so one look gives one consistent sum.
 */
final class Ledger {
  static final AtomicReference<AtomicLongArray[]> NO_PAGES =
      new AtomicReference<>(new AtomicLongArray[0]);

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
    return pages != null ? pages : NO_PAGES;
  }

  /** The smoothed time until an answer begins: the mean of the rows that know one. */
  static long latency(AtomicReference<AtomicLongArray[]> pages) {
    long sum = 0;
    long rows = 0;
    AtomicLongArray[] now = pages.get();
    for (int page = 1; page < now.length; page++) { // page 0 keeps sums of what is gone
      for (int i = Contract.LATENCY; i < now[page].length(); i += Contract.REAL_ROW) {
        long nanos = now[page].get(i);
        sum += nanos;
        rows += nanos > 0 ? 1 : 0;
      }
    }
    return rows == 0 ? 0 : sum / rows;
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
