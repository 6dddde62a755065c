package org.strowger.api;

/** How a scheduler decides, which tells a kernel plane how to compile it. */
public enum SchedulerKind implements Coded {
  /** By loads and turns: compiled as a pick-ahead ring. */
  COUNTING(1, "counting"),
  /** By a hash of the flow alone: compiled as a look-up table. */
  HASHING(2, "hashing"),
  /** By a remembered key, such as the destination: compiled as a keyed map. */
  KEYED(3, "keyed");

  private final int code;
  private final String word;

  SchedulerKind(int code, String word) {
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
