package org.strowger.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** How JMH is run here, and what is read from its results. */
final class JmhRun {
  private JmhRun() {}

  static ChainedOptionsBuilder options(String include, boolean quick) {
    return new OptionsBuilder()
        .include(include)
        .forks(quick ? 1 : 3)
        .warmupIterations(quick ? 2 : 5)
        .warmupTime(TimeValue.milliseconds(quick ? 500 : 1000))
        .measurementIterations(quick ? 5 : 10)
        .measurementTime(TimeValue.milliseconds(quick ? 300 : 1000))
        .addProfiler(GCProfiler.class)
        .jvmArgsAppend("--sun-misc-unsafe-memory-access=allow") // JMH's own need
        .verbosity(VerboseMode.SILENT);
  }

  /**
   * What a bench by JMH measures and how it is told.
   *
   * @param bench its word
   * @param operation what is timed, in one word
   * @param metric name of the time in the figures
   * @param row who was measured, and in which scenario
   * @param remark on who was measured and his time; empty if there is nothing to say
   */
  record Report(
      String bench,
      String operation,
      String metric,
      Function<BenchmarkParams, String[]> row,
      BiFunction<String, Measured, String> remark) {}

  /** Runs it, and prints a line for each combination of parameters. */
  static void run(ChainedOptionsBuilder options, QuickOrJson asked, Report report)
      throws RunnerException, IOException {
    String unit = report.operation;
    System.out.printf(
        "%-20s %-24s %12s %10s %10s %12s%n",
        report.bench, "scenario", "ns/" + unit, "min", "max", "B/" + unit);
    List<Measured> all = new ArrayList<>();
    for (RunResult result : new Runner(options.build()).run()) {
      String[] row = report.row.apply(result.getParams());
      Measured time = Measured.of(report.bench, row[0], row[1], report.metric, "ns", times(result));
      Measured garbage =
          Measured.of(report.bench, row[0], row[1], "allocated", "B", allocated(result));
      System.out.printf(
          Locale.ROOT,
          "%-20s %-24s %12.1f %10.1f %10.1f %12.1f%s%n",
          row[0],
          row[1],
          time.median(),
          time.min(),
          time.max(),
          garbage.median(),
          report.remark.apply(row[0], time));
      all.add(time);
      all.add(garbage);
    }
    Path json = asked.json();
    if (json != null) {
      Files.writeString(json, Measured.json(all));
    }
  }

  /** Score of every iteration of every fork. */
  private static double[] times(RunResult result) {
    Collection<BenchmarkResult> forks = result.getBenchmarkResults();
    return forks.stream()
        .map(BenchmarkResult::getIterationResults)
        .flatMap(Collection::stream)
        .mapToDouble(JmhRun::score)
        .toArray();
  }

  /** Bytes allocated by one operation. */
  private static double[] allocated(RunResult result) {
    Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
    if (allocated == null) {
      throw new IllegalStateException("the profiler of allocations gave no result");
    }
    return new double[] {allocated.getScore()};
  }

  private static double score(IterationResult iteration) {
    return iteration.getPrimaryResult().getScore();
  }
}
