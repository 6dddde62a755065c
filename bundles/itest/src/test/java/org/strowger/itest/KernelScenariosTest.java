package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Linux's IPVS chose, played again with real connections through a whole director. A
 * connection that the kernel holds in TIME_WAIT is here one whose client has ended its direction:
 * inactive to both. What a hash decides need not be the kernel's choice, but is a client's for
 * ever.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class KernelScenariosTest {
  private static final int MOST_SERVERS = 4;
  private static final List<String> EXACT =
      List.of(
          "wrr-5-3-2",
          "wrr-quiesce",
          "wrr-thresholds",
          "wlc-5-3-2",
          "wlc-churn",
          "wlc-quiesce",
          "lblc-weighted");
  private static final List<String> HASHED = List.of("sh-weighted", "mh-weighted");

  private final List<Greeter> greeters = new ArrayList<>();
  private RelayLab lab;

  static List<RecordedScenario> exact() throws IOException {
    return RecordedScenario.named(EXACT);
  }

  static List<RecordedScenario> hashed() throws IOException {
    return RecordedScenario.named(HASHED);
  }

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    for (int i = 0; i < MOST_SERVERS; i++) {
      greeters.add(Greeter.staying("s" + i));
    }
    Plan plan = new Plan();
    for (RecordedScenario each : exact()) {
      plan(plan, each);
    }
    for (RecordedScenario each : hashed()) {
      plan(plan, each);
    }
    lab = new RelayLab(folder, plan);
  }

  /** The kernel's list has the newest real server first; at first only the oldest one is there. */
  private void plan(Plan plan, RecordedScenario scenario) {
    List<String> reals = new ArrayList<>();
    for (int i = scenario.servers().size() - 1; i >= 0; i--) {
      String more = ", weight: " + (i == 0 ? scenario.weights().get(0) : 0);
      reals.add(greeters.get(i).wanted().replace(" }", more + scenario.servers().get(i) + " }"));
    }
    plan.pool(scenario.name(), reals.toArray(String[]::new));
    plan.service(
        scenario.name(),
        scenario.name(),
        "scheduler: " + scenario.scheduler(),
        "schedulerOptions: { kernelRules: true }");
  }

  @AfterAll
  void stop() throws Exception {
    if (lab != null) {
      lab.close();
    }
    for (Greeter greeter : greeters) {
      greeter.close();
    }
  }

  /** The others come one after the other, and each time the scheduler is told of it. */
  private void fill(RecordedScenario scenario) throws Exception {
    lab.explain(scenario.name());
    for (int i = 1; i < scenario.weights().size(); i++) {
      lab.weight(scenario.name(), "s" + i, scenario.weights().get(i));
      lab.explain(scenario.name());
    }
  }

  @ParameterizedTest
  @MethodSource("exact")
  void everyConnectionComesToTheKernelsChoice(RecordedScenario scenario) throws Exception {
    fill(scenario);
    List<Caller> callers = new ArrayList<>();
    List<Integer> chosen = new ArrayList<>();
    int ended = 0;
    try {
      for (RecordedScenario.Step step : scenario.steps()) {
        switch (step.what()) {
          case "open" -> open(scenario, 2, step.first(), callers, chosen);
          case "open_from" -> open(scenario, step.first(), step.second(), callers, chosen);
          case "close" -> {
            callers.get(step.first()).end();
            awaitInactive(scenario, ++ended);
          }
          case "weight" -> {
            lab.weight(scenario.name(), "s" + step.first(), step.second());
            lab.explain(scenario.name());
          }
          default -> throw new IllegalStateException("not played here: " + step);
        }
      }
    } finally {
      for (Caller caller : callers) {
        caller.close();
      }
    }
    assertEquals(scenario.chosen(), chosen);
  }

  private void awaitInactive(RecordedScenario scenario, int count) throws Exception {
    Lab.await(
        count + " inactive",
        () -> {
          long all = 0;
          for (int i = 0; i < scenario.servers().size(); i++) {
            all += lab.counted(scenario.name(), "s" + i, "ConnsInactive");
          }
          return all == count;
        });
  }

  private void open(
      RecordedScenario scenario, int host, int count, List<Caller> callers, List<Integer> chosen)
      throws IOException {
    for (int i = 0; i < count; i++) {
      Caller caller = Caller.from("127.1.0." + host, lab.port(scenario.name()));
      callers.add(caller);
      String greeting = caller.greeting();
      chosen.add(greeting.equals(Caller.RESET) ? -1 : Integer.parseInt(greeting.substring(1)));
    }
  }

  @ParameterizedTest
  @MethodSource("hashed")
  void aClientKeepsItsRealServer(RecordedScenario scenario) throws Exception {
    fill(scenario);
    Map<Integer, Integer> kept = new HashMap<>();
    List<Caller> callers = new ArrayList<>();
    List<Integer> chosen = new ArrayList<>();
    List<Integer> hosts = new ArrayList<>();
    try {
      for (int round = 0; round < 2; round++) {
        for (RecordedScenario.Step step : scenario.steps()) {
          open(scenario, step.first(), step.second(), callers, chosen);
          for (int i = 0; i < step.second(); i++) {
            hosts.add(step.first());
          }
        }
      }
    } finally {
      for (Caller caller : callers) {
        caller.close();
      }
    }
    for (int i = 0; i < chosen.size(); i++) {
      Integer before = kept.putIfAbsent(hosts.get(i), chosen.get(i));
      assertEquals(
          before == null ? chosen.get(i) : before, chosen.get(i), "client " + hosts.get(i));
    }
    assertNotEquals(1, kept.values().stream().distinct().count(), "all came to one");
  }
}
