package org.strowger.simulation;

import java.io.Serial;

/** A text is not JSON; the message says where and what was expected. */
final class JsonSyntaxException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  JsonSyntaxException(int column, String expected) {
    super("column " + column + ": expected " + expected);
  }
}
