package org.strowger.api;

/** How an upgrade ended. */
public enum UpgradeResult implements Coded {
  COMMITTED(1, "committed"),
  ROLLED_BACK_USER(2, "rolledBackUser"),
  /** A health gate failed. */
  ROLLED_BACK_HEALTH(3, "rolledBackHealth"),
  /** The trial was over and nobody had committed. */
  ROLLED_BACK_TIMEOUT(4, "rolledBackTimeout"),
  /** The process ended meanwhile. */
  ROLLED_BACK_RESTART(5, "rolledBackRestart"),
  FAILED(6, "failed");

  private final int code;
  private final String word;

  UpgradeResult(int code, String word) {
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
