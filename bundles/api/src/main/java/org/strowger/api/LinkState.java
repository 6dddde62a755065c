package org.strowger.api;

/** Whether a network device can carry packets: the states and numbers of RFC 2863. */
public enum LinkState implements Coded {
  UP(1, "up"),
  DOWN(2, "down"),
  TESTING(3, "testing"),
  UNKNOWN(4, "unknown"),
  DORMANT(5, "dormant"),
  NOT_PRESENT(6, "notPresent"),
  /** What it stands on is down. */
  LOWER_LAYER_DOWN(7, "lowerLayerDown");

  private final int code;
  private final String word;

  LinkState(int code, String word) {
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
