package org.strowger.launcher;

import java.util.List;

/** Why the director did not start: sentences for the operator, each complete by itself. */
final class StartFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** Not kept when serialized, which nobody does. */
  private final transient List<String> sentences;

  StartFailure(String sentence) {
    this(List.of(sentence));
  }

  StartFailure(List<String> sentences) {
    super(String.join(" ", sentences));
    this.sentences = List.copyOf(sentences);
  }

  List<String> sentences() {
    return sentences;
  }
}
