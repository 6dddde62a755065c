package org.strowger.api;

/** USM authentication protocols offered (RFC 7860); nothing weaker is. */
public enum SnmpAuth implements Coded {
  SHA256(1, "sha256"),
  SHA384(2, "sha384"),
  SHA512(3, "sha512");

  private final int code;
  private final String word;

  SnmpAuth(int code, String word) {
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
