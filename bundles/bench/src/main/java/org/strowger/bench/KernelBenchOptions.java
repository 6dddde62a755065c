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
 * @param lab whether this is the second kernel, where all is slower and IPVS can take part
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
    boolean lab,
    @Nullable Path json,
    @Nullable Path svg) {
  private static final String PACKETS = "packets";

  static KernelBenchOptions parse(String... arguments) {
    boolean quick = List.of(arguments).contains("--quick");
    boolean lab = List.of(arguments).contains("--lab");
    int rounds = quick ? 2 : lab ? 3 : 5;
    int seconds = quick || lab ? 1 : 5;
    Path json = null;
    Path svg = null;
    List<String> only = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quick", "--lab" -> {} // seen above: they change the defaults of others
        case "--rounds" -> rounds = RelayOptions.number(arguments, ++i, RelayOptions.ROUNDS_MAX);
        case "--seconds" -> seconds = RelayOptions.number(arguments, ++i, RelayOptions.SECONDS_MAX);
        case "--json" -> json = Path.of(RelayOptions.value(arguments, ++i));
        case "--svg" -> svg = Path.of(RelayOptions.value(arguments, ++i));
        case "--only" -> only.add(RelayOptions.value(arguments, ++i));
        default -> throw new IllegalArgumentException(arguments[i] + ": not understood");
      }
    }
    Set<KernelScenario> scenarios = scenarios(only, lab);
    return new KernelBenchOptions(
        quick,
        rounds,
        Duration.ofSeconds(seconds),
        kinds(only, quick, lab),
        scenarios,
        (only.isEmpty() && !lab) || only.contains(PACKETS),
        lab,
        json,
        svg);
  }

  private static Set<KernelKind> kinds(List<String> only, boolean quick, boolean lab) {
    Set<KernelKind> named = EnumSet.noneOf(KernelKind.class);
    only.forEach(word -> KernelKind.of(word).ifPresent(named::add));
    if (named.isEmpty() && lab) {
      named.addAll(
          EnumSet.of(
              KernelKind.DIRECT_TC,
              KernelKind.MASQUERADING_TC,
              KernelKind.IPVS_DIRECT,
              KernelKind.IPVS_MASQUERADING));
    } else if (named.isEmpty()) {
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

  private static Set<KernelScenario> scenarios(List<String> only, boolean lab) {
    Set<KernelScenario> named = EnumSet.noneOf(KernelScenario.class);
    for (String word : only) {
      Optional<KernelScenario> measuring = KernelScenario.measuring(word);
      if (measuring.isEmpty() && KernelKind.of(word).isEmpty() && !word.equals(PACKETS)) {
        throw new IllegalArgumentException("--only: '" + word + "': no contender and no metric");
      }
      measuring.ifPresent(named::add);
    }
    boolean packetsOnly = !only.isEmpty() && only.stream().allMatch(PACKETS::equals);
    if (!named.isEmpty() || packetsOnly) {
      return named;
    }
    return lab
        ? EnumSet.of(
            KernelScenario.CONNECTIONS, KernelScenario.KEEP_ALIVE, KernelScenario.DATAGRAMS)
        : EnumSet.allOf(KernelScenario.class);
  }

  static String usage() {
    return """
    usage: bench kernel [--quick] [--rounds N] [--seconds N] [--only WORD]... [--json FILE]
                        [--svg FILE] [--lab]
      --only WORD  a contender (%s),
                   a metric (%s)
                   or packets: nanoseconds of the packet path by itself; several may be named;
                   direct and routed are measured in any case
      --quick      fewer and shorter rounds, not all contenders: under three minutes
      --lab        in a second kernel that is booted in an emulator and has IPVS: direct routing and
                   masquerading of both, new connections, requests, datagrams; 3 rounds of 1 s
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
