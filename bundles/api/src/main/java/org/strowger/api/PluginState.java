package org.strowger.api;

/** State of a plug-in that is found by its name. */
public enum PluginState implements Coded {
  ACTIVE(1, "active"),
  DRAINING(2, "draining"),
  FAILED(3, "failed"),
  /** Configured, but no bundle offers it; the last good choice goes on. */
  ABSENT(4, "absent");

  private final int code;
  private final String word;

  PluginState(int code, String word) {
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
