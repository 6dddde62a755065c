package org.strowger.api;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a {@link ConnectionFilter} from the words that operators type, the same at every door. */
final class FilterWords {
  private static final Pattern WORD = Pattern.compile("([a-z]+)>?=(.*)");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
  private static final Pattern BYTES = Pattern.compile("([0-9]{1,15})([kMG]?)");
  private static final Set<String> STATES =
      Set.of("waiting", "connecting", "established", "halfClosed");

  private FilterWords() {}

  static ConnectionFilter read(List<String> words) {
    ConnectionFilter filter = ConnectionFilter.ALL;
    for (String word : words) {
      Matcher matcher = WORD.matcher(word);
      if (!matcher.matches()) {
        throw wrong(word, ConnectionFilter.WORDS);
      }
      filter = narrowed(filter, word, matcher.group(1), matcher.group(2));
    }
    return filter;
  }

  private static ConnectionFilter narrowed(
      ConnectionFilter filter, String word, String key, String value) {
    return switch (key) {
      case "service" -> filter.withService(name(word, value));
      case "real" ->
          filter.withReal(
              RealServerId.parse(value).orElseThrow(() -> wrong(word, "real=POOL/REAL")));
      case "client" ->
          filter.withClient(
              Prefix.parse(value)
                  .orElseThrow(
                      () -> wrong(word, "client=ADDRESS or a prefix such as 192.0.2.0/24")));
      case "state" -> filter.withState(state(word, value));
      case "age" -> filter.withMinAge(duration(word, value));
      case "idle" -> filter.withMinIdle(duration(word, value));
      case "bytes" -> filter.withMinBytes(bytes(word, value));
      case "after" -> filter.withAfter(id(word, value));
      default -> throw wrong(word, ConnectionFilter.WORDS);
    };
  }

  private static String name(String word, String value) {
    if (!Names.valid(value)) {
      throw wrong(word, "service=NAME");
    }
    return value;
  }

  private static String state(String word, String value) {
    if (!STATES.contains(value)) {
      throw wrong(word, "state= waiting, connecting, established or halfClosed");
    }
    return value;
  }

  private static Duration duration(String word, String value) {
    Matcher matcher = DURATION.matcher(value);
    if (!matcher.matches()) {
      throw wrong(word, "a duration such as 500ms, 30s, 5m, 2h or 1d");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  private static long bytes(String word, String value) {
    Matcher matcher = BYTES.matcher(value);
    if (!matcher.matches()) {
      throw wrong(word, "bytes such as 1000000, 500k, 1M or 2G");
    }
    long number = Long.parseLong(matcher.group(1));
    long unit =
        switch (matcher.group(2)) {
          case "k" -> 1_000L;
          case "M" -> 1_000_000L;
          case "G" -> 1_000_000_000L;
          default -> 1L;
        };
    if (number > Long.MAX_VALUE / unit) {
      throw wrong(word, "bytes such as 1000000, 500k, 1M or 2G");
    }
    return number * unit;
  }

  private static long id(String word, String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw wrong(word, "after=ID, the number of a connection");
    }
  }

  private static IllegalArgumentException wrong(String word, String expected) {
    return new IllegalArgumentException("'" + word + "': expected " + expected);
  }
}
