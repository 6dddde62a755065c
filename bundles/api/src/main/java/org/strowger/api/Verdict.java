package org.strowger.api;

/**
 * The end of every path through a director: of a new connection and, where a plane sees packets
 * (codes from 13), of a packet. Each verdict has a sentence and a counter; the code is its place in
 * the MIB.
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
  CLIENT_GONE(12, "clientGone", "the client left before a real server was found"),
  TABLE_FULL(13, "tableFull", "the connection table has no room"),
  NO_SOURCE_PORT(14, "noSourcePort", "no free source port was found for the real server's side"),
  UNKNOWN_CONNECTION(
      15, "unknownConnection", "a packet in the middle of a connection that is not known"),
  MALFORMED(16, "malformed", "a header is cut off or lies about its length"),
  UNKNOWN_FRAGMENT(17, "unknownFragment", "a fragment whose first one was not seen"),
  TOO_BIG(18, "tooBig", "the packet is larger than the path takes, and must not be cut"),
  HOP_LIMIT(19, "hopLimit", "the packet's time to live has ended"),
  NO_ROUTE(20, "noRoute", "the kernel could not send, encapsulate or rewrite the packet"),
  LOOP(21, "loop", "the packet comes from another director"),
  FORWARDED(22, "forwarded", "a packet of a known connection went its way"),
  RELATED(23, "related", "an ICMP error about a known connection went its way"),
  NOT_OURS(24, "notOurs", "the packet is for no virtual service: it is left to the host"),
  CUT(25, "cut", "the connection was cut by an operator");

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
