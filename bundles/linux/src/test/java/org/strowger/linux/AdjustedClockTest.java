package org.strowger.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.strowger.api.KernelException;
import org.strowger.api.TimeSync;
import org.strowger.api.TimeSyncState;

/** The kernel's clock, as the kernel of this machine has it. */
class AdjustedClockTest {
  @Test
  void theKernelTellsHowItsClockStands() throws KernelException {
    TimeSync now = new AdjustedClock().timeSync();
    assertNotEquals(TimeSyncState.UNKNOWN, now.syncState());
    // NTP_PHASE_LIMIT: the kernel lets the error grow to 16 s and then says that it is not synced.
    assertTrue(now.maxErrorMicros() > 0 && now.maxErrorMicros() <= 16_000_000, now.toString());
    assertTrue(Math.abs(now.offsetMicros()) < 2_000_000, now.toString());
  }

  @Test
  void whatIsLeftAloneTooLongIsInHoldover() {
    assertEquals(TimeSyncState.SYNCED, TimeSync.of(false, 5, 900).syncState());
    // Just before systemd-timesyncd, which asks every 2,048 s, asks again.
    assertEquals(TimeSyncState.SYNCED, TimeSync.of(false, 5, 1_100_000).syncState());
    assertEquals(TimeSyncState.HOLDOVER, TimeSync.of(false, 5, 2_000_001).syncState());
    assertEquals(TimeSyncState.UNSYNCED, TimeSync.of(true, 5, 900).syncState());
  }
}
