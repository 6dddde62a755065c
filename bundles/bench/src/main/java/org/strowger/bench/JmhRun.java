package org.strowger.bench;

import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
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

  /** Score of every iteration of every fork. */
  static double[] times(RunResult result) {
    Collection<BenchmarkResult> forks = result.getBenchmarkResults();
    return forks.stream()
        .map(BenchmarkResult::getIterationResults)
        .flatMap(Collection::stream)
        .mapToDouble(JmhRun::score)
        .toArray();
  }

  /** Bytes allocated by one operation. */
  static double[] allocated(RunResult result) {
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
