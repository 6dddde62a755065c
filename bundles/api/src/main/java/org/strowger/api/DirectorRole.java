package org.strowger.api;

/** What a director is among those that stand for each other: the states of RFC 9568, 6.4. */
public enum DirectorRole implements Coded {
  /** It forwards. A director that is alone is always this. */
  ACTIVE(1, "active"),
  /** Another one forwards. */
  BACKUP(2, "backup"),
  /** It is not known yet. */
  INITIALIZE(3, "initialize");

  private final int code;
  private final String word;

  DirectorRole(int code, String word) {
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
