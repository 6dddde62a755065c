package org.strowger.api;

/** What becomes of the live connections of a real server that went down. */
public enum OnDown implements Coded {
  /** They go on, or end by themselves. */
  KEEP(1, "keep"),
  /** They are cut at once. */
  RESET(2, "reset"),
  /** They are cut after {@link Timeouts#drain} of their virtual service. */
  DRAIN_THEN_RESET(3, "drainThenReset");

  private final int code;
  private final String word;

  OnDown(int code, String word) {
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
