package org.strowger.wire;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The counters, shared by all wires of a process through JDK types.
 *
 * <p>A key has an array of pages. Page 0 holds what wires that are gone have counted; each living
 * wire adds one page, with one row for each of its loops. A row is written by its loop alone,
 * without a lock; a reader sums the cells of all rows. When a wire goes, its page is folded into
 * page 0 in one exchange of the array, so that a sum never goes back.
 */
final class Ledger {
  private final ConcurrentMap<String, AtomicReference<AtomicLongArray[]>> books;
  private final Map<String, AtomicLongArray> mine = new HashMap<>();
  private final int rows;

  Ledger(int rows) {
    this(rows, new ConcurrentHashMap<>());
  }

  /** Goes on in the books that another wire began. */
  Ledger(int rows, ConcurrentMap<String, AtomicReference<AtomicLongArray[]>> books) {
    this.rows = rows;
    this.books = books;
  }

  ConcurrentMap<String, AtomicReference<AtomicLongArray[]>> books() {
    return books;
  }

  /** This wire's page of a key, opened if need be. */
  synchronized AtomicLongArray page(String key, int width) {
    return mine.computeIfAbsent(key, k -> open(k, width));
  }

  private AtomicLongArray open(String key, int width) {
    AtomicLongArray page = new AtomicLongArray(rows * width);
    books
        .computeIfAbsent(
            key, k -> new AtomicReference<>(new AtomicLongArray[] {new AtomicLongArray(width)}))
        .updateAndGet(pages -> with(pages, page));
    return page;
  }

  private static AtomicLongArray[] with(AtomicLongArray[] pages, AtomicLongArray page) {
    AtomicLongArray[] more = java.util.Arrays.copyOf(pages, pages.length + 1);
    more[pages.length] = page;
    return more;
  }

  /** Forgets what is neither wanted nor in use, once there are too many keys. */
  synchronized void prune(Set<String> wanted) {
    if (books.size() <= Limits.LEDGER_KEYS) {
      return;
    }
    Iterator<String> keys = books.keySet().iterator();
    while (keys.hasNext()) {
      String key = keys.next();
      AtomicReference<AtomicLongArray[]> pages = books.get(key);
      if (pages != null && !wanted.contains(key) && unused(key, pages.get())) {
        keys.remove();
        mine.remove(key);
      }
    }
  }

  private static boolean unused(String key, AtomicLongArray[] pages) {
    return key.indexOf('|') < 0
        ? sum(pages, Contract.SERVICE_ROW, Contract.CONNS_HELD) == 0
        : sum(pages, Contract.REAL_ROW, Contract.ACTIVE)
                + sum(pages, Contract.REAL_ROW, Contract.INACTIVE)
            == 0;
  }

  /** The sum of a cell over all rows of all pages. */
  static long sum(AtomicLongArray[] pages, int width, int cell) {
    long sum = 0;
    for (AtomicLongArray page : pages) {
      for (int i = cell; i < page.length(); i += width) {
        sum += page.get(i);
      }
    }
    return sum;
  }

  /** Counts what stands in other books too; nothing is done if they are these. */
  @SuppressWarnings("ReferenceEquality") // the same books, not books with the same content
  void absorb(ConcurrentMap<String, AtomicReference<AtomicLongArray[]>> others) {
    if (others == books) {
      return;
    }
    others.forEach(
        (key, pages) -> {
          AtomicReference<AtomicLongArray[]> present = books.putIfAbsent(key, pages);
          if (present != null) {
            for (AtomicLongArray page : pages.get()) {
              present.updateAndGet(own -> with(own, page));
            }
          }
        });
  }

  /** Folds this wire's pages into page 0; its loops have ended. */
  synchronized void close() {
    mine.forEach(
        (key, page) -> {
          AtomicReference<AtomicLongArray[]> book = books.get(key);
          if (book != null) {
            book.updateAndGet(pages -> folded(pages, page));
          }
        });
    mine.clear();
  }

  private static AtomicLongArray[] folded(AtomicLongArray[] pages, AtomicLongArray gone) {
    int width = pages[0].length();
    AtomicLongArray base = new AtomicLongArray(width);
    for (int cell = 0; cell < width; cell++) {
      if (width == Contract.REAL_ROW && cell == Contract.LATENCY) {
        continue; // a smoothed time is no sum; the rows that live know it
      }
      base.set(cell, sum(new AtomicLongArray[] {pages[0], gone}, width, cell));
    }
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of(base),
            java.util.Arrays.stream(pages, 1, pages.length).filter(page -> !page.equals(gone)))
        .toArray(AtomicLongArray[]::new);
  }
}
