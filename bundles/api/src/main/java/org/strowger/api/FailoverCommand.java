package org.strowger.api;

/** What an operator may ask of a director among those that stand for each other. */
public enum FailoverCommand implements Coded {
  /** Hand over to another director, once; it comes back when that one is lost. */
  SWITCH(1, "switch"),
  /** Hand over, and never be active until released; kept over restarts. */
  FORCE_STANDBY(2, "force-standby"),
  /** Take part again. */
  RELEASE(3, "release");

  private final int code;
  private final String word;

  FailoverCommand(int code, String word) {
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
