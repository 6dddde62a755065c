package org.strowger.api;

/**
 * The end of every path that a new connection can take through a director. Each verdict has a
 * sentence and a counter; the code is its place in the MIB.
 */
public enum Verdict implements Coded {
  ACCEPTED(1, "accepted", "the connection was given to a real server"),
  NO_REAL_SERVER(2, "noRealServer", "no real server of the pool is eligible"),
  CONNECT_FAILED(3, "connectFailed", "every real server tried refused or did not answer"),
  ACCESS_DENIED(4, "accessDenied", "the access list of the virtual service denies the client"),
  CONNECTION_LIMIT(5, "connectionLimit", "a connection limit is reached"),
  RATE_LIMIT(6, "rateLimit", "a limit of new connections per second is reached"),
  NOT_IN_SERVICE(7, "notInService", "the virtual service is drained or out of service"),
  CONTROL_ABSENT(8, "controlAbsent", "no decision could be had in time"),
  QUEUE_EXPIRED(9, "queueExpired", "the connection waited for a real server until its deadline"),
  QUEUE_FULL(10, "queueFull", "too many connections wait for a real server already"),
  BAD_PROXY_HEADER(
      11, "badProxyHeader", "a trusted source sent no valid PROXY protocol header in time"),
  CLIENT_GONE(12, "clientGone", "the client left before a real server was found");

  private final int code;
  private final String word;
  private final String sentence;

  Verdict(int code, String word, String sentence) {
    this.code = code;
    this.word = word;
    this.sentence = sentence;
  }

  @Override
  public int code() {
    return code;
  }

  @Override
  public String word() {
    return word;
  }

  /** One clause for people, without a full stop. */
  public String sentence() {
    return sentence;
  }
}
