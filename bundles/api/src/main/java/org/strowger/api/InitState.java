package org.strowger.api;

/** What a real server is until its checks have a first verdict. */
public enum InitState implements Coded {
  UP(1, "up"),
  DOWN(2, "down");

  private final int code;
  private final String word;

  InitState(int code, String word) {
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
