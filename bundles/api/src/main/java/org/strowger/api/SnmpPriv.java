package org.strowger.api;

/** USM privacy protocols offered (RFC 3826 and the Blumenthal draft for 192 and 256 bits). */
public enum SnmpPriv implements Coded {
  AES128(1, "aes128"),
  AES192(2, "aes192"),
  AES256(3, "aes256");

  private final int code;
  private final String word;

  SnmpPriv(int code, String word) {
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
