package org.strowger.api;

/** What a probe's looks come to, by rise and fall. */
public enum ProbeVerdict implements Coded {
  /** Not looked often enough yet. */
  PENDING(1, "pending"),
  PASSED(2, "passed"),
  FAILED(3, "failed");

  private final int code;
  private final String word;

  ProbeVerdict(int code, String word) {
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
