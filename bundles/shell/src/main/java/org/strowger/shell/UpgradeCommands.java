package org.strowger.shell;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.strowger.api.InServiceUpgrade;
import org.strowger.api.InServiceUpgrade.UpgradeAnswer;
import org.strowger.api.UpgradeRecord;
import org.strowger.api.UpgradeRequest;
import org.strowger.api.UpgradeStatus;
import org.strowger.api.UpgradeStep;

/** {@code upgrade}: the release as a whole, with a way back. */
final class UpgradeCommands {
  private static final List<String> WORDS =
      List.of(
          "stage", "check", "plan", "activate", "commit", "rollback", "clear", "status", "history");
  private static final String DOWNGRADE = "--downgrade";
  private static final String DESPITE_ALARMS = "--despite-alarms";
  private static final String TRIAL = "--trial";
  private static final String[] STEPS = {
    "STEP=number",
    "CLASS=upgradeClass",
    "STATE=state",
    "PREDICTED=predicted",
    "TOOK=taken",
    "BUNDLES=bundles",
    "EFFECT=prediction"
  };
  private static final String[] HISTORY = {
    "NUMBER=number",
    "START=start",
    "END=end",
    "FROM=fromRelease",
    "TO=toRelease",
    "CLASS=upgradeClass",
    "RESULT=result",
    "USER=user",
    "LOST=connsLost",
    "LONGEST=longest",
    "WHY=why"
  };

  private final Awaited<InServiceUpgrade> upgrade;

  UpgradeCommands(Awaited<InServiceUpgrade> upgrade) {
    this.upgrade = upgrade;
  }

  Command command() {
    return new Command(
        "upgrade",
        "stage FILE [--downgrade] | check | plan | activate [--trial SECONDS] [--despite-alarms] |"
            + " commit | rollback | clear | status | history",
        "replaces the release by a signed package while traffic flows: stage, check, activate, then"
            + " commit within the trial, or it is taken back",
        this::run,
        words -> words.isEmpty() ? WORDS : options(words.getFirst()));
  }

  private static List<String> options(String word) {
    return switch (word) {
      case "stage" -> List.of(DOWNGRADE);
      case "activate" -> List.of(TRIAL, DESPITE_ALARMS);
      default -> List.of();
    };
  }

  private Output run(Request request) {
    String word = request.word(0, "one of " + String.join(", ", WORDS));
    List<String> rest = new ArrayList<>(request.words().subList(1, request.words().size()));
    return switch (word) {
      case "stage" -> stage(request, rest);
      case "activate" -> activate(request, rest);
      case "check" -> {
        none(rest);
        Output checked = asked(request, new UpgradeRequest.Check());
        yield checked.exit() == Exit.DONE ? plan() : checked;
      }
      case "commit" -> plain(request, rest, new UpgradeRequest.Commit());
      case "rollback" -> plain(request, rest, new UpgradeRequest.Rollback());
      case "clear" -> plain(request, rest, new UpgradeRequest.Clear());
      case "plan" -> {
        none(rest);
        yield plan();
      }
      case "status" -> {
        none(rest);
        yield status();
      }
      case "history" -> {
        none(rest);
        yield history();
      }
      default ->
          throw CommandFailure.usage("'" + word + "': expected one of " + String.join(", ", WORDS));
    };
  }

  private static void none(List<String> rest) {
    if (!rest.isEmpty()) {
      throw CommandFailure.usage("'" + rest.getFirst() + "': expected nothing more");
    }
  }

  private Output plain(Request request, List<String> rest, UpgradeRequest asked) {
    none(rest);
    return asked(request, asked);
  }

  private Output stage(Request request, List<String> rest) {
    boolean downgrade = rest.remove(DOWNGRADE);
    if (rest.size() != 1) {
      throw CommandFailure.usage("expected the file of a package");
    }
    return asked(
        request, new UpgradeRequest.Stage(request.directory().resolve(rest.getFirst()), downgrade));
  }

  private Output activate(Request request, List<String> rest) {
    boolean despite = rest.remove(DESPITE_ALARMS);
    long seconds = InServiceUpgrade.TRIAL_SECONDS;
    int at = rest.indexOf(TRIAL);
    if (at >= 0) {
      rest.remove(at);
      String number = at < rest.size() ? rest.remove(at) : "";
      if (!number.matches("[0-9]{1,6}")) {
        throw CommandFailure.usage(TRIAL + ": '" + number + "': expected seconds");
      }
      seconds = Long.parseLong(number);
    }
    none(rest);
    return asked(request, new UpgradeRequest.Activate(Duration.ofSeconds(seconds), despite));
  }

  private Output asked(Request request, UpgradeRequest asked) {
    return switch (upgrade.get().request(asked, request.origin())) {
      case UpgradeAnswer.Accepted accepted -> Output.done(accepted.text(), accepted);
      case UpgradeAnswer.Refused refused -> Output.failed(Exit.REJECTED, refused.why());
    };
  }

  private Output status() {
    UpgradeStatus status = upgrade.get().status();
    Map<String, @Nullable Object> row = Plain.row(status);
    row.remove("plan");
    row.remove("history");
    return Output.done(Table.details(row), status);
  }

  private Output plan() {
    List<UpgradeStep> plan = upgrade.get().status().plan();
    if (plan.isEmpty()) {
      return Output.done("there is no plan: stage a package, then upgrade check", plan);
    }
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (UpgradeStep step : plan) {
      Map<String, @Nullable Object> row = new LinkedHashMap<>(Plain.row(step));
      row.put("bundles", String.join(", ", step.bundles()));
      row.put("predicted", step.predictedMillis() + "ms");
      row.put("taken", step.takenMillis() == 0 ? "" : step.takenMillis() + "ms");
      rows.add(row);
    }
    return Output.done(Table.of(rows, STEPS), plan);
  }

  private Output history() {
    List<UpgradeRecord> history = upgrade.get().status().history();
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (UpgradeRecord each : history) {
      Map<String, @Nullable Object> row = new LinkedHashMap<>(Plain.row(each));
      row.put("longest", each.longestStepMillis() + "ms");
      rows.add(row);
    }
    return Output.done(Table.of(rows, HISTORY), history);
  }
}
