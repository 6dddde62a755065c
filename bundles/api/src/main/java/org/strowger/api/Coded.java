package org.strowger.api;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A constant that has one word (YAML, JMX, shell, metrics) and one number (MIB). Both are part of
 * the contract with operators: they are added to, never renamed and never renumbered.
 */
public interface Coded {
  /** The number in the MIB, from 1. */
  int code();

  /** The word in YAML, JMX, shell and metrics. */
  String word();

  /** The constant of {@code type} with this word, exact case, or empty. */
  static <E extends Enum<E> & Coded> Optional<E> byWord(Class<E> type, String word) {
    return Arrays.stream(type.getEnumConstants()).filter(e -> e.word().equals(word)).findFirst();
  }

  /** The constant of {@code type} with this MIB number, or empty. */
  static <E extends Enum<E> & Coded> Optional<E> byCode(Class<E> type, int code) {
    return Arrays.stream(type.getEnumConstants()).filter(e -> e.code() == code).findFirst();
  }

  /** All words of {@code type}, for error messages: {@code inService, drain, outOfService}. */
  static <E extends Enum<E> & Coded> String words(Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(Coded::word)
        .collect(Collectors.joining(", "));
  }
}
