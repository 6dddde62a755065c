package org.strowger.api;

/** What is observed of a virtual service, pool or real server, in one word for maps and colours. */
public enum OperState implements Coded {
  UP(1, "up"),
  DEGRADED(2, "degraded"),
  DOWN(3, "down"),
  DRAINING(4, "draining"),
  DISABLED(5, "disabled"),
  TESTING(6, "testing"),
  THROTTLED(7, "throttled"),
  UNKNOWN(8, "unknown");

  private final int code;
  private final String word;

  OperState(int code, String word) {
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
