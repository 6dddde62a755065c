package org.strowger.bench;

import java.io.IOException;
import java.util.Set;
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
    String[] names =
        Schedulers.providers().stream().map(SchedulerProvider::name).toArray(String[]::new);
    ChainedOptionsBuilder options =
        JmhRun.options(SchedulerPicks.class.getName() + ".pick", asked.quick())
            .param("scheduler", names);
    if (!asked.quick()) {
      options.param("reals", "10", "1000").param("addressFamily", "4", "6");
    }
    JmhRun.run(
        options,
        asked,
        new JmhRun.Report(
            "schedulers",
            "pick",
            "pickTime",
            params ->
                new String[] {
                  params.getParam("scheduler"),
                  params.getParam("reals") + " reals IPv" + params.getParam("addressFamily")
                },
            SchedulersBench::remark));
  }

  private static String remark(String scheduler, Measured time) {
    boolean late = FAST.contains(scheduler) && time.median() > PROMISED_NANOS;
    return late ? "  over the promised " + PROMISED_NANOS + " ns" : "";
  }
}
