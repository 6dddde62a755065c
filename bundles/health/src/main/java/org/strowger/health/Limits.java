package org.strowger.health;

import java.time.Duration;

/** The limits of this bundle. */
final class Limits {
  /** Looks under way at once; a further one that is due waits, and if that lasts is a stall. */
  static final int RUNNING = 4_096;

  /** A look that starts later than this after it was due is a stall. */
  static final Duration LATE = Duration.ofSeconds(1);

  /** Looks of which the lateness is kept. */
  static final int LATENESS_SAMPLES = 1_000;

  /** A check that was interrupted may take so long to end before its probe is at fault. */
  static final Duration ENDING = Duration.ofSeconds(10);

  /** First looks are spread so that no more than this many start in a second. */
  static final int FIRST_LOOKS_A_SECOND = 500;

  /** Between two looks into the maintenance folder. */
  static final Duration FOLDER_LOOK = Duration.ofSeconds(1);

  private Limits() {}
}
