package org.strowger.api;

/** Version of the PROXY protocol's header. */
public enum ProxyVersion implements Coded {
  NONE(1, "none"),
  /** One line of text. */
  V1(2, "v1"),
  /** Binary. */
  V2(3, "v2");

  private final int code;
  private final String word;

  ProxyVersion(int code, String word) {
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
