package org.strowger.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.strowger.director.ConnectionDecision;

/**
 * {@code bench connection [--quick] [--json FILE]}: what the decision for one connection costs. The
 * relay has no look-up for a TCP connection beside it: its socket is its entry.
 */
public final class ConnectionBench {

  private ConnectionBench() {}

  public static void main(String[] arguments) throws RunnerException, IOException {
    QuickOrJson asked = QuickOrJson.read("connection", arguments);
    run(asked.quick(), asked.json(), System.out);
  }

  private static void run(boolean quick, @Nullable Path json, PrintStream out)
      throws RunnerException, IOException {
    ChainedOptionsBuilder options =
        JmhRun.options(ConnectionDecision.class.getName() + ".decide", quick);
    if (!quick) {
      options.param("reals", "10", "1000");
    }
    out.printf(
        "%-20s %-24s %12s %10s %10s %12s%n",
        "decision", "scenario", "ns/decision", "min", "max", "B/decision");
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
    String step = params.getParam("step");
    String scenario = params.getParam("scheduler") + " of " + params.getParam("reals");
    Measured time =
        Measured.of("connection", step, scenario, "decisionTime", "ns", JmhRun.times(result));
    Measured garbage =
        Measured.of("connection", step, scenario, "allocated", "B", JmhRun.allocated(result));
    out.printf(
        Locale.ROOT,
        "%-20s %-24s %12.1f %10.1f %10.1f %12.1f%n",
        step,
        scenario,
        time.median(),
        time.min(),
        time.max(),
        garbage.median());
    return List.of(time, garbage);
  }
}
