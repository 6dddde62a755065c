package org.strowger.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.release.ReleasePackage;
import org.strowger.release.Untrusted;
import org.strowger.upgrade.Plan.Part;
import org.strowger.upgrade.Plan.Step;

/**
 * One upgrade from its staging to its commit or its way back. All runs on the keeper's thread, but
 * {@link #status} and {@link #stop}.
 *
 * <p>What makes it safe: until the commit nothing that the next start reads is touched. The new
 * bundles live in the framework only, whose cache the launcher empties. However the process ends
 * before the commit, the old release starts; the commit is one rename ({@link Overrides#commit}),
 * and whatever happens after it, the new one starts. What is written down before ({@link Ledger})
 * is for telling what happened, and for the way back of a process that lives on.
 */
final class Campaign {
  /** States in which nothing of it runs: words of {@code api.UpgradeState}. */
  private static final List<String> RESTING =
      List.of("idle", "staged", "committed", "rolledBack", "failed");

  /** How long the gate must hold. */
  static final int HOLD_MILLIS = 1_000;

  /** How long a trial may be unwell before it is taken back. */
  static final int UNWELL_SECONDS = 5;

  static final int MIN_TRIAL_SECONDS = 5;
  static final int MAX_TRIAL_SECONDS = 86_400;

  private static final Logger LOG = LoggerFactory.getLogger(Campaign.class);

  private final Installation box;
  private final Ledger ledger;
  private final Gate gate;
  private final Limits limits;
  private final ScheduledExecutorService executor;

  private SortedMap<String, String> now = new TreeMap<>();
  private Plan plan = Plan.NONE;
  private Gate.Baseline baseline = Gate.Baseline.NONE;
  private long trialEnds;
  private long unwellSince;
  private @Nullable ScheduledFuture<?> trial;

  private volatile Map<String, String> status = Map.of();
  private volatile long trialEndsSeen;
  private volatile boolean stopped;

  Campaign(
      Installation box,
      Ledger ledger,
      Gate gate,
      Limits limits,
      ScheduledExecutorService executor) {
    this.limits = limits;
    this.box = box;
    this.ledger = ledger;
    this.gate = gate;
    this.executor = executor;
  }

  /** Where it stands, with its plan and the history; any thread. */
  Map<String, String> status() {
    Map<String, String> all = new HashMap<>(status);
    if (all.getOrDefault(Words.STATE, "").equals("trial")) {
      long left = Math.max(0, trialEndsSeen - System.nanoTime());
      all.put(Words.TRIAL_LEFT, Long.toString(TimeUnit.NANOSECONDS.toSeconds(left)));
    }
    return all;
  }

  /** Whether bundles are being exchanged or on trial: then nothing else is; any thread. */
  boolean underWay() {
    return !RESTING.contains(status.getOrDefault(Words.STATE, "idle"));
  }

  /** What is being activated is taken back after the present step; any thread. */
  void stop() {
    stopped = true;
  }

  /** Takes up what an earlier process, or an earlier keeper, left. */
  void resume() throws IOException {
    now = new TreeMap<>(ledger.transaction());
    plan = Plan.read(now);
    String state = state();
    boolean sameProcess = box.process().equals(now.get("process"));
    publish();
    switch (state) {
      case "staging", "prechecking" -> enter("idle", "the process ended while it was " + state);
      case "activating", "trial", "rollingBack", "committing" -> {
        if (box.overrides().lists(fileNames())) {
          ended("committed", "committed", "");
        } else if (sameProcess) {
          baseline = box.expectedOf(now);
          rollBack("rolledBackHealth", "the bundle that did it was stopped");
        } else {
          ended("rolledBack", "rolledBackRestart", "the process ended before the commit");
        }
      }
      default -> LOG.atDebug().addKeyValue("state", state).log("nothing to take up");
    }
  }

  private String state() {
    return now.getOrDefault(Words.STATE, "idle");
  }

  private Map<String, String> fileNames() {
    Map<String, String> names = new HashMap<>();
    parts().forEach(part -> names.put(part.name(), part.fileName()));
    return names;
  }

  private List<Part> parts() {
    return plan.steps().stream().flatMap(step -> step.parts().stream()).toList();
  }

  // ---- the way in

  /** Verifies the package, and a copy of it that nobody else changes. */
  String stage(Path file, boolean downgrade, String user) throws Refusal, IOException {
    atRest();
    if (!Files.isRegularFile(file)) {
      throw new Refusal(file + ": expected a package; there is no such file");
    }
    SortedMap<String, String> fresh = new TreeMap<>();
    fresh.put(Words.INTEGRITY, now.getOrDefault(Words.INTEGRITY, ""));
    fresh.put(Words.USER, user);
    now = fresh;
    plan = Plan.NONE;
    enter("staging", "");
    try {
      ReleasePackage opened = ReleasePackage.open(file, box.keys());
      Path copy = box.folder().resolve("package.new");
      Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      ReleasePackage kept = ReleasePackage.open(copy, box.keys());
      Files.move(copy, box.staged(), StandardCopyOption.ATOMIC_MOVE);
      Durable.sync(box.folder());
      now.put(Words.PACKAGE, kept.manifest().name());
      now.put(Words.TO, kept.manifest().version());
      now.put(Words.FROM, box.running());
      now.put(Words.CLASS, kept.manifest().upgradeClass().word());
      now.put(Words.SIGNER, kept.signer());
      now.put(Words.DOWNGRADE, Boolean.toString(downgrade));
      now.put(Words.INTEGRITY, "");
      String text =
          opened.manifest().name()
              + " "
              + opened.manifest().version()
              + " is staged, signed by "
              + kept.signer();
      enter("staged", text);
      return text;
    } catch (Untrusted e) {
      now.put(Words.INTEGRITY, e.why());
      enter("idle", e.why());
      throw new Refusal(e.why(), e);
    } catch (IOException e) {
      String why = file + ": the package cannot be kept: " + e.getMessage();
      enter("idle", why);
      throw new Refusal(why, e);
    }
  }

  private void atRest() throws Refusal {
    if (underWay()) {
      throw new Refusal("an upgrade is " + state() + ": commit it or roll it back first");
    }
  }

  /** Whether it could be activated now; the plan is in the status then. */
  String check(boolean despiteAlarms) throws Refusal, IOException {
    Precheck.Found found = prechecked(despiteAlarms);
    enter("staged", found.problems().isEmpty() ? "ready" : String.join("; ", found.problems()));
    if (!found.problems().isEmpty()) {
      throw new Refusal(String.join("; ", found.problems()));
    }
    return "ready: " + plan.steps().size() + " steps for " + parts().size() + " bundles";
  }

  private Precheck.Found prechecked(boolean despiteAlarms) throws Refusal, IOException {
    if (!state().equals("staged")) {
      throw new Refusal("no package is staged; the upgrade is " + state());
    }
    enter("prechecking", "");
    try {
      Precheck.Found found =
          box.precheck(ledger.history())
              .check(verified(), Boolean.parseBoolean(now.get(Words.DOWNGRADE)));
      List<String> problems = new java.util.ArrayList<>(found.problems());
      problems.addAll(unwell(despiteAlarms));
      plan = found.plan();
      now.keySet().removeIf(key -> key.startsWith("step."));
      now.putAll(plan.written());
      now.put(Words.DONE, "0");
      return new Precheck.Found(plan, problems);
    } catch (Refusal | RuntimeException e) {
      enter("staged", e instanceof Refusal refusal ? refusal.why() : e.toString());
      throw e;
    }
  }

  private ReleasePackage verified() throws Refusal {
    try {
      return ReleasePackage.open(box.staged(), box.keys());
    } catch (Untrusted e) {
      now.put(Words.INTEGRITY, e.why());
      throw new Refusal(e.why(), e);
    }
  }

  /** What stands against it on the side of the box. */
  private List<String> unwell(boolean despiteAlarms) {
    Map<String, String> evidence = gate.evidence();
    if (evidence.isEmpty()) {
      return List.of("the director gives no evidence of its health: is it there?");
    }
    var critical = Gate.words(evidence, Evidence.CRITICAL);
    return critical.isEmpty() || despiteAlarms
        ? List.of()
        : List.of("critical alarms are active: " + String.join(", ", critical));
  }

  // ---- activation

  /** Checks again and begins; the steps go on after the answer. */
  String activate(int trialSeconds, boolean despiteAlarms, String user)
      throws Refusal, IOException {
    if (trialSeconds < MIN_TRIAL_SECONDS || trialSeconds > MAX_TRIAL_SECONDS) {
      throw new Refusal(
          "trial: expected %d to %d seconds, not %d"
              .formatted(MIN_TRIAL_SECONDS, MAX_TRIAL_SECONDS, trialSeconds));
    }
    Precheck.Found found = prechecked(despiteAlarms);
    if (!found.problems().isEmpty()) {
      String why = String.join("; ", found.problems());
      enter("staged", why);
      throw new Refusal(why);
    }
    baseline = gate.baseline();
    try {
      box.activation().keepOld(plan);
    } catch (Refusal e) {
      enter("staged", e.why());
      throw e;
    }
    now.put(Words.USER, user);
    now.put(Words.STARTED, Instant.now().toString());
    now.put(Words.TRIAL, Integer.toString(trialSeconds));
    now.put(Words.LOST, "0");
    now.put(Words.LONGEST, "0");
    now.put("process", box.process());
    now.put("bundles", String.join(" ", baseline.bundles()));
    stopped = false;
    enter("activating", "");
    executor.execute(this::perform);
    return "begun: " + plan.steps().size() + " steps, then " + trialSeconds + " s of trial";
  }

  private void perform() {
    try {
      for (int i = 0; i < plan.steps().size(); i++) {
        if (stopped) {
          rollBack("rolledBackUser", "an operator stopped it");
          return;
        }
        step(i + 1, plan.steps().get(i));
      }
      onTrial();
    } catch (Refusal e) {
      rollBack("rolledBackHealth", e.why());
    } catch (IOException e) {
      rollBack("rolledBackHealth", "it cannot be written down: " + e.getMessage());
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("activation failed");
      rollBack("rolledBackHealth", e.toString());
    }
  }

  private void step(int number, Step step) throws Refusal, IOException {
    now.put(Words.CURRENT, "%d of %d: %s".formatted(number, plan.steps().size(), step.title()));
    now.put("step." + number + ".state", "running");
    enter("activating", "");
    long start = System.nanoTime();
    try {
      Bounded.run(
          step.title(),
          limits.stepSeconds(),
          () -> box.activation().perform(step, gate.expected(baseline)));
      long millis = (System.nanoTime() - start) / 1_000_000;
      now.put("step." + number + ".takenMillis", Long.toString(millis));
      now.put(Words.LONGEST, Long.toString(Math.max(millis, Plan.number(now, Words.LONGEST))));
      await();
    } catch (Refusal e) {
      now.put("step." + number + ".state", "failed");
      throw new Refusal("step " + number + ", " + step.title() + ": " + e.why(), e);
    }
    now.put("step." + number + ".state", "done");
    now.put(Words.DONE, Integer.toString(number));
    enter("activating", "");
  }

  /** The gate must hold for a while, and soon. */
  private void await() throws Refusal {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(limits.gateSeconds());
    long goodSince = 0;
    while (true) {
      List<String> wrong = gate.wrong(baseline);
      long moment = System.nanoTime();
      now.put(Words.GATE, String.join("; ", wrong));
      now.put(Words.LOST, Long.toString(Gate.lost(baseline, gate.evidence())));
      publish();
      if (!wrong.isEmpty()) {
        goodSince = 0;
      } else if (goodSince == 0) {
        goodSince = moment;
      } else if (moment - goodSince >= TimeUnit.MILLISECONDS.toNanos(HOLD_MILLIS)) {
        return;
      }
      if (moment - deadline > 0) {
        throw new Refusal("health gate: " + String.join("; ", wrong));
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Refusal("the framework is stopping", e);
      }
    }
  }

  // ---- trial

  private void onTrial() throws IOException {
    int seconds = Plan.number(now, Words.TRIAL);
    trialEnds = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    trialEndsSeen = trialEnds;
    unwellSince = 0;
    now.put(Words.CURRENT, "");
    enter("trial", "all steps are done; commit within " + seconds + " s, or it is taken back");
    trial = executor.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
  }

  private void look() {
    if (!state().equals("trial")) {
      return;
    }
    List<String> wrong = gate.wrong(baseline);
    long moment = System.nanoTime();
    now.put(Words.GATE, String.join("; ", wrong));
    now.put(Words.LOST, Long.toString(Gate.lost(baseline, gate.evidence())));
    publish();
    if (wrong.isEmpty()) {
      unwellSince = 0;
    } else if (unwellSince == 0) {
      unwellSince = moment;
    } else if (moment - unwellSince > TimeUnit.SECONDS.toNanos(UNWELL_SECONDS)) {
      rollBack("rolledBackHealth", "trial: " + String.join("; ", wrong));
      return;
    }
    if (moment - trialEnds >= 0) {
      rollBack("rolledBackTimeout", "the trial was over and nobody had committed");
    }
  }

  /** What runs stays: the one moment from which on a restart starts the new release. */
  String commit() throws Refusal, IOException {
    if (!state().equals("trial")) {
      throw new Refusal("nothing is on trial; the upgrade is " + state());
    }
    ReleasePackage opened = verified();
    enter("committing", "");
    try {
      box.commit(parts(), opened);
    } catch (IOException e) {
      String why = "the release cannot be made durable: " + e.getMessage();
      enter("trial", why);
      throw new Refusal(why, e);
    }
    ended("committed", "committed", "");
    return now.getOrDefault(Words.RESULT, "");
  }

  // ---- the way back

  String rollBack() throws Refusal {
    if (!state().equals("trial")) {
      throw new Refusal("nothing is on trial; the upgrade is " + state());
    }
    rollBack("rolledBackUser", "an operator took it back");
    return now.getOrDefault(Words.RESULT, "");
  }

  private void rollBack(String outcome, String why) {
    LOG.atWarn().addKeyValue("package", now.get(Words.PACKAGE)).log("going back: {}", why);
    if (trial != null) {
      trial.cancel(false);
    }
    try {
      enter("rollingBack", why);
    } catch (IOException e) {
      // The way back does not depend on it: the next start starts the old release anyway.
      LOG.atError().setCause(e).log("not written down");
    }
    String failed = undo();
    try {
      if (failed.isEmpty()) {
        ended("rolledBack", outcome, why);
      } else {
        ended("failed", "failed", why + "; going back failed too: " + failed);
      }
    } catch (IOException e) {
      LOG.atError().setCause(e).log("the end of the upgrade is not written down");
      now.put(Words.STATE, failed.isEmpty() ? "rolledBack" : "failed");
      publish();
    }
  }

  /** In reverse order; each step is tried whatever became of the one before. */
  private String undo() {
    StringBuilder failed = new StringBuilder();
    for (int i = plan.steps().size(); i >= 1; i--) {
      String key = "step." + i + ".state";
      if (now.getOrDefault(key, "").isEmpty()) {
        continue;
      }
      Step step = plan.steps().get(i - 1);
      try {
        Bounded.run(
            step.title(),
            limits.stepSeconds(),
            () -> box.activation().undo(step, gate.expected(baseline)));
        now.put(key, "undone");
      } catch (Refusal e) {
        LOG.atError().setCause(e).log("not taken back: {}", step.title());
        now.put(key, "failed");
        failed.append(failed.isEmpty() ? "" : "; ").append(e.why());
      }
      publish();
    }
    return failed.toString();
  }

  /** The staged package is forgotten, and alarms about the last upgrade are over. */
  String clear() throws Refusal, IOException {
    atRest();
    Files.deleteIfExists(box.staged());
    now = new TreeMap<>();
    plan = Plan.NONE;
    enter("idle", "cleared");
    return "cleared";
  }

  private void ended(String state, String outcome, String why) throws IOException {
    ledger.ended(now, outcome, why, took());
    now.put(Words.CURRENT, "");
    now.put(Words.OUTCOME, outcome);
    String release = now.getOrDefault(Words.PACKAGE, "") + " " + now.getOrDefault(Words.TO, "");
    enter(
        state,
        switch (state) {
          case "committed" -> release + " is committed";
          case "rolledBack" -> release + " was taken back: " + why;
          default -> release + ": " + why + "; restart the director: it starts the old release";
        });
  }

  private Map<String, String> took() {
    Map<String, String> took = new HashMap<>();
    for (int i = 1; i <= plan.steps().size(); i++) {
      String millis = now.getOrDefault("step." + i + ".takenMillis", "");
      if (!millis.isEmpty()) {
        plan.steps().get(i - 1).parts().forEach(part -> took.put("took." + part.name(), millis));
      }
    }
    return took;
  }

  /** The one way to another state: on the disk before anything else is done. */
  private void enter(String state, String result) throws IOException {
    boolean other = !state.equals(state());
    now.put(Words.STATE, state);
    if (!result.isEmpty()) {
      now.put(Words.RESULT, result);
    }
    if (other) {
      now.put(Words.CHANGED, Instant.now().toString());
      LOG.atInfo()
          .addKeyValue("package", now.getOrDefault(Words.PACKAGE, ""))
          .addKeyValue("version", now.getOrDefault(Words.TO, ""))
          .log("upgrade is {}: {}", state, result);
    }
    ledger.write(now);
    publish();
  }

  private void publish() {
    Map<String, String> all = new HashMap<>(now);
    ledger.history().forEach((key, value) -> all.put("history." + key, value));
    status = Map.copyOf(all);
  }
}
