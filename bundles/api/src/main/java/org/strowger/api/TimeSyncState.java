package org.strowger.api;

/** Whether the machine's clock follows the time. */
public enum TimeSyncState implements Coded {
  /** Nobody can tell. */
  UNKNOWN(1, "unknown"),
  /** It follows a source of time. */
  SYNCED(2, "synced"),
  /** It did, and has been left alone so long that it may be off by more than it should. */
  HOLDOVER(3, "holdover"),
  /** The kernel says that it follows none. */
  UNSYNCED(4, "unsynced");

  private final int code;
  private final String word;

  TimeSyncState(int code, String word) {
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
