package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.strowger.api.KernelClock;
import org.strowger.api.KernelException;
import org.strowger.api.TimeSync;

/**
 * Reads how the clock stands by adjtimex(2), which needs no privilege as long as nothing is to be
 * changed. Layout: struct timex of include/uapi/linux/timex.h with 64-bit longs.
 */
final class AdjustedClock implements KernelClock {
  private static final int SIZE = 208;
  private static final int OFFSET = 8;
  private static final int MAX_ERROR = 24;
  private static final int STATUS = 40;
  private static final int STA_UNSYNC = 0x0040;
  private static final int STA_NANO = 0x2000;
  private static final int TIME_ERROR = 5;
  private static final int NANOS_PER_MICRO = 1_000;

  @Override
  public TimeSync timeSync() throws KernelException {
    String unknown = SystemCall.unknownProcessor().orElse("");
    if (!unknown.isEmpty()) {
      throw new KernelException(unknown, 0);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment timex = arena.allocate(SIZE, Long.BYTES); // its modes are 0: nothing is set
      long answer = SystemCall.ADJTIMEX.make(timex.address());
      if (answer < 0) {
        throw Errno.refused("ask how the clock stands (adjtimex)", answer);
      }
      int status = timex.get(JAVA_INT, STATUS);
      long offset = timex.get(JAVA_LONG, OFFSET);
      return TimeSync.of(
          answer == TIME_ERROR || (status & STA_UNSYNC) != 0,
          (status & STA_NANO) != 0 ? offset / NANOS_PER_MICRO : offset,
          timex.get(JAVA_LONG, MAX_ERROR));
    }
  }
}
