package org.strowger.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.release.ReleasePackage;
import org.strowger.release.Untrusted;

/**
 * One upgrade from its staging to its commit or its way back. All runs on the keeper's thread, but
 * {@link #stop}.
 *
 * <p>What makes it safe: until the commit nothing that the next start reads is touched. The new
 * bundles live in the framework only, whose cache the launcher empties. However the process ends
 * before the commit, the old release starts; the commit is one rename ({@link Overrides#commit}),
 * and whatever happens after it, the new one starts. What is written down before ({@link Ledger})
 * is for telling what happened, and for the way back of a process that lives on.
 */
final class Campaign {
  /** How long a trial may be unwell before it is taken back. */
  static final int UNWELL_SECONDS = 5;

  static final int MIN_TRIAL_SECONDS = 5;
  static final int MAX_TRIAL_SECONDS = 86_400;

  private static final Logger LOG = LoggerFactory.getLogger(Campaign.class);

  private final Installation box;
  private final Standing standing;
  private final Gate gate;
  private final Steps steps;
  private final ScheduledExecutorService executor;
  private long trialEnds;
  private long unwellSince;
  private @Nullable ScheduledFuture<?> trial;
  private volatile boolean stopped;

  Campaign(
      Installation box,
      Standing standing,
      Gate gate,
      Limits limits,
      ScheduledExecutorService executor) {
    this.box = box;
    this.standing = standing;
    this.gate = gate;
    this.steps = new Steps(box, standing, gate, limits);
    this.executor = executor;
  }

  /** What is being activated is taken back after the present step; any thread. */
  void stop() {
    stopped = true;
  }

  /** Takes up what an earlier process, or an earlier keeper, left. */
  void resume() throws IOException {
    standing.read();
    String state = standing.state();
    switch (state) {
      case "staging" -> standing.enter("idle", "the process ended while it was staging");
      case "prechecking" -> standing.enter("staged", "the process ended while it was checking");
      case "activating", "trial", "rollingBack", "committing" -> {
        if (box.overrides().lists(fileNames())) {
          standing.ended("committed", "committed", "");
        } else if (box.process().equals(standing.get("process"))) {
          steps.from(box.baselineOf(standing.get("bundles")));
          rollBack("rolledBackHealth", "the bundle that did it was stopped");
        } else {
          standing.ended("rolledBack", "rolledBackRestart", "the process ended before the commit");
        }
      }
      default -> LOG.atDebug().addKeyValue("state", state).log("nothing to take up");
    }
  }

  private Map<String, String> fileNames() {
    Map<String, String> names = new HashMap<>();
    standing.parts().forEach(part -> names.put(part.name(), part.fileName()));
    return names;
  }

  /** Verifies the package, and a copy of it that nobody else changes. */
  String stage(Path file, boolean downgrade, String user) throws Refusal, IOException {
    atRest();
    if (!Files.isRegularFile(file)) {
      throw new Refusal(file + ": expected a package; there is no such file");
    }
    standing.fresh(Map.of(Words.INTEGRITY, standing.get(Words.INTEGRITY), Words.USER, user));
    standing.enter("staging", "");
    try {
      ReleasePackage.open(file, box.keys());
      Path copy = box.folder().resolve("package.new");
      Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      ReleasePackage kept = ReleasePackage.open(copy, box.keys());
      Files.move(copy, box.staged(), StandardCopyOption.ATOMIC_MOVE);
      Durable.sync(box.folder());
      return staged(kept, downgrade);
    } catch (Untrusted e) {
      standing.put(Words.INTEGRITY, e.why());
      standing.enter("idle", e.why());
      throw new Refusal(e.why(), e);
    } catch (IOException e) {
      String why = file + ": the package cannot be kept: " + e.getMessage();
      standing.enter("idle", why);
      throw new Refusal(why, e);
    }
  }

  private String staged(ReleasePackage kept, boolean downgrade) throws IOException {
    String release = kept.manifest().name() + " " + kept.manifest().version();
    standing.put(Words.PACKAGE, kept.manifest().name());
    standing.put(Words.TO, kept.manifest().version());
    standing.put(Words.FROM, box.running());
    standing.put(Words.CLASS, kept.manifest().upgradeClass().word());
    standing.put(Words.SIGNER, kept.signer());
    standing.put(Words.DOWNGRADE, Boolean.toString(downgrade));
    standing.put(Words.INTEGRITY, "");
    String text = release + " is staged, signed by " + kept.signer();
    standing.enter("staged", text);
    return text;
  }

  private void atRest() throws Refusal {
    if (standing.underWay()) {
      throw new Refusal("an upgrade is " + standing.state() + ": commit it or roll it back first");
    }
  }

  /** Whether it could be activated now; the plan is in the status then. */
  String check(boolean despiteAlarms) throws Refusal, IOException {
    prechecked(despiteAlarms);
    String text =
        "ready: %d steps for %d bundles"
            .formatted(standing.plan().steps().size(), standing.parts().size());
    standing.enter("staged", text);
    return text;
  }

  private void prechecked(boolean despiteAlarms) throws Refusal, IOException {
    if (!standing.state().equals("staged")) {
      throw new Refusal("no package is staged; the upgrade is " + standing.state());
    }
    standing.enter("prechecking", "");
    List<String> problems = new ArrayList<>();
    try {
      Precheck.Found found =
          box.precheck(standing.history())
              .check(verified(), Boolean.parseBoolean(standing.get(Words.DOWNGRADE)));
      standing.plan(found.plan());
      problems.addAll(found.problems());
      problems.addAll(migrated(found.opened().manifest().migrations()));
      problems.addAll(unwell(despiteAlarms));
    } catch (Refusal e) {
      problems.add(e.why());
    }
    if (!problems.isEmpty()) {
      String why = String.join("; ", problems);
      standing.enter("staged", why);
      throw new Refusal(why);
    }
  }

  /** What stands against bringing the configuration into the shape of the new release. */
  private List<String> migrated(List<String> migrations) {
    if (migrations.isEmpty()) {
      return List.of();
    }
    String why = box.conflicts(migrations);
    return why.isEmpty() ? List.of() : List.of("the configuration cannot be migrated: " + why);
  }

  private ReleasePackage verified() throws Refusal {
    try {
      return ReleasePackage.open(box.staged(), box.keys());
    } catch (Untrusted e) {
      standing.put(Words.INTEGRITY, e.why());
      throw new Refusal(e.why(), e);
    }
  }

  /** What stands against it on the side of the box. */
  private List<String> unwell(boolean despiteAlarms) {
    Map<String, String> evidence = gate.evidence();
    if (evidence.isEmpty()) {
      return List.of("the director gives no evidence of its health: is it there?");
    }
    Set<String> critical = Gate.words(evidence, Evidence.CRITICAL);
    return critical.isEmpty() || despiteAlarms
        ? List.of()
        : List.of("critical alarms are active: " + String.join(", ", critical));
  }

  /** Checks again and begins; the steps go on after the answer. */
  String activate(int trialSeconds, boolean despiteAlarms, String user)
      throws Refusal, IOException {
    if (trialSeconds < MIN_TRIAL_SECONDS || trialSeconds > MAX_TRIAL_SECONDS) {
      throw new Refusal(
          "trial: expected %d to %d seconds, not %d"
              .formatted(MIN_TRIAL_SECONDS, MAX_TRIAL_SECONDS, trialSeconds));
    }
    prechecked(despiteAlarms);
    Gate.Baseline baseline = gate.baseline();
    steps.from(baseline);
    try {
      box.activation().keepOld(standing.plan());
      box.migrations().begin(verified().manifest().migrations(), box.overrides().migrations());
    } catch (Refusal e) {
      standing.enter("staged", e.why());
      throw e;
    }
    standing.put(Words.USER, user);
    standing.put(Words.STARTED, Instant.now().toString());
    standing.put(Words.TRIAL, Integer.toString(trialSeconds));
    standing.put(Words.LOST, "0");
    standing.put(Words.LONGEST, "0");
    standing.put("process", box.process());
    standing.put("bundles", String.join(" ", baseline.bundles()));
    stopped = false;
    standing.enter("activating", "");
    executor.execute(this::perform);
    return "begun: %d steps, then %d s of trial"
        .formatted(standing.plan().steps().size(), trialSeconds);
  }

  private void perform() {
    try {
      for (int number = 1; number <= standing.plan().steps().size(); number++) {
        if (stopped) {
          rollBack("rolledBackUser", "an operator stopped it");
          return;
        }
        steps.perform(number);
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

  private void onTrial() throws IOException {
    int seconds = standing.number(Words.TRIAL);
    trialEnds = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    standing.trialEnds(trialEnds);
    unwellSince = 0;
    standing.put(Words.CURRENT, "");
    standing.enter("trial", "all is done; commit within " + seconds + " s, or it is taken back");
    trial = executor.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
  }

  private void look() {
    try {
      List<String> wrong = steps.look();
      long moment = System.nanoTime();
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
    } catch (RuntimeException e) {
      // A look that fails must not end the looking: the timer would be gone with it.
      LOG.atError().setCause(e).log("the trial was not looked at");
    }
  }

  /** What runs stays: the one moment from which on a restart starts the new release. */
  String commit() throws Refusal, IOException {
    onTrialOnly();
    ReleasePackage opened = verified();
    standing.enter("committing", "");
    try {
      box.commit(standing.parts(), opened);
    } catch (IOException e) {
      String why = "the release cannot be made durable: " + e.getMessage();
      standing.enter("trial", why);
      throw new Refusal(why, e);
    }
    standing.ended("committed", "committed", "");
    endTrial();
    return standing.get(Words.RESULT);
  }

  private void onTrialOnly() throws Refusal {
    if (!standing.state().equals("trial")) {
      throw new Refusal("nothing is on trial; the upgrade is " + standing.state());
    }
  }

  /** Begins; the shell that asked may be stopped on the way. */
  String rollBack() throws Refusal {
    onTrialOnly();
    endTrial();
    executor.execute(() -> rollBack("rolledBackUser", "an operator took it back"));
    return "begun: see upgrade status";
  }

  private void rollBack(String outcome, String why) {
    LOG.atWarn().addKeyValue("package", standing.get(Words.PACKAGE)).log("going back: {}", why);
    endTrial();
    try {
      standing.enter("rollingBack", why);
    } catch (IOException e) {
      // The way back does not depend on it: the next start starts the old release anyway.
      LOG.atError().setCause(e).log("not written down");
      standing.force("rollingBack");
    }
    try {
      box.migrations().back(); // before the old director reads what it wrote meanwhile
    } catch (IOException e) {
      LOG.atError().setCause(e).log("the configuration may keep the shape of the new release");
    }
    String failed = steps.undo();
    try {
      if (failed.isEmpty()) {
        standing.ended("rolledBack", outcome, why);
      } else {
        standing.ended("failed", "failed", why + "; going back failed too: " + failed);
      }
    } catch (IOException e) {
      LOG.atError().setCause(e).log("the end of the upgrade is not written down");
      standing.force(failed.isEmpty() ? "rolledBack" : "failed");
    }
  }

  private void endTrial() {
    if (trial != null) {
      trial.cancel(false);
      trial = null;
    }
  }

  /** The staged package is forgotten, and alarms about the last upgrade are over. */
  String clear() throws Refusal, IOException {
    atRest();
    Files.deleteIfExists(box.staged());
    standing.fresh(Map.of());
    standing.enter("idle", "cleared");
    return "cleared";
  }
}
