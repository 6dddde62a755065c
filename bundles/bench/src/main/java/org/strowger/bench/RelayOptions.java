package org.strowger.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The words after {@code bench relay}.
 *
 * @param length of one measurement
 * @param kinds who is measured
 * @param scenarios what is measured
 * @param json where the figures go; null: nowhere
 * @param svg where the drawing goes; null: below the bench's target folder
 */
record RelayOptions(
    boolean quick,
    boolean loopback,
    int rounds,
    Duration length,
    Set<Kind> kinds,
    Set<Scenario> scenarios,
    @Nullable Path json,
    @Nullable Path svg) {
  static final String USAGE =
      """
      usage: bench relay [--quick] [--rounds N] [--seconds N] [--only WORD]... [--loopback]
                         [--json FILE] [--svg FILE]
        --only WORD  a contender (direct, strowger-io_uring, strowger-epoll, strowger-nio, haproxy,
                     nginx) or a metric (%s);
                     several may be named; direct is measured in any case
        --quick      fewer and shorter rounds, not all contenders: under three minutes
        --rounds N   1 to 100, default 5 (quick 2); --seconds N of a measurement, 1 to 600, default
                     5 (quick 2)
        --loopback   no network namespaces, also as root
      """;

  static final int ROUNDS_MAX = 100;
  static final int SECONDS_MAX = 600;

  /**
   * Understands the words.
   *
   * @throws IllegalArgumentException with a sentence if one is not understood
   */
  static RelayOptions parse(String... arguments) {
    boolean quick = List.of(arguments).contains("--quick");
    boolean loopback = false;
    int rounds = quick ? 2 : 5;
    int seconds = quick ? 2 : 5;
    Path json = null;
    Path svg = null;
    List<String> only = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quick" -> {} // seen above: it changes the defaults of others
        case "--loopback" -> loopback = true;
        case "--rounds" -> rounds = number(arguments, ++i, ROUNDS_MAX);
        case "--seconds" -> seconds = number(arguments, ++i, SECONDS_MAX);
        case "--json" -> json = Path.of(value(arguments, ++i));
        case "--svg" -> svg = Path.of(value(arguments, ++i));
        case "--only" -> only.add(value(arguments, ++i));
        default -> throw new IllegalArgumentException(arguments[i] + ": not understood");
      }
    }
    return new RelayOptions(
        quick,
        loopback,
        rounds,
        Duration.ofSeconds(seconds),
        kinds(only, quick),
        scenarios(only),
        json,
        svg);
  }

  static String value(String[] arguments, int index) {
    if (index >= arguments.length || arguments[index].isEmpty()) {
      throw new IllegalArgumentException(arguments[index - 1] + ": needs a value");
    }
    return arguments[index];
  }

  static int number(String[] arguments, int index, int most) {
    String text = value(arguments, index);
    if (!text.matches("[1-9][0-9]{0,5}") || Integer.parseInt(text) > most) {
      throw new IllegalArgumentException(
          "%s: '%s': expected 1 to %d".formatted(arguments[index - 1], text, most));
    }
    return Integer.parseInt(text);
  }

  private static Set<Kind> kinds(List<String> only, boolean quick) {
    Set<Kind> named = EnumSet.noneOf(Kind.class);
    for (String word : only) {
      Kind.of(word).ifPresent(named::add);
    }
    if (named.isEmpty()) {
      named = EnumSet.allOf(Kind.class);
      if (quick) {
        named.removeAll(EnumSet.of(Kind.EPOLL, Kind.NIO, Kind.NGINX));
      }
    }
    named.add(Kind.DIRECT); // without it there is nothing to compare with
    return named;
  }

  private static Set<Scenario> scenarios(List<String> only) {
    Set<Scenario> named = EnumSet.noneOf(Scenario.class);
    for (String word : only) {
      List<Scenario> measuring = Scenario.measuring(word);
      if (measuring.isEmpty() && Kind.of(word).isEmpty()) {
        throw new IllegalArgumentException("--only: '" + word + "': no contender and no metric");
      }
      named.addAll(measuring);
    }
    return named.isEmpty() ? EnumSet.allOf(Scenario.class) : named;
  }

  static String usage() {
    return USAGE.formatted(String.join(" ", Scenario.words()));
  }
}
