package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.snmp4j.PDU;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;
import org.strowger.api.BundleView;
import org.strowger.api.InServiceUpgrade;
import org.strowger.api.KeyPath;
import org.strowger.api.UpgradeRecord;
import org.strowger.api.UpgradeRequest;
import org.strowger.api.UpgradeState;
import org.strowger.api.UpgradeStatus;
import org.strowger.api.UpgradeStep;

/** The objects and notifications of STROWGER-UPGRADE-MIB. The numbers are those of the module. */
final class UpgradeObjects {
  private static final OID NOTIFICATIONS = Oids.below(Oids.STG_UPG_MIB, 0);
  private static final OID STATUS = Oids.below(Oids.STG_UPG_MIB, 1, 1);
  private static final OID CONTROL = Oids.below(Oids.STG_UPG_MIB, 1, 2);
  private static final OID TABLES = Oids.below(Oids.STG_UPG_MIB, 1, 3);
  private static final int TEXT_OCTETS = 255;

  /** StgUpgradeAction. */
  private static final int NO_ACTION = 1;

  private static final int LAST_ACTION = 6;

  private static final Set<UpgradeState> UNDER_WAY =
      Set.of(
          UpgradeState.STAGING,
          UpgradeState.PRECHECKING,
          UpgradeState.ACTIVATING,
          UpgradeState.TRIAL,
          UpgradeState.COMMITTING,
          UpgradeState.ROLLING_BACK);

  private UpgradeObjects() {}

  static Collection<Subtree> all() {
    List<Subtree> all = new ArrayList<>(status());
    all.add(
        new Scalar(
            Oids.below(CONTROL, 1),
            _ -> Smi.integer(NO_ACTION),
            new Writable<>(
                value ->
                    Writable.enumFault(value, code -> code >= NO_ACTION && code <= LAST_ACTION),
                (m, value) -> asked(m.upgrade().state(), value.toInt()))));
    all.add(steps());
    all.add(history());
    all.add(bundles());
    return all;
  }

  private static Collection<Subtree> status() {
    return List.of(
        scalar(1, s -> Smi.code(s.state())),
        scalar(2, s -> text(s.packageName())),
        scalar(3, s -> text(s.fromRelease())),
        scalar(4, s -> text(s.toRelease())),
        scalar(5, s -> Smi.code(s.upgradeClass())),
        scalar(6, s -> text(s.signer())),
        scalar(7, s -> Smi.gauge(s.stepsTotal())),
        scalar(8, s -> Smi.gauge(s.stepsDone())),
        scalar(9, s -> text(s.currentStep())),
        scalar(10, s -> Smi.dateAndTime(s.changed())),
        scalar(11, s -> Smi.gauge(s.trialLeft())),
        scalar(12, s -> text(s.lastResult())),
        scalar(13, s -> text(s.healthGate())),
        scalar(14, s -> text(s.integrity())),
        scalar(15, s -> Smi.gauge(s.connsLost())),
        scalar(16, s -> Smi.gauge(s.longestStepMillis())));
  }

  private static Subtree scalar(int number, Function<UpgradeStatus, Variable> value) {
    return new Scalar(Oids.below(STATUS, number), m -> value.apply(m.upgrade()));
  }

  private static Variable text(String text) {
    return Smi.text(text, TEXT_OCTETS);
  }

  /** What the state does not allow is told at once; what comes of the rest is in the status. */
  private static Asked asked(UpgradeState state, int code) {
    boolean staged = state == UpgradeState.STAGED;
    boolean trial = state == UpgradeState.TRIAL;
    return switch (code) {
      case 2 -> asked(staged, new UpgradeRequest.Check());
      case 3 ->
          asked(
              staged,
              new UpgradeRequest.Activate(
                  Duration.ofSeconds(InServiceUpgrade.TRIAL_SECONDS), false));
      case 4 -> asked(trial, new UpgradeRequest.Commit());
      case 5 -> asked(trial || state == UpgradeState.ACTIVATING, new UpgradeRequest.Rollback());
      case 6 -> asked(!UNDER_WAY.contains(state), new UpgradeRequest.Clear());
      default -> new Asked.Nothing(KeyPath.of("upgrade"));
    };
  }

  private static Asked asked(boolean allowed, UpgradeRequest request) {
    return allowed ? new Asked.Upgrade(request) : new Asked.Fault(PDU.inconsistentValue);
  }

  private static Subtree steps() {
    RowSource<UpgradeStatus, UpgradeStep> rows =
        new RowSource<>(
            Moment::upgrade, UpgradeStatus::plan, step -> AlarmObjects.index(step.number()));
    List<Column<UpgradeStep>> columns =
        List.of(
            read(2, (m, s) -> text(String.join(", ", s.bundles()))),
            read(3, (m, s) -> Smi.gauge(s.rewired())),
            read(4, (m, s) -> Smi.code(s.upgradeClass())),
            read(5, (m, s) -> Smi.gauge(s.predictedMillis())),
            read(6, (m, s) -> text(s.prediction())),
            read(7, (m, s) -> Smi.gauge(s.takenMillis())),
            read(8, (m, s) -> Smi.code(s.state())));
    return new Table<>(Oids.below(TABLES, 1), rows, columns);
  }

  private static Subtree history() {
    RowSource<UpgradeStatus, UpgradeRecord> rows =
        new RowSource<>(
            Moment::upgrade, UpgradeStatus::history, each -> AlarmObjects.index(each.number()));
    List<Column<UpgradeRecord>> columns =
        List.of(
            read(2, (m, r) -> Smi.dateAndTime(r.start())),
            read(3, (m, r) -> Smi.dateAndTime(r.end())),
            read(4, (m, r) -> text(r.fromRelease())),
            read(5, (m, r) -> text(r.toRelease())),
            read(6, (m, r) -> Smi.code(r.upgradeClass())),
            read(7, (m, r) -> Smi.code(r.result())),
            read(8, (m, r) -> text(r.user())),
            read(9, (m, r) -> text(r.why())),
            read(10, (m, r) -> Smi.gauge(r.connsLost())),
            read(11, (m, r) -> Smi.gauge(r.longestStepMillis())));
    return new Table<>(Oids.below(TABLES, 2), rows, columns);
  }

  private static Subtree bundles() {
    RowSource<List<BundleView>, BundleView> rows =
        new RowSource<>(
            m -> m.snapshot().bundles(),
            bundles -> bundles,
            bundle -> AlarmObjects.index(bundle.bundleId()));
    List<Column<BundleView>> columns =
        List.of(
            read(2, (m, b) -> text(b.name())),
            read(3, (m, b) -> text(b.version())),
            read(4, (m, b) -> Smi.code(b.state())),
            read(5, (m, b) -> Smi.gauge(b.startLevel())),
            read(6, (m, b) -> Smi.dateAndTime(b.lastModified())));
    return new Table<>(Oids.below(TABLES, 3), rows, columns);
  }

  /** That the state is another one; empty if it is not. */
  static Optional<Notification> changed(
      Optional<UpgradeState> before, UpgradeStatus now, long upTime) {
    if (before.isEmpty() || before.get() == now.state()) {
      return Optional.empty();
    }
    return Optional.of(
        new Notification(
            Oids.below(NOTIFICATIONS, 1),
            upTime,
            List.of(
                of(1, Smi.code(now.state())),
                of(2, text(now.packageName())),
                of(3, text(now.fromRelease())),
                of(4, text(now.toRelease())),
                of(5, Smi.code(now.upgradeClass())),
                of(12, text(now.lastResult()))),
            0));
  }

  private static VariableBinding of(int number, Variable value) {
    return new VariableBinding(Oids.below(STATUS, number, 0), value);
  }
}
