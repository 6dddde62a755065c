package org.strowger.api;

/** What became of one step of an upgrade. */
public enum UpgradeStepState implements Coded {
  WAITING(1, "waiting"),
  RUNNING(2, "running"),
  DONE(3, "done"),
  /** The old version runs again. */
  UNDONE(4, "undone"),
  FAILED(5, "failed");

  private final int code;
  private final String word;

  UpgradeStepState(int code, String word) {
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
