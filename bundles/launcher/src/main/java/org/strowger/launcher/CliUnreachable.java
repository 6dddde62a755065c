package org.strowger.launcher;

/** No director could be talked to; the message is one sentence for the operator. */
final class CliUnreachable extends Exception {
  private static final long serialVersionUID = 1L;

  CliUnreachable(String message) {
    super(message);
  }

  String sentence() {
    return String.valueOf(getMessage());
  }
}
