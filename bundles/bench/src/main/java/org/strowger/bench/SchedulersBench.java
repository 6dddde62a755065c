package org.strowger.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.strowger.api.SchedulerProvider;
import org.strowger.schedulers.Schedulers;

/** {@code bench schedulers [--quick] [--json FILE]}: the time and garbage of a pick. */
public final class SchedulersBench {
  /** Those that promise a pick in {@link #PROMISED_NANOS} whatever the number of real servers. */
  private static final Set<String> FAST = Set.of("rr", "sh", "mh", "twos");

  private static final double PROMISED_NANOS = 100;

  private SchedulersBench() {}

  public static void main(String[] arguments) throws RunnerException, IOException {
    QuickOrJson asked = QuickOrJson.read("schedulers", arguments);
    run(asked.quick(), asked.json(), System.out);
  }

  private static void run(boolean quick, @Nullable Path json, PrintStream out)
      throws RunnerException, IOException {
    String[] names =
        Schedulers.providers().stream().map(SchedulerProvider::name).toArray(String[]::new);
    ChainedOptionsBuilder options =
        JmhRun.options(SchedulerPicks.class.getName() + ".pick", quick).param("scheduler", names);
    if (!quick) {
      options.param("reals", "10", "1000").param("addressFamily", "4", "6");
    }
    out.printf(
        "%-20s %-18s %10s %10s %10s %8s%n",
        "scheduler", "scenario", "ns/pick", "min", "max", "B/pick");
    List<Measured> all = new ArrayList<>();
    for (RunResult result : new Runner(options.build()).run()) {
      all.addAll(report(result, out));
    }
    if (json != null) {
      Files.writeString(json, Measured.json(all));
    }
  }

  private static List<Measured> report(RunResult result, PrintStream out) {
    BenchmarkParams params = result.getParams();
    String name = params.getParam("scheduler");
    String scenario = params.getParam("reals") + " reals IPv" + params.getParam("addressFamily");
    Measured time =
        Measured.of("schedulers", name, scenario, "pickTime", "ns", JmhRun.times(result));
    Measured garbage =
        Measured.of("schedulers", name, scenario, "allocated", "B", JmhRun.allocated(result));
    boolean late = FAST.contains(name) && time.median() > PROMISED_NANOS;
    out.printf(
        Locale.ROOT,
        "%-20s %-18s %10.1f %10.1f %10.1f %8.1f%s%n",
        name,
        scenario,
        time.median(),
        time.min(),
        time.max(),
        garbage.median(),
        late ? "  over the promised " + PROMISED_NANOS + " ns" : "");
    return List.of(time, garbage);
  }
}
