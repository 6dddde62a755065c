package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Sequence numbers as they come: out of order, and over the end of their 32 bits. */
class SequenceSpanTest {
  private static final long LARGEST = 0xFFFF_FFFFL;

  private static SequenceSpan of(long... numbers) {
    SequenceSpan span = new SequenceSpan();
    for (long number : numbers) {
      span.add(number);
    }
    return span;
  }

  private static void assertSpan(long first, long last, SequenceSpan span) {
    assertEquals(first, span.first());
    assertEquals(last, span.last());
  }

  @Test
  void numbersWrap() {
    assertTrue(SequenceSpan.isAfter(1, LARGEST));
    assertTrue(SequenceSpan.isAfter(8, 7));
    assertFalse(SequenceSpan.isAfter(7, 8));
    assertFalse(SequenceSpan.isAfter(7, 7));
    assertSpan(LARGEST - 1, 2, of(1, LARGEST - 1, 2, LARGEST));
  }

  @Test
  void itGoesFromTheFirstToTheLastWhateverCameWhen() {
    assertSpan(2, 9, of(5, 9, 2, 7));
    assertTrue(of().isEmpty());
    assertTrue(of(0).isEmpty(), "0 is none");
    SequenceSpan span = of(5);
    span.clear();
    assertTrue(span.isEmpty());
  }

  @Test
  void ofAnotherTheLastAreAdded() {
    SequenceSpan span = of(300);
    span.addLast(of(1, 200), 128);
    assertSpan(73, 300, span);
    span = of();
    span.addLast(of(LARGEST, 5), 3);
    assertSpan(3, 5, span);
    span.addLast(of(), 3);
    assertSpan(3, 5, span);
    span = of();
    span.addLast(of(LARGEST, 2), 128);
    assertSpan(LARGEST, 2, span);
  }
}
