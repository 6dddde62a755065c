package org.strowger.upgrade;

/** A replacement is not done; the message is the sentence for the operator. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1;

  Refusal(String why) {
    super(why);
  }

  Refusal(String why, Throwable cause) {
    super(why, cause);
  }

  String why() {
    return String.valueOf(getMessage());
  }

  /** The message at the bottom of a failure: the framework wraps what a bundle threw. */
  static String rootOf(Throwable failure) {
    Throwable root = failure;
    for (int i = 0; i < 20 && root.getCause() != null; i++) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null || message.isBlank() ? root.toString() : message;
  }
}
