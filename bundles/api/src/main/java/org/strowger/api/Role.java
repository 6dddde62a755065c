package org.strowger.api;

/** What a management user may do, the same in SNMP, JMX and shell. */
public enum Role implements Coded {
  /** Reads. */
  VIEWER(1, "viewer"),
  /** Reads, and changes weights and admin states. */
  OPERATOR(2, "operator"),
  /** Everything, users and upgrades included. */
  ADMIN(3, "admin");

  private final int code;
  private final String word;

  Role(int code, String word) {
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
