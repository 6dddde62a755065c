package org.strowger.api;

/** What an upgrade asks of the box, the mildest first. */
public enum UpgradeClass implements Coded {
  NONE(1, "none"),
  /** No connection notices. */
  PLUGIN(2, "plugin"),
  /** State is handed over; connections go on. */
  STATEFUL(3, "stateful"),
  /** The process is started anew. */
  NODE_RESTART(4, "nodeRestart"),
  /** The operating system is started anew. */
  REBOOT(5, "reboot");

  private final int code;
  private final String word;

  UpgradeClass(int code, String word) {
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
