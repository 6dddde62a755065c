package org.strowger.schedulers;

import org.strowger.api.RealServerView;

/** How busy a real server counts as. */
enum Load {
  /** {@code 256 a + i}: an inactive connection weighs 1/256 of an active one. */
  CONNECTIONS {
    @Override
    long of(RealServerView reals, int index) {
      return (reals.active(index) << 8) + reals.inactive(index);
    }
  },
  /** {@code a + 1}: what the new connection would find in front of it, with itself. */
  EXPECTED_DELAY {
    @Override
    long of(RealServerView reals, int index) {
      return reals.active(index) + 1;
    }
  };

  abstract long of(RealServerView reals, int index);

  /**
   * Whether load {@code a} on weight {@code aWeight} is more than {@code b} on {@code bWeight},
   * without division. 64 bits hold it: loads are below 2^40 and weights below 2^16.
   */
  static boolean more(long a, long aWeight, long b, long bWeight) {
    return a * bWeight > b * aWeight;
  }
}
