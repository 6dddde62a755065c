package org.strowger.wire;

import org.jspecify.annotations.Nullable;

/** How a connection ended; the words are shown to operators. */
enum End {
  CLIENT_CLOSED("clientClosed", 0),
  REAL_CLOSED("realClosed", 0),
  CLIENT_RESET("clientReset", Contract.RESET_BY_CLIENT),
  REAL_RESET("realReset", Contract.RESET_BY_REAL),
  CLIENT_IDLE("clientIdle", Contract.TIMED_OUT),
  SERVER_IDLE("serverIdle", Contract.TIMED_OUT),
  HALF_CLOSED_IDLE("halfClosedIdle", Contract.TIMED_OUT),
  /** Nobody took it; the verdict says why. */
  REFUSED("refused", 0),
  DISCONNECTED("disconnected", 0),
  DRAINED("drained", 0),
  SHUTDOWN("shutdown", 0),
  /** A fault of the wire itself. */
  FAILED("failed", 0);

  private final String word;
  private final int cell;

  End(String word, int cell) {
    this.word = word;
    this.cell = cell;
  }

  String word() {
    return word;
  }

  /** The service's counter of such ends, or 0 for none. */
  int cell() {
    return cell;
  }

  /** What the filter of {@link Wire#disconnect} says the cut is for. */
  static End ofCut(@Nullable Object word) {
    return DRAINED.word.equals(word) ? DRAINED : DISCONNECTED;
  }
}
