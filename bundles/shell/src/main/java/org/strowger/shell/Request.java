package org.strowger.shell;

import java.nio.file.Path;
import java.util.List;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;

/**
 * What an operator typed.
 *
 * @param words the arguments, without the command's own word and without {@code --json}
 * @param user the operating system's user at the other end of the socket
 * @param directory the client's working directory, for relative file names
 */
record Request(List<String> words, String user, Path directory) {
  static final String SOURCE = "local socket";

  Request {
    words = List.copyOf(words);
  }

  Origin origin() {
    return new Origin(OriginKind.SHELL, user, SOURCE);
  }

  /** The word at this place, or the usage if it is missing. */
  String word(int index, String expected) {
    if (index >= words.size()) {
      throw CommandFailure.usage("expected " + expected);
    }
    return words.get(index);
  }

  /** Refuses words beyond so many. */
  void atMost(int count) {
    if (words.size() > count) {
      throw CommandFailure.usage("'" + words.get(count) + "': expected nothing more");
    }
  }

  /** The one word that must be there. */
  String only(String expected) {
    atMost(1);
    return word(0, expected);
  }

  /** A whole number, 0 or more. */
  long number(int index, String expected) {
    String word = word(index, expected);
    try {
      return Long.parseUnsignedLong(word);
    } catch (NumberFormatException e) {
      throw CommandFailure.usage("'" + word + "': expected " + expected);
    }
  }
}
