package org.strowger.bench;

import java.io.IOException;
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
    ChainedOptionsBuilder options =
        JmhRun.options(ConnectionDecision.class.getName() + ".decide", asked.quick());
    if (!asked.quick()) {
      options.param("reals", "10", "1000");
    }
    JmhRun.run(
        options,
        asked,
        new JmhRun.Report(
            "connection",
            "decision",
            "decisionTime",
            params ->
                new String[] {
                  params.getParam("step"),
                  params.getParam("scheduler") + " of " + params.getParam("reals")
                },
            (_, _) -> ""));
  }
}
