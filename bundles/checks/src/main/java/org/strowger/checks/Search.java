package org.strowger.checks;

/** Finds bytes in a stream, one byte at a time and never back (Knuth, Morris, Pratt). */
final class Search {
  private final byte[] wanted;

  /** Length of the longest proper start of the first i+1 wanted bytes that is also their end. */
  private final int[] borders;

  private int matched;

  Search(byte[] wanted) {
    this.wanted = wanted.clone();
    borders = new int[wanted.length];
    for (int i = 1, border = 0; i < wanted.length; i++) {
      while (border > 0 && wanted[i] != wanted[border]) {
        border = borders[border - 1];
      }
      if (wanted[i] == wanted[border]) {
        border++;
      }
      borders[i] = border;
    }
  }

  /** Whether the wanted bytes end with this one. */
  boolean found(byte next) {
    while (matched > 0 && next != wanted[matched]) {
      matched = borders[matched - 1];
    }
    if (next == wanted[matched]) {
      matched++;
    }
    if (matched < wanted.length) {
      return false;
    }
    matched = 0;
    return true;
  }
}
