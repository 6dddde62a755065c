package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The planes, as time passes. */
class ForwardersTest {
  @Test
  void aPlaneMayBeLateForAWhileAfterTheStartOnly() {
    Forwarders forwarders = new Forwarders(() -> {});
    assertFalse(forwarders.starting(5), "nobody has asked yet");

    forwarders.expire(100);
    long end = 100 + Forwarders.START.toNanos();
    assertTrue(forwarders.starting(end - 1));
    assertEquals(1, forwarders.nanosUntilDue(end - 1), "then the alarm is due");
    assertFalse(forwarders.starting(end));
    assertEquals(Long.MAX_VALUE, forwarders.nanosUntilDue(end));
  }
}
