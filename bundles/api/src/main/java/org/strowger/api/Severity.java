package org.strowger.api;

/**
 * Perceived severity; the codes are those of ItuPerceivedSeverity (ITU-ALARM-TC-MIB), not
 * YANG&#39;s.
 */
public enum Severity implements Coded {
  CLEARED(1, "cleared"),
  INDETERMINATE(2, "indeterminate"),
  CRITICAL(3, "critical"),
  MAJOR(4, "major"),
  MINOR(5, "minor"),
  WARNING(6, "warning");

  private final int code;
  private final String word;

  Severity(int code, String word) {
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
