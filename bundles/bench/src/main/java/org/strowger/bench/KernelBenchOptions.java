package org.strowger.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The words after {@code bench kernel}.
 *
 * @param length of one measurement
 * @param packets whether the packet path is measured by itself
 * @param json where the figures go; null: nowhere
 * @param svg where the drawing goes; null: below the bench's target folder
 */
record KernelBenchOptions(
    boolean quick,
    int rounds,
    Duration length,
    Set<KernelKind> kinds,
    Set<KernelScenario> scenarios,
    boolean packets,
    @Nullable Path json,
    @Nullable Path svg) {
  private static final String PACKETS = "packets";

  static KernelBenchOptions parse(String... arguments) {
    boolean quick = List.of(arguments).contains("--quick");
    int rounds = quick ? 2 : 5;
    int seconds = quick ? 1 : 5;
    Path json = null;
    Path svg = null;
    List<String> only = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quick" -> {} // seen above: it changes the defaults of others
        case "--rounds" -> rounds = RelayOptions.number(arguments, ++i, RelayOptions.ROUNDS_MAX);
        case "--seconds" -> seconds = RelayOptions.number(arguments, ++i, RelayOptions.SECONDS_MAX);
        case "--json" -> json = Path.of(RelayOptions.value(arguments, ++i));
        case "--svg" -> svg = Path.of(RelayOptions.value(arguments, ++i));
        case "--only" -> only.add(RelayOptions.value(arguments, ++i));
        default -> throw new IllegalArgumentException(arguments[i] + ": not understood");
      }
    }
    Set<KernelScenario> scenarios = scenarios(only);
    return new KernelBenchOptions(
        quick,
        rounds,
        Duration.ofSeconds(seconds),
        kinds(only, quick),
        scenarios,
        only.isEmpty() || only.contains(PACKETS),
        json,
        svg);
  }

  private static Set<KernelKind> kinds(List<String> only, boolean quick) {
    Set<KernelKind> named = EnumSet.noneOf(KernelKind.class);
    only.forEach(word -> KernelKind.of(word).ifPresent(named::add));
    if (named.isEmpty()) {
      named.addAll(EnumSet.allOf(KernelKind.class));
      if (quick) {
        named.removeAll(
            EnumSet.of(
                KernelKind.TUNNEL_XDP,
                KernelKind.FULLNAT_XDP,
                KernelKind.MASQUERADING_XDP,
                KernelKind.NGINX));
      }
    }
    named.add(KernelKind.DIRECT); // without them there is nothing to compare with
    named.add(KernelKind.ROUTED);
    return named;
  }

  private static Set<KernelScenario> scenarios(List<String> only) {
    Set<KernelScenario> named = EnumSet.noneOf(KernelScenario.class);
    for (String word : only) {
      Optional<KernelScenario> measuring = KernelScenario.measuring(word);
      if (measuring.isEmpty() && KernelKind.of(word).isEmpty() && !word.equals(PACKETS)) {
        throw new IllegalArgumentException("--only: '" + word + "': no contender and no metric");
      }
      measuring.ifPresent(named::add);
    }
    boolean packetsOnly = !only.isEmpty() && only.stream().allMatch(PACKETS::equals);
    return named.isEmpty() && !packetsOnly ? EnumSet.allOf(KernelScenario.class) : named;
  }

  static String usage() {
    return """
    usage: bench kernel [--quick] [--rounds N] [--seconds N] [--only WORD]... [--json FILE]
                        [--svg FILE]
      --only WORD  a contender (%s),
                   a metric (%s)
                   or packets: nanoseconds of the packet path by itself; several may be named;
                   direct and routed are measured in any case
      --quick      fewer and shorter rounds, not all contenders: under three minutes
      --rounds N   1 to 100, default 5 (quick 2); --seconds N of a measurement, 1 to 600, default
                   5 (quick 1)
    """
        .formatted(
            Arrays.stream(KernelKind.values())
                .map(KernelKind::word)
                .collect(Collectors.joining(" ")),
            Arrays.stream(KernelScenario.values())
                .map(KernelScenario::metric)
                .collect(Collectors.joining(" ")));
  }
}
