package org.strowger.upgrade;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmType;
import org.strowger.api.Coded;
import org.strowger.api.InServiceUpgrade;
import org.strowger.api.Origin;
import org.strowger.api.UpgradeClass;
import org.strowger.api.UpgradeRecord;
import org.strowger.api.UpgradeRequest;
import org.strowger.api.UpgradeResult;
import org.strowger.api.UpgradeState;
import org.strowger.api.UpgradeStatus;
import org.strowger.api.UpgradeStep;
import org.strowger.api.UpgradeStepState;

/** The keeper's words as the vocabulary of everybody else. Any thread. */
final class UpgradeDoor implements InServiceUpgrade {
  private final UnaryOperator<Map<String, String>> orders;
  private final UnaryOperator<Map<String, String>> questions;
  private final String atStart;
  private volatile Map<String, String> lastKnown = Map.of();

  /**
   * @param orders lets the keeper work, also if it is there in a moment only
   * @param questions the same, answered at once
   * @param atStart what the launcher found altered or unsigned; empty: nothing
   */
  UpgradeDoor(
      UnaryOperator<Map<String, String>> orders,
      UnaryOperator<Map<String, String>> questions,
      String atStart) {
    this.orders = orders;
    this.questions = questions;
    this.atStart = atStart;
  }

  @Override
  public UpgradeAnswer request(UpgradeRequest request, Origin origin) {
    Map<String, String> words = new HashMap<>();
    words.put(Keeper.ORIGIN, origin.kind().word());
    words.put(Keeper.USER, origin.user());
    words.put(Keeper.SOURCE, origin.source());
    words.put(
        Keeper.WORD,
        switch (request) {
          case UpgradeRequest.Stage stage -> {
            words.put(Keeper.FILE, stage.file().toAbsolutePath().toString());
            words.put(Words.DOWNGRADE, Boolean.toString(stage.downgrade()));
            yield Words.STAGE;
          }
          case UpgradeRequest.Activate activate -> {
            words.put(Words.TRIAL, Long.toString(activate.trial().toSeconds()));
            words.put(Words.DESPITE_ALARMS, Boolean.toString(activate.despiteAlarms()));
            yield Words.ACTIVATE;
          }
          case UpgradeRequest.Check _ -> Words.CHECK;
          case UpgradeRequest.Commit _ -> Words.COMMIT;
          case UpgradeRequest.Rollback _ -> Words.ROLLBACK;
          case UpgradeRequest.Clear _ -> Words.CLEAR;
        });
    Map<String, String> answer = orders.apply(words);
    String refused = answer.get(Keeper.REFUSED);
    return refused == null
        ? new UpgradeAnswer.Accepted(answer.getOrDefault(Keeper.HOW, ""))
        : new UpgradeAnswer.Refused(refused);
  }

  @Override
  public UpgradeStatus status() {
    Map<String, String> now = known();
    String integrity = now.getOrDefault(Words.INTEGRITY, "");
    return new UpgradeStatus(
        word(UpgradeState.class, now, Words.STATE, UpgradeState.IDLE),
        now.getOrDefault(Words.PACKAGE, ""),
        now.getOrDefault(Words.FROM, ""),
        now.getOrDefault(Words.TO, ""),
        word(UpgradeClass.class, now, Words.CLASS, UpgradeClass.NONE),
        now.getOrDefault(Words.SIGNER, ""),
        Plan.number(now, Words.STEPS),
        Plan.number(now, Words.DONE),
        now.getOrDefault(Words.CURRENT, ""),
        time(now, Words.CHANGED),
        Plan.number(now, Words.TRIAL_LEFT),
        now.getOrDefault(Words.RESULT, ""),
        now.getOrDefault(Words.GATE, ""),
        integrity.isEmpty() ? atStart : integrity,
        Plan.number(now, Words.LOST),
        Plan.number(now, Words.LONGEST),
        plan(now),
        history(now));
  }

  /** While the keeper is exchanged, what it said last: no alarm ends or comes by that. */
  private Map<String, String> known() {
    Map<String, String> answer = questions.apply(Map.of(Keeper.WORD, Words.STATUS));
    if (answer.containsKey(Keeper.ABSENT)) {
      return lastKnown;
    }
    lastKnown = answer;
    return answer;
  }

  private static <E extends Enum<E> & Coded> E word(
      Class<E> type, Map<String, String> map, String key, E otherwise) {
    return Coded.byWord(type, map.getOrDefault(key, "")).orElse(otherwise);
  }

  private static Instant time(Map<String, String> map, String key) {
    try {
      return Instant.parse(map.getOrDefault(key, ""));
    } catch (DateTimeParseException never) {
      return Instant.EPOCH;
    }
  }

  private static List<UpgradeStep> plan(Map<String, String> now) {
    List<UpgradeStep> steps = new ArrayList<>();
    for (Plan.Step step : Plan.read(now).steps()) {
      int number = steps.size() + 1;
      String key = "step." + number + ".";
      steps.add(
          new UpgradeStep(
              number,
              step.parts().stream().map(UpgradeDoor::text).toList(),
              step.rewired(),
              Coded.byWord(UpgradeClass.class, step.upgradeClass()).orElse(UpgradeClass.STATEFUL),
              step.predictedMillis(),
              prediction(step),
              Plan.number(now, key + "takenMillis"),
              word(UpgradeStepState.class, now, key + "state", UpgradeStepState.WAITING)));
    }
    return steps;
  }

  private static String text(Plan.Part part) {
    return part.name() + " " + (part.from().isEmpty() ? "-" : part.from()) + " -> " + part.to();
  }

  private static String prediction(Plan.Step step) {
    List<String> said = new ArrayList<>();
    if (step.beside()) {
      said.add("the new one takes the sockets, the old one keeps its connections to their end");
    } else {
      said.add("no connection is lost");
    }
    Function<String, Boolean> has =
        name -> step.parts().stream().anyMatch(part -> part.name().equals("org.strowger." + name));
    String millis = " for about " + step.predictedMillis() + " ms";
    if (has.apply("api") || has.apply("relay") || has.apply("director")) {
      said.add("new connections may wait, changes are busy" + millis);
    }
    if (has.apply("api") || has.apply("snmp") || has.apply("snmp4j")) {
      said.add("polls are not answered" + millis);
    }
    return String.join("; ", said);
  }

  private static List<UpgradeRecord> history(Map<String, String> now) {
    List<UpgradeRecord> all = new ArrayList<>();
    int last = Plan.number(now, "history." + Words.LAST);
    for (int number = Math.max(1, last - Ledger.KEPT + 1); number <= last; number++) {
      String key = "history." + number + ".";
      all.add(
          new UpgradeRecord(
              number,
              time(now, key + Words.STARTED),
              time(now, key + Words.END),
              now.getOrDefault(key + Words.FROM, ""),
              now.getOrDefault(key + Words.TO, ""),
              word(UpgradeClass.class, now, key + Words.CLASS, UpgradeClass.NONE),
              word(UpgradeResult.class, now, key + Words.OUTCOME, UpgradeResult.FAILED),
              now.getOrDefault(key + Words.USER, ""),
              now.getOrDefault(key + Words.WHY, ""),
              Plan.number(now, key + Words.LOST),
              Plan.number(now, key + Words.LONGEST)));
    }
    return all;
  }

  /** What is to be alarmed now. */
  List<AlarmCondition> conditions() {
    UpgradeStatus now = status();
    List<AlarmCondition> conditions = new ArrayList<>();
    String release = now.packageName() + " " + now.toRelease();
    if (now.state() == UpgradeState.TRIAL) {
      // Without the seconds that are left: the text of an alarm must not change each second.
      conditions.add(
          new AlarmCondition(
              AlarmType.UPGRADE_UNCOMMITTED, "unit", release + " is on trial and not committed"));
    }
    if (now.state() == UpgradeState.ROLLED_BACK || now.state() == UpgradeState.FAILED) {
      conditions.add(new AlarmCondition(AlarmType.UPGRADE_ROLLED_BACK, "unit", now.lastResult()));
    }
    if (!now.integrity().isEmpty()) {
      conditions.add(new AlarmCondition(AlarmType.INTEGRITY_FAILURE, "package", now.integrity()));
    }
    return conditions;
  }
}
