package org.strowger.checks;

import java.io.IOException;

/** The real server answered, but not what was expected; the message says both. */
final class Unexpected extends IOException {
  private static final long serialVersionUID = 1;

  Unexpected(String seenAndExpected) {
    super(seenAndExpected);
  }
}
