package org.strowger.schedulers;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An option of a scheduler.
 *
 * @param key in {@code schedulerOptions}
 * @param expected what is allowed, in words
 */
record Option(String key, String expected, Predicate<Object> allowed) {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  /** The kernel's rule where ours differs. */
  static final Option KERNEL_RULES = flag("kernelRules");

  /** Hash the client's port too. */
  static final Option PORT = flag("port");

  /** Who falls to one that is not eligible goes to another instead of being refused. */
  static final Option FALLBACK = flag("fallback");

  /** Buckets of the Maglev table. */
  static final Option TABLE_SIZE =
      new Option(
          "tableSize",
          "one of " + MaglevTable.SIZES,
          value -> value instanceof Integer size && MaglevTable.SIZES.contains(size));

  /** Key of the hashes: the same on all directors of a cluster, unknown to clients. */
  static final Option SEED =
      new Option(
          "seed",
          "a text of 1 to 64 characters",
          value -> value instanceof String text && !text.isEmpty() && text.length() <= 64);

  static final String DEFAULT_SEED = "strowger";

  /** Percent of its fair share of the connections that one may hold. */
  static final Option FACTOR = number("factor", 101, 1000);

  /** Points on the ring of one of average weight. */
  static final Option POINTS = number("points", 16, 1024);

  /** How long an unused entry is remembered. */
  static final Option EXPIRY = duration("expiry", Duration.ofSeconds(1), Duration.ofDays(30));

  /** Destinations remembered. */
  static final Option MAX_ENTRIES = number("maxEntries", 64, 1_048_576);

  static Option flag(String key) {
    return new Option(key, "true or false", value -> value instanceof Boolean);
  }

  /** A whole number from {@code least} to {@code most}. */
  static Option number(String key, long least, long most) {
    return new Option(
        key,
        "a whole number from " + least + " to " + most,
        value -> whole(value) && within((Number) value, least, most));
  }

  /** A text such as {@code 500ms}, {@code 30s}, {@code 5m} or {@code 24h}. */
  static Option duration(String key, Duration least, Duration most) {
    return new Option(
        key,
        "a duration from " + least.toSeconds() + "s to " + most.toHours() + "h, such as 30s or 5m",
        value ->
            value instanceof String text
                && read(text)
                    .filter(set -> set.compareTo(least) >= 0 && set.compareTo(most) <= 0)
                    .isPresent());
  }

  static Optional<Duration> read(String text) {
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

  private static boolean whole(Object value) {
    return value instanceof Integer || value instanceof Long;
  }

  private static boolean within(Number value, long least, long most) {
    return value.longValue() >= least && value.longValue() <= most;
  }
}
