package org.strowger.checks;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;
import org.strowger.api.KeyPath;
import org.strowger.api.Violation;

/**
 * Reads the options of one check and says what is wrong with them. Each key that is asked for is
 * one that is known; a value that does not fit becomes a violation and its fallback is handed out.
 */
final class Options {
  /** Longest text where nothing shorter is stated. */
  static final int MAX_TEXT = 4096;

  /** Longest regular expression; the engine's automaton grows with it. */
  static final int MAX_EXPRESSION = 512;

  private static final java.util.regex.Pattern DURATION =
      java.util.regex.Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  private final String type;
  private final Map<String, Object> given;
  private final KeyPath path;
  private final Set<String> known = new LinkedHashSet<>();
  private final List<Violation> found;
  private final List<Options> parts = new ArrayList<>();

  Options(String type, Map<String, Object> given, KeyPath path) {
    this(type, given, path, new ArrayList<>());
  }

  private Options(
      String type, Map<String, Object> given, KeyPath path, List<Violation> violations) {
    this.type = type;
    this.given = given;
    this.path = path;
    this.found = violations;
  }

  /** The type of check they are for. */
  String type() {
    return type;
  }

  boolean has(String key) {
    known.add(key);
    return given.containsKey(key);
  }

  boolean flag(String key, boolean otherwise) {
    return read(
            key,
            "true or false",
            value -> value instanceof Boolean set ? Optional.of(set) : Optional.empty())
        .orElse(otherwise);
  }

  long number(String key, long least, long most, long otherwise) {
    return read(
            key,
            "a whole number from " + least + " to " + most,
            value -> whole(value).filter(set -> set >= least && set <= most))
        .orElse(otherwise);
  }

  /** A text such as {@code 500ms} or {@code 2s}. */
  Duration duration(String key, Duration least, Duration most, Duration otherwise) {
    return read(
            key,
            "a duration from " + least.toMillis() + "ms to " + most.toSeconds() + "s",
            value ->
                value instanceof String text
                    ? readDuration(text)
                        .filter(set -> set.compareTo(least) >= 0 && set.compareTo(most) <= 0)
                    : Optional.empty())
        .orElse(otherwise);
  }

  /** One of the words. */
  String word(String key, List<String> words, String otherwise) {
    return read(
            key,
            "one of " + String.join(", ", words),
            value ->
                words.contains(String.valueOf(value))
                    ? Optional.of(String.valueOf(value))
                    : Optional.empty())
        .orElse(otherwise);
  }

  Optional<String> text(String key, int longest) {
    return read(
        key,
        "a text of 1 to " + longest + " characters",
        value ->
            value instanceof String text && !text.isEmpty() && text.length() <= longest
                ? Optional.of(text)
                : Optional.empty());
  }

  /** A text of a form; {@code expected} says it in words. */
  Optional<String> text(String key, java.util.regex.Pattern form, String expected) {
    return read(
        key,
        expected,
        value ->
            value instanceof String text && form.matcher(text).matches()
                ? Optional.of(text)
                : Optional.empty());
  }

  /** Digits 0-9 and a-f in pairs; blanks and colons between them are ignored. */
  Optional<byte[]> hex(String key, int most) {
    return read(
        key,
        "1 to " + most + " bytes in hexadecimal, such as 0d0a",
        value -> value instanceof String text ? readHex(text, most) : Optional.empty());
  }

  /** An absolute path; whether there is such a file is seen when the check runs. */
  Optional<Path> file(String key) {
    return read(
        key,
        "an absolute path of a file",
        value -> value instanceof String text ? readPath(text) : Optional.empty());
  }

  /** A regular expression as RE2 knows it, which matches in linear time. */
  Optional<Pattern> expression(String key) {
    return read(
        key,
        "a regular expression of at most "
            + MAX_EXPRESSION
            + " characters, without back references and look-around",
        value -> value instanceof String text ? readExpression(text) : Optional.empty());
  }

  /** A list of what {@code each} reads, or one of it alone. */
  <T> List<T> list(String key, int most, String expected, Function<Object, Optional<T>> each) {
    return read(
            key,
            "1 to " + most + " of " + expected,
            value -> {
              List<?> values = value instanceof List<?> several ? several : List.of(value);
              List<T> all = values.stream().flatMap(one -> each.apply(one).stream()).toList();
              boolean fits = all.size() == values.size() && !all.isEmpty() && all.size() <= most;
              return fits ? Optional.of(all) : Optional.empty();
            })
        .orElse(List.of());
  }

  /** Texts by name, both of a form. */
  Map<String, String> texts(String key, int most, java.util.regex.Pattern form, String expected) {
    return read(
            key,
            "at most " + most + " names, each with " + expected,
            value -> value instanceof Map<?, ?> map ? readTexts(map, most, form) : Optional.empty())
        .orElse(Map.of());
  }

  /** Maps by name, in written order, each to be read like this. */
  List<Options> parts(String key, int most) {
    Optional<Map<?, ?>> values =
        read(
            key,
            "1 to " + most + " names, each with a map of options",
            value ->
                value instanceof Map<?, ?> map
                        && !map.isEmpty()
                        && map.size() <= most
                        && map.values().stream().allMatch(Map.class::isInstance)
                    ? Optional.of(map)
                    : Optional.empty());
    List<Options> read = new ArrayList<>();
    values
        .orElse(Map.of())
        .forEach(
            (name, value) -> {
              Map<String, Object> part = new LinkedHashMap<>();
              if (value instanceof Map<?, ?> map) {
                map.forEach((inner, set) -> part.put(String.valueOf(inner), set));
              }
              KeyPath where = path.child(key).child(String.valueOf(name));
              read.add(new Options(type, part, where, found));
            });
    parts.addAll(read);
    return read;
  }

  /** What holds between keys does not. */
  void refuse(String key, String expected) {
    Object value = given.get(key);
    found.add(Violation.of(path.child(key), value == null ? "" : value, expected));
  }

  /** What is wrong, also with keys that nobody asked for; call it last. */
  List<Violation> violations() {
    List<Violation> all = new ArrayList<>(found);
    addUnknown(all);
    return all;
  }

  private void addUnknown(List<Violation> all) {
    given.forEach(
        (key, value) -> {
          if (!known.contains(key)) {
            all.add(Violation.of(path.child(key), value, knownInWords()));
          }
        });
    parts.forEach(part -> part.addUnknown(all));
  }

  private String knownInWords() {
    return known.isEmpty()
        ? "no options: check type " + type + " has none"
        : "an option of check type " + type + ": " + String.join(", ", known);
  }

  private <T> Optional<T> read(String key, String expected, Function<Object, Optional<T>> reading) {
    known.add(key);
    @Nullable Object value = given.get(key);
    if (value == null) {
      if (given.containsKey(key)) {
        found.add(Violation.of(path.child(key), "", expected));
      }
      return Optional.empty();
    }
    Optional<T> read = reading.apply(value);
    if (read.isEmpty()) {
      found.add(Violation.of(path.child(key), value, expected));
    }
    return read;
  }

  static Optional<Long> whole(Object value) {
    return value instanceof Integer || value instanceof Long
        ? Optional.of(((Number) value).longValue())
        : Optional.empty();
  }

  private static Optional<Duration> readDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          default -> Duration.ofHours(count);
        });
  }

  static Optional<byte[]> readHex(String text, int most) {
    String digits = text.replaceAll("[ :]", "");
    if (digits.isEmpty() || digits.length() > 2 * most || !digits.matches("([0-9a-fA-F]{2})+")) {
      return Optional.empty();
    }
    return Optional.of(HexFormat.of().parseHex(digits));
  }

  private static Optional<Path> readPath(String text) {
    try {
      return Optional.of(Path.of(text)).filter(Path::isAbsolute);
    } catch (InvalidPathException notOne) {
      return Optional.empty();
    }
  }

  static Optional<Pattern> readExpression(String text) {
    if (text.isEmpty() || text.length() > MAX_EXPRESSION) {
      return Optional.empty();
    }
    try {
      return Optional.of(Pattern.compile(text));
    } catch (PatternSyntaxException notOne) {
      return Optional.empty();
    }
  }

  private static Optional<Map<String, String>> readTexts(
      Map<?, ?> map, int most, java.util.regex.Pattern form) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      String name = String.valueOf(entry.getKey());
      String text = String.valueOf(entry.getValue());
      if (!form.matcher(name + ": " + text).matches()) {
        return Optional.empty();
      }
      texts.put(name, text);
    }
    return texts.size() <= most ? Optional.of(texts) : Optional.empty();
  }
}
