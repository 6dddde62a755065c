package org.strowger.snmp;

/**
 * From the first to the last of some sequence numbers of alarms, which wrap and are never 0, in
 * whatever order they were added. Used by one thread.
 */
final class SequenceSpan {
  private static final long UNSIGNED_32 = 0xFFFF_FFFFL;

  /** 0 while it is empty, as is {@link #last}. */
  private long first;

  private long last;

  /** Whether a sequence number comes later than another. */
  static boolean isAfter(long number, long other) {
    return ((number - other) & UNSIGNED_32) < 0x8000_0000L && number != other;
  }

  /** Adds a number; 0, which what is no alarm has, is none. */
  void add(long number) {
    if (number == 0) {
      return;
    }
    if (isEmpty()) {
      first = number;
      last = number;
    } else if (isAfter(first, number)) {
      first = number;
    } else if (isAfter(number, last)) {
      last = number;
    }
  }

  /** Adds the last {@code most} numbers of another. */
  void addLast(SequenceSpan other, int most) {
    if (!other.isEmpty()) {
      long from = Math.max(1, (other.last - (most - 1)) & UNSIGNED_32);
      add(isAfter(other.first, from) ? other.first : from);
      add(other.last);
    }
  }

  boolean isEmpty() {
    return first == 0;
  }

  /** 0 if it is empty. */
  long first() {
    return first;
  }

  /** 0 if it is empty. */
  long last() {
    return last;
  }

  void clear() {
    first = 0;
    last = 0;
  }
}
