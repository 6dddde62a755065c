package org.strowger.shell;

/** How a command ended; the codes are the exit codes of {@code ./strowger cli}. */
enum Exit {
  DONE(0, "done"),
  REJECTED(1, "rejected"),
  USAGE(2, "usage"),
  CONFLICT(3, "conflict"),
  BUSY(4, "busy");

  private final int code;
  private final String word;

  Exit(int code, String word) {
    this.code = code;
    this.word = word;
  }

  int code() {
    return code;
  }

  String word() {
    return word;
  }
}
