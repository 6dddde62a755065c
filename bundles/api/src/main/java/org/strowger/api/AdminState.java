package org.strowger.api;

/**
 * What the operator wants of a virtual service, pool or real server (X.731's administrative state).
 */
public enum AdminState implements Coded {
  /** Takes new connections. */
  IN_SERVICE(1, "inService"),
  /** Finishes its connections and takes no new ones: quiesced. */
  DRAIN(2, "drain"),
  /** Takes no connections; live ones are cut. */
  OUT_OF_SERVICE(3, "outOfService");

  private final int code;
  private final String word;

  AdminState(int code, String word) {
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
