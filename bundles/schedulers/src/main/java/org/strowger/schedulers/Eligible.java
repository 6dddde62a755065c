package org.strowger.schedulers;

import org.strowger.api.RealServerView;

/** The one rule for who may take a new connection: {@code el(d) = w(d) > 0 and available(d)}. */
final class Eligible {
  private Eligible() {}

  static boolean at(RealServerView reals, int index) {
    return reals.weight(index) > 0 && reals.available(index);
  }
}
