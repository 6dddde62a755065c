package org.strowger.upgrade;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.upgrade.Plan.Step;

/** Does the steps of a plan with the health gate after each, and undoes them. */
final class Steps {
  /** How long the gate must hold. */
  static final int HOLD_MILLIS = 500;

  private static final Logger LOG = LoggerFactory.getLogger(Steps.class);

  private final Installation box;
  private final Standing standing;
  private final Gate gate;
  private final Limits limits;
  private Gate.Baseline baseline = Gate.Baseline.NONE;

  Steps(Installation box, Standing standing, Gate gate, Limits limits) {
    this.box = box;
    this.standing = standing;
    this.gate = gate;
    this.limits = limits;
  }

  /** From now on things must be at least as well as this. */
  void from(Gate.Baseline well) {
    baseline = well;
  }

  /** What is worse than it was; the status shows it. */
  List<String> look() {
    List<String> wrong = gate.wrong(baseline);
    standing.put(Words.GATE, String.join("; ", wrong));
    standing.put(Words.LOST, Long.toString(Gate.lost(baseline, gate.evidence())));
    standing.publish();
    return wrong;
  }

  void perform(int number) throws Refusal, IOException {
    Step step = standing.plan().steps().get(number - 1);
    int total = standing.plan().steps().size();
    String key = "step." + number + ".";
    standing.put(Words.CURRENT, "%d of %d: %s".formatted(number, total, step.title()));
    standing.put(key + "state", "running");
    standing.enter("activating", "");
    long start = System.nanoTime();
    try {
      Bounded.run(
          step.title(),
          limits.stepSeconds(),
          () -> box.activation().perform(step, gate.expected(baseline)));
      long millis = (System.nanoTime() - start) / 1_000_000;
      standing.put(key + "takenMillis", Long.toString(millis));
      long longest = Math.max(millis, standing.number(Words.LONGEST));
      standing.put(Words.LONGEST, Long.toString(longest));
      await();
    } catch (Refusal e) {
      standing.put(key + "state", "failed");
      throw new Refusal("step " + number + ", " + step.title() + ": " + e.why(), e);
    }
    standing.put(key + "state", "done");
    standing.put(Words.DONE, Integer.toString(number));
    standing.enter("activating", "");
  }

  /** The gate must hold for a while, and soon. */
  private void await() throws Refusal {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(limits.gateSeconds());
    long goodSince = 0;
    while (true) {
      List<String> wrong = look();
      long moment = System.nanoTime();
      if (!wrong.isEmpty()) {
        goodSince = 0;
      } else if (goodSince == 0) {
        goodSince = moment;
      } else if (moment - goodSince >= TimeUnit.MILLISECONDS.toNanos(HOLD_MILLIS)) {
        return;
      }
      if (!wrong.isEmpty() && moment - deadline > 0) {
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

  /**
   * In reverse order; each is tried whatever became of the one before.
   *
   * @return what could not be undone; empty: nothing
   */
  String undo() {
    StringBuilder failed = new StringBuilder();
    for (int i = standing.plan().steps().size(); i >= 1; i--) {
      String key = "step." + i + ".state";
      if (standing.get(key).isEmpty()) {
        continue;
      }
      Step step = standing.plan().steps().get(i - 1);
      try {
        Bounded.run(
            step.title(),
            limits.stepSeconds(),
            () -> box.activation().undo(step, gate.expected(baseline)));
        standing.put(key, "undone");
      } catch (Refusal e) {
        LOG.atError().setCause(e).log("not taken back: {}", step.title());
        standing.put(key, "failed");
        failed.append(failed.isEmpty() ? "" : "; ").append(e.why());
      }
      standing.publish();
    }
    return failed.toString();
  }
}
