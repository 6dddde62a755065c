package org.strowger.api;

/** Where an in-service upgrade stands. */
public enum UpgradeState implements Coded {
  /** Nothing is staged. */
  IDLE(1, "idle"),
  STAGING(2, "staging"),
  /** A verified package waits. */
  STAGED(3, "staged"),
  PRECHECKING(4, "prechecking"),
  /** Bundles are being exchanged. */
  ACTIVATING(5, "activating"),
  /** All runs; it is taken back unless it is committed in time. */
  TRIAL(6, "trial"),
  COMMITTING(7, "committing"),
  COMMITTED(8, "committed"),
  ROLLING_BACK(9, "rollingBack"),
  /** The old release runs again. */
  ROLLED_BACK(10, "rolledBack"),
  /** Going back failed too: the next start of the process starts the old release. */
  FAILED(11, "failed");

  private final int code;
  private final String word;

  UpgradeState(int code, String word) {
    this.code = code;
    this.word = word;
  }

  @Override
  public int code() {
    return code;
  }

  @Override
  public String word() {
    return word;
  }
}
