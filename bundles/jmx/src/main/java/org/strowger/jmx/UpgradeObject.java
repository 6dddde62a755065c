package org.strowger.jmx;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.management.MBeanOperationInfo;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularType;
import org.strowger.api.InServiceUpgrade.UpgradeAnswer;
import org.strowger.api.Role;
import org.strowger.api.UpgradeRecord;
import org.strowger.api.UpgradeRequest;
import org.strowger.api.UpgradeStatus;
import org.strowger.api.UpgradeStep;

/** {@code type=Upgrade}: the in-service upgrade, for administrators to drive. */
final class UpgradeObject {
  private static final OpenData<UpgradeStep> STEP =
      new OpenData.Builder<UpgradeStep>()
          .number("number", step -> (long) step.number())
          .text("bundles", step -> String.join(", ", step.bundles()))
          .number("rewired", step -> (long) step.rewired())
          .text("upgradeClass", step -> step.upgradeClass().word())
          .number("predictedMillis", UpgradeStep::predictedMillis)
          .text("prediction", UpgradeStep::prediction)
          .number("takenMillis", UpgradeStep::takenMillis)
          .text("state", step -> step.state().word())
          .build("UpgradeStep");

  private static final OpenData<UpgradeRecord> RECORD =
      new OpenData.Builder<UpgradeRecord>()
          .number("number", UpgradeRecord::number)
          .text("start", each -> each.start().toString())
          .text("end", each -> each.end().toString())
          .text("fromRelease", UpgradeRecord::fromRelease)
          .text("toRelease", UpgradeRecord::toRelease)
          .text("upgradeClass", each -> each.upgradeClass().word())
          .text("result", each -> each.result().word())
          .text("user", UpgradeRecord::user)
          .text("why", UpgradeRecord::why)
          .number("connsLost", UpgradeRecord::connsLost)
          .number("longestStepMillis", UpgradeRecord::longestStepMillis)
          .build("UpgradeRecord");

  private static final TabularType PLAN = STEP.table("number");
  private static final TabularType HISTORY = RECORD.table("number");

  static final ObjectKind<UpgradeStatus> KIND =
      new ObjectKind<>(
          "Upgrade",
          "The in-service upgrade: a signed package, its plan, its trial and its way back",
          fields(),
          operations());

  private UpgradeObject() {}

  private static List<Field<UpgradeStatus>> fields() {
    return new Fields<UpgradeStatus>()
        .word("State", "Where it stands", UpgradeStatus::state)
        .text("PackageName", "The staged or last package", UpgradeStatus::packageName)
        .text("FromRelease", "What ran before", UpgradeStatus::fromRelease)
        .text("ToRelease", "What the package brings", UpgradeStatus::toRelease)
        .word("UpgradeClass", "What the package asks of the director", UpgradeStatus::upgradeClass)
        .text("Signer", "The key that signed the package", UpgradeStatus::signer)
        .gauge("StepsTotal", "{step}", "Steps of the plan", UpgradeStatus::stepsTotal)
        .gauge("StepsDone", "{step}", "Steps that are done", UpgradeStatus::stepsDone)
        .text("CurrentStep", "What is being done", UpgradeStatus::currentStep)
        .time("Changed", "When the state changed last", UpgradeStatus::changed)
        .gauge("TrialLeft", "s", "Seconds until it is taken back", UpgradeStatus::trialLeft)
        .text("LastResult", "About the last request or end", UpgradeStatus::lastResult)
        .text("HealthGate", "What is worse than it was; empty: nothing", UpgradeStatus::healthGate)
        .text("Integrity", "What is not to be trusted; empty: nothing", UpgradeStatus::integrity)
        .gauge("ConnsLost", "{conn}", "Connections that failed since", UpgradeStatus::connsLost)
        .gauge("LongestStepMillis", "ms", "The longest exchange", UpgradeStatus::longestStepMillis)
        .data("Plan", PLAN, "The steps", s -> STEP.rows(PLAN, s.plan()))
        .data("History", HISTORY, "The last upgrades", s -> RECORD.rows(HISTORY, s.history()))
        .list();
  }

  private static List<Operation<UpgradeStatus>> operations() {
    return List.of(
        operation(
            "stage",
            "Verifies a package on the director's disk and keeps a copy",
            (s, door, args) ->
                done(
                    door,
                    new UpgradeRequest.Stage(
                        Path.of(args.getFirst()), Boolean.parseBoolean(args.get(1)))),
            new Operation.Parameter("file", "The package"),
            new Operation.Parameter("downgrade", "true: older versions are wanted")),
        operation(
            "check",
            "Makes the plan, or says what stands against it",
            (s, door, args) -> done(door, new UpgradeRequest.Check())),
        operation(
            "activate",
            "Begins; the steps go on after the answer",
            (s, door, args) ->
                done(
                    door,
                    new UpgradeRequest.Activate(
                        Duration.ofSeconds(AlarmOperations.number("trialSeconds", args.getFirst())),
                        Boolean.parseBoolean(args.get(1)))),
            new Operation.Parameter("trialSeconds", "It is taken back after so many, such as 600"),
            new Operation.Parameter(
                "despiteAlarms", "true: critical alarms that stand already do not matter")),
        operation(
            "commit",
            "What runs on trial stays",
            (s, door, args) -> done(door, new UpgradeRequest.Commit())),
        operation(
            "rollback",
            "The old release again",
            (s, door, args) -> done(door, new UpgradeRequest.Rollback())),
        operation(
            "clear",
            "Forgets the staged package and what is alarmed of the last upgrade",
            (s, door, args) -> done(door, new UpgradeRequest.Clear())));
  }

  private static Operation<UpgradeStatus> operation(
      String name,
      String description,
      Operation.Action<UpgradeStatus> action,
      Operation.Parameter... parameters) {
    return new Operation<>(
        name,
        description,
        List.of(parameters),
        SimpleType.STRING,
        MBeanOperationInfo.ACTION,
        Role.ADMIN,
        action);
  }

  private static Object done(DirectorDoor door, UpgradeRequest request) {
    return switch (door.upgrade().request(request, Caller.origin())) {
      case UpgradeAnswer.Accepted accepted -> accepted.text();
      case UpgradeAnswer.Refused refused -> throw new IllegalStateException(refused.why());
    };
  }
}
