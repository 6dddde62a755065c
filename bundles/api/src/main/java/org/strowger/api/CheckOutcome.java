package org.strowger.api;

/** What a look at a real server came to, in one word; its text says more. */
public enum CheckOutcome implements Coded {
  OK(1, "ok"),
  /** Nothing, or not all, within its time. */
  TIMEOUT(2, "timeout"),
  REFUSED(3, "refused"),
  /** It ended the connection before it had answered. */
  RESET(4, "reset"),
  /** No route leads there, or nobody is there. */
  UNREACHABLE(5, "unreachable"),
  /** What it said is not of the protocol. */
  PROTOCOL_ERROR(6, "protocolError"),
  /** It answered, but not as expected. */
  BAD_CONTENT(7, "badContent"),
  TLS_ERROR(8, "tlsError"),
  SCRIPT_ERROR(9, "scriptError"),
  /** Nothing is known: the check is at fault. */
  INTERNAL(10, "internal");

  private final int code;
  private final String word;

  CheckOutcome(int code, String word) {
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
