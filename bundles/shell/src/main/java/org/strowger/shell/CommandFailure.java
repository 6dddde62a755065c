package org.strowger.shell;

/** A command that could not be carried out; nothing was changed. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Exit exit;

  CommandFailure(Exit exit, String text) {
    super(text);
    this.exit = exit;
  }

  Exit exit() {
    return exit;
  }

  String text() {
    return String.valueOf(getMessage());
  }

  static CommandFailure rejected(String text) {
    return new CommandFailure(Exit.REJECTED, text);
  }

  static CommandFailure usage(String text) {
    return new CommandFailure(Exit.USAGE, text);
  }

  static CommandFailure busy(String text) {
    return new CommandFailure(Exit.BUSY, text);
  }
}
