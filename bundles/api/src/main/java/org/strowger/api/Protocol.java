package org.strowger.api;

/** Transport protocol of a virtual service; the code is IANA&#39;s protocol number. */
public enum Protocol implements Coded {
  TCP(6, "tcp"),
  UDP(17, "udp"),
  SCTP(132, "sctp");

  private final int code;
  private final String word;

  Protocol(int code, String word) {
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
