package org.strowger.api;

/** How a notification reaches its target: once and unacknowledged, or until acknowledged. */
public enum NotificationKind implements Coded {
  TRAP(1, "trap"),
  INFORM(2, "inform");

  private final int code;
  private final String word;

  NotificationKind(int code, String word) {
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
