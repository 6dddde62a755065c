package org.strowger.api;

/** Through which door a change came. */
public enum OriginKind implements Coded {
  FILE(1, "file"),
  SHELL(2, "shell"),
  SNMP(3, "snmp"),
  JMX(4, "jmx"),
  PEER(5, "peer"),
  ROLLBACK(6, "rollback"),
  FACTORY(7, "factory");

  private final int code;
  private final String word;

  OriginKind(int code, String word) {
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
