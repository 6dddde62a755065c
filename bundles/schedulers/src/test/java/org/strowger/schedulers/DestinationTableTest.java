package org.strowger.schedulers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The bounded table of lblc and lblcr counts whom it forgot too early. */
class DestinationTableTest {
  private static final long EXPIRY = 1_000;

  @Test
  void aDestinationGivenUpForAnotherIsCountedAndOneThatExpiredIsNot() {
    DestinationTable table = new DestinationTable(8, EXPIRY); // one set of eight
    for (int i = 1; i <= 8; i++) {
      assertEquals(0, table.entry(i, i).size());
    }
    assertEquals(0, table.evictions());
    assertEquals(0, table.entry(9, 10).size());
    assertEquals(1, table.evictions());
    table.entry(10, 10 + 2 * EXPIRY);
    assertEquals(1, table.evictions(), "the oldest had expired");
    for (int i = 100; i < 1_100; i++) {
      table.entry(i, 10 + 2 * EXPIRY);
    }
    assertTrue(table.evictions() >= 900, () -> "a flood: " + table.evictions());
  }
}
