package org.strowger.api;

/** What talkers are summed up by. */
public enum TalkerKind implements Coded {
  CLIENT(1, "client"),
  REAL_SERVER(2, "realServer"),
  SERVICE(3, "service");

  private final int code;
  private final String word;

  TalkerKind(int code, String word) {
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
