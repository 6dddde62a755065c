package org.strowger.shell;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;

/**
 * What an operator typed.
 *
 * @param words the arguments, without the command's own word and without {@code --json}
 * @param user the operating system's user at the other end of the socket
 * @param directory the client's working directory, for relative file names
 * @param confirm what changes is taken back after so many seconds unless it is confirmed
 * @param comment for the history
 */
record Request(
    List<String> words, String user, Path directory, OptionalLong confirm, String comment) {
  static final String SOURCE = "local socket";

  private static final String CONFIRM = "--confirm";
  private static final String COMMENT = "--comment";

  Request {
    words = List.copyOf(words);
  }

  Request(List<String> words, String user, Path directory) {
    this(words, user, directory, OptionalLong.empty(), "");
  }

  /** The same with {@code --confirm SECONDS} and {@code --comment TEXT} taken out of its words. */
  Request withOptions() {
    List<String> rest = new ArrayList<>(words);
    Optional<String> seconds = take(rest, CONFIRM, "seconds");
    Optional<String> text = take(rest, COMMENT, "a text");
    OptionalLong time =
        seconds.isEmpty() ? OptionalLong.empty() : OptionalLong.of(seconds(seconds.get()));
    return new Request(rest, user, directory, time, text.orElse(""));
  }

  private static Optional<String> take(List<String> from, String option, String expected) {
    int at = from.indexOf(option);
    if (at < 0) {
      return Optional.empty();
    }
    if (at + 1 == from.size()) {
      throw CommandFailure.usage(option + ": expected " + expected);
    }
    from.remove(at);
    return Optional.of(from.remove(at));
  }

  private static long seconds(String word) {
    try {
      return Long.parseUnsignedLong(word);
    } catch (NumberFormatException e) {
      throw CommandFailure.usage(CONFIRM + ": '" + word + "': expected seconds");
    }
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
