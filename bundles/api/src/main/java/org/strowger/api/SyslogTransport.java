package org.strowger.api;

/** How syslog messages travel. */
public enum SyslogTransport implements Coded {
  /** One message a datagram (RFC 5426). */
  UDP(1, "udp"),
  /** Octet counting (RFC 6587, 3.4.1). */
  TCP(2, "tcp"),
  /** Octet counting in TLS (RFC 5425). */
  TLS(3, "tls");

  private final int code;
  private final String word;

  SyslogTransport(int code, String word) {
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
