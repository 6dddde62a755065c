package org.strowger.upgrade;

import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.upgrade.Plan.Part;

/**
 * Where an upgrade stands: what is known of it, each change of state on the disk before anything
 * else is done. The keeper's thread, but {@link #status} and {@link #underWay}.
 */
final class Standing {
  /** States in which nothing of it runs: words of {@code api.UpgradeState}. */
  private static final List<String> RESTING =
      List.of("idle", "staged", "committed", "rolledBack", "failed");

  private static final Logger LOG = LoggerFactory.getLogger(Standing.class);

  private final Ledger ledger;
  private SortedMap<String, String> now = new TreeMap<>();
  private Plan plan = Plan.NONE;
  private volatile Map<String, String> status = Map.of();
  private volatile long trialEnds;

  Standing(Ledger ledger) {
    this.ledger = ledger;
  }

  /** With plan and history; any thread. */
  Map<String, String> status() {
    Map<String, String> all = new HashMap<>(status);
    if (all.getOrDefault(Words.STATE, "").equals("trial")) {
      long left = Math.max(0, trialEnds - System.nanoTime());
      all.put(Words.TRIAL_LEFT, Long.toString(TimeUnit.NANOSECONDS.toSeconds(left)));
    }
    return all;
  }

  /** Whether bundles are being exchanged or on trial: then nothing else is; any thread. */
  boolean underWay() {
    return !RESTING.contains(status.getOrDefault(Words.STATE, "idle"));
  }

  /** Takes up what was written down. */
  void read() throws IOException {
    now = new TreeMap<>(ledger.transaction());
    plan = Plan.read(now);
    publish();
  }

  String state() {
    return get(Words.STATE).isEmpty() ? "idle" : get(Words.STATE);
  }

  /** What is known under this key; empty where nothing is. */
  String get(String key) {
    return now.getOrDefault(key, "");
  }

  int number(String key) {
    return Plan.number(now, key);
  }

  void put(String key, String value) {
    now.put(key, value);
  }

  Map<String, String> history() {
    return ledger.history();
  }

  /** Nothing is known but this. */
  void fresh(Map<String, String> known) {
    now = new TreeMap<>(known);
    plan = Plan.NONE;
  }

  Plan plan() {
    return plan;
  }

  void plan(Plan made) {
    plan = made;
    now.keySet().removeIf(key -> key.startsWith("step."));
    now.putAll(made.written());
    now.put(Words.DONE, "0");
  }

  List<Part> parts() {
    return plan.steps().stream().flatMap(step -> step.parts().stream()).toList();
  }

  /** When the trial ends, as {@link System#nanoTime} has it. */
  void trialEnds(long nanos) {
    trialEnds = nanos;
  }

  /** The one way to another state: on the disk before anything else is done. */
  void enter(String state, String result) throws IOException {
    boolean other = !state.equals(state());
    now.put(Words.STATE, state);
    if (!result.isEmpty()) {
      now.put(Words.RESULT, result);
    }
    if (other) {
      now.put(Words.CHANGED, Instant.now().toString());
      LOG.atInfo()
          .addKeyValue("package", get(Words.PACKAGE))
          .addKeyValue("version", get(Words.TO))
          .log("upgrade is {}: {}", state, result);
    }
    ledger.write(now);
    publish();
  }

  /** The upgrade is over; it goes into the history. */
  void ended(String state, String outcome, String why) throws IOException {
    ledger.ended(now, outcome, why, took());
    now.put(Words.CURRENT, "");
    now.put(Words.OUTCOME, outcome);
    String release = get(Words.PACKAGE) + " " + get(Words.TO);
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
      String millis = get("step." + i + ".takenMillis");
      if (!millis.isEmpty()) {
        plan.steps().get(i - 1).parts().forEach(part -> took.put("took." + part.name(), millis));
      }
    }
    return took;
  }

  /** The same without the disk: for an end that cannot be written down. */
  void force(String state) {
    now.put(Words.STATE, state);
    publish();
  }

  /** What could not be written down has not happened: not to be stuck in the middle of it. */
  void settle() {
    switch (state()) {
      case "staging" -> force("idle");
      case "prechecking" -> force("staged");
      case "committing" -> force("trial");
      default -> publish();
    }
  }

  void publish() {
    Map<String, String> all = new HashMap<>(now);
    ledger.history().forEach((key, value) -> all.put("history." + key, value));
    status = Map.copyOf(all);
  }
}
