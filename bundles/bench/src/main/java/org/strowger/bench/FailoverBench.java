package org.strowger.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * {@code bench failover [--quick] [--json FILE]}: how long a client hears nothing of an address
 * that two directors stand for, beside keepalived in the same namespaces: at 100 ms adverts and at
 * 10 ms, when the active one's cable is cut, when it is stopped and when it is killed, and how long
 * both have the address. A pair runs alone; pairs take turns.
 */
public final class FailoverBench {
  private static final List<Long> INTERVALS = List.of(100L, 10L);
  private static final Duration STARTS = Duration.ofMinutes(2);
  private static final Duration LOOKS = Duration.ofSeconds(4);

  /** (3 + (256 - 100) / 256) intervals of 100 ms, RFC 9568, 6.1, and 50 ms to act. */
  private static final double GOAL_CUT_MILLIS = 361 + 50;

  private static final double GOAL_STOP_MILLIS = 100;

  private static final double GOAL_DUAL_MILLIS = 1_000;

  private final int rounds;
  private final List<Long> intervals;
  private final PrintStream out;
  private final Map<String, List<Double>> values = new LinkedHashMap<>();

  private FailoverBench(boolean quick, PrintStream out) {
    this.rounds = quick ? 2 : 5;
    this.intervals = quick ? INTERVALS.subList(0, 1) : INTERVALS;
    this.out = out;
  }

  public static void main(String[] arguments) throws Exception {
    QuickOrJson asked = QuickOrJson.read("failover", arguments);
    if (!"root".equals(System.getProperty("user.name"))) {
      System.err.println("bench failover makes network namespaces: run it as root");
      System.exit(2);
    }
    new FailoverBench(asked.quick(), System.out).run(asked.json());
  }

  private void run(@Nullable Path json) throws Exception {
    Optional<String> missing = Kind.missing("keepalived", "keepalived");
    missing.ifPresent(why -> out.println("not covered: " + why));
    Path folder = Leftovers.folder();
    try (FailoverGround ground = new FailoverGround()) {
      for (int round = 1; round <= rounds; round++) {
        for (long interval : intervals) {
          Path own = folder.resolve(round + "-" + interval);
          if (missing.isEmpty()) {
            measure(
                ground,
                FailoverContender.Keepalived.of(ground, own.resolve("keepalived"), interval),
                interval);
          }
          measure(
              ground,
              FailoverContender.Strowger.of(ground, own.resolve("strowger"), interval),
              interval);
        }
        out.println("round " + round + " of " + rounds + " measured");
      }
    } finally {
      Leftovers.remove(folder.getFileName().toString());
    }
    report(json);
  }

  private void measure(FailoverGround ground, FailoverContender pair, long interval)
      throws Exception {
    try (pair) {
      pair.start(FailoverGround.A);
      pair.start(FailoverGround.B);
      ground.awaitAt(FailoverGround.A, STARTS);
      FailoverGround.Seen cut = ground.during(LOOKS, () -> ground.cut(true));
      add(pair, "cable cut", interval, "silence_ms", cut.silenceMillis());
      late(pair, interval, cut);
      FailoverGround.Seen back = ground.during(LOOKS, () -> ground.cut(false));
      add(pair, "cable mended", interval, "silence_ms", back.silenceMillis());
      add(pair, "cable mended", interval, "dual_address_ms", back.dualMillis());
      ground.awaitAt(FailoverGround.A, STARTS);
      FailoverGround.Seen stopped = ground.during(LOOKS, () -> pair.stop(FailoverGround.A));
      add(pair, "stopped", interval, "silence_ms", stopped.silenceMillis());
      add(pair, "stopped", interval, "dual_address_ms", stopped.dualMillis());
      late(pair, interval, stopped);
      pair.start(FailoverGround.A);
      ground.awaitAt(FailoverGround.A, STARTS);
      FailoverGround.Seen killed = ground.during(LOOKS, () -> pair.kill(FailoverGround.A));
      add(pair, "kill -9", interval, "silence_ms", killed.silenceMillis());
      add(pair, "kill -9", interval, "dual_address_ms", killed.dualMillis());
      late(pair, interval, killed);
    }
    ground.forget();
  }

  /** What of the silence may be the client's own: a machine that is not quiet. */
  private void late(FailoverContender pair, long interval, FailoverGround.Seen seen) {
    add(pair, "all", interval, "client_late_ms", seen.clientLateMillis());
  }

  private void add(
      FailoverContender pair, String fault, long interval, String metric, double value) {
    String scenario = fault + ", " + interval + " ms";
    values
        .computeIfAbsent(String.join("|", scenario, metric, pair.word()), key -> new ArrayList<>())
        .add(value);
  }

  private void report(@Nullable Path json) throws IOException {
    List<Measured> all = new ArrayList<>();
    out.printf(
        "%n%-22s %-16s %-12s %10s %10s   (%d rounds, a datagram every %d ms)%n",
        "fault, adverts", "metric", "", "median", "worst", rounds, FailoverGround.PERIOD_MILLIS);
    values.keySet().stream()
        .sorted()
        .forEach(
            key -> {
              String[] words = key.split("\\|");
              double[] rows =
                  values.getOrDefault(key, List.of()).stream()
                      .mapToDouble(Double::doubleValue)
                      .toArray();
              Measured one = Measured.of("failover", words[2], words[0], words[1], "ms", rows);
              all.add(one);
              out.printf(
                  Locale.ROOT,
                  "%-22s %-16s %-12s %10.1f %10.1f%n",
                  words[0],
                  words[1],
                  words[2],
                  one.median(),
                  one.max());
            });
    goals(all);
    if (json != null) {
      Files.writeString(json, Measured.json(all));
    }
  }

  private void goals(List<Measured> all) {
    out.printf("%nTo reach at 100 ms adverts, worst of all rounds:%n");
    goal(
        all,
        "cable cut: <= master-down interval + 50 ms",
        "cable cut",
        "silence_ms",
        GOAL_CUT_MILLIS);
    goal(all, "stopped: <= 100 ms", "stopped", "silence_ms", GOAL_STOP_MILLIS);
    goal(
        all,
        "killed: both have the address <= 1 s",
        "kill -9",
        "dual_address_ms",
        GOAL_DUAL_MILLIS);
    worst(all, "keepalived", "cable cut", "silence_ms")
        .ifPresent(
            other -> goal(all, "cable cut: <= keepalived's", "cable cut", "silence_ms", other));
  }

  private void goal(List<Measured> all, String text, String fault, String metric, double limit) {
    OptionalDouble value = worst(all, "strowger", fault, metric);
    out.println(new Goals.Goal(text, value, limit, false, " ms").line());
  }

  private static OptionalDouble worst(
      List<Measured> all, String contender, String fault, String metric) {
    return all.stream()
        .filter(one -> one.contender().equals(contender) && one.metric().equals(metric))
        .filter(one -> one.scenario().equals(fault + ", 100 ms"))
        .mapToDouble(Measured::max)
        .findFirst();
  }
}
