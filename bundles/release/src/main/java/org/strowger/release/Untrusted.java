package org.strowger.release;

/** A package, key or file is not to be trusted or not whole; the message is for the operator. */
public final class Untrusted extends Exception {
  private static final long serialVersionUID = 1;

  public Untrusted(String why) {
    super(why);
  }

  public Untrusted(String why, Throwable cause) {
    super(why, cause);
  }

  /** The sentence. */
  public String why() {
    return String.valueOf(getMessage());
  }
}
