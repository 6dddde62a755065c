package org.strowger.api;

/**
 * How packets or connections reach a real server. Relay copies between two sockets; the others are
 * the kernel plane&#39;s.
 */
public enum ForwardingMethod implements Coded {
  RELAY(1, "relay"),
  MASQUERADING(2, "masquerading"),
  DIRECT(3, "direct"),
  TUNNEL_IPIP(4, "tunnelIpip"),
  TUNNEL_GUE(5, "tunnelGue"),
  FULLNAT(6, "fullnat"),
  LOCAL(7, "local");

  private final int code;
  private final String word;

  ForwardingMethod(int code, String word) {
    this.code = code;
    this.word = word;
  }

  /** Whether the kernel does it, packet by packet. */
  public boolean kernel() {
    return !equals(RELAY);
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
