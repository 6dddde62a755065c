package org.strowger.snmp;

import static org.strowger.snmp.Column.read;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.Variable;
import org.snmp4j.smi.VariableBinding;
import org.strowger.api.Change;
import org.strowger.api.DirectorEvent;
import org.strowger.api.KeyPath;
import org.strowger.api.Revision;
import org.strowger.api.RevisionSummary;
import org.strowger.api.Snapshot;

/** The objects and notifications of STROWGER-CONFIG-MIB. The numbers are those of the module. */
final class ConfigObjects {
  private static final OID NOTIFICATIONS = Oids.below(Oids.STG_CFG_MIB, 0);
  private static final OID RUNNING = Oids.below(Oids.STG_CFG_MIB, 1, 1);

  /** What makes a SET a confirmed commit, and confirms one. */
  static final OID CONFIRMING = Oids.below(Oids.STG_CFG_MIB, 1, 2);

  private static final OID ROLLBACK = Oids.below(Oids.STG_CFG_MIB, 1, 3);
  private static final OID HISTORY = Oids.below(Oids.STG_CFG_MIB, 1, 4, 1);
  private static final OID NOTIFY_OBJECTS = Oids.below(Oids.STG_CFG_MIB, 1, 5);
  private static final long CONFIRM_MAX_SECONDS = 86_400;
  private static final long LAST_REVISION = 0xFFFF_FFFFL;
  private static final int COMMENT_OCTETS = 255;

  private ConfigObjects() {}

  static Collection<Subtree> all() {
    List<Subtree> all = new ArrayList<>(running());
    all.addAll(confirming());
    all.add(
        new Scalar(
            Oids.below(ROLLBACK, 1),
            m -> Smi.gauge(0),
            new Writable<>(
                value -> Writable.unsignedFault(value, 1, LAST_REVISION),
                (m, value) ->
                    new Asked.Of(KeyPath.of("rollback"), new Change.Rollback(value.toLong())))));
    all.add(history());
    return all;
  }

  private static Collection<Subtree> running() {
    return List.of(
        new Scalar(Oids.below(RUNNING, 1), m -> Smi.gauge(m.snapshot().revision())),
        last(2, r -> Smi.dateAndTime(r.time()), Smi.dateAndTime(Instant.EPOCH)),
        last(3, r -> Smi.text(r.origin().user()), Smi.text("")),
        last(4, r -> Smi.code(r.origin().kind()), Smi.integer(7)),
        last(5, r -> Smi.text(r.origin().source()), Smi.text("")),
        last(6, r -> Smi.text(r.comment()), Smi.text("")),
        new Scalar(Oids.below(RUNNING, 7), m -> Smi.gauge(m.snapshot().revisions().size())));
  }

  private static Subtree last(
      int number, Function<RevisionSummary, Variable> value, Variable none) {
    return new Scalar(
        Oids.below(RUNNING, number), m -> m.snapshot().lastRevision().map(value).orElse(none));
  }

  private static Collection<Subtree> confirming() {
    return List.of(
        new Scalar(Oids.below(CONFIRMING, 1), m -> Smi.truth(m.snapshot().pending().isPresent())),
        pending(2, p -> Smi.gauge(p.revision()), Smi.gauge(0)),
        pending(3, p -> Smi.gauge(p.base()), Smi.gauge(0)),
        new Scalar(Oids.below(CONFIRMING, 4), m -> Smi.gauge(left(m.snapshot()))),
        pending(5, p -> Smi.text(p.user()), Smi.text("")),
        new Scalar(
            Oids.below(CONFIRMING, 6),
            m -> Smi.gauge(0),
            new Writable<>(
                value -> Writable.unsignedFault(value, 1, LAST_REVISION),
                (m, value) ->
                    new Asked.Of(KeyPath.of("confirm"), new Change.Confirm(value.toLong())))),
        new Scalar(
            Oids.below(CONFIRMING, 7),
            m -> Smi.gauge(0),
            new Writable<>(
                value -> Writable.unsignedFault(value, 0, CONFIRM_MAX_SECONDS),
                (m, value) ->
                    value.toLong() == 0
                        ? new Asked.Nothing(KeyPath.of("confirm"))
                        : new Asked.Confirm(Duration.ofSeconds(value.toLong())))),
        new Scalar(
            Oids.below(CONFIRMING, 8),
            m -> Smi.text(""),
            new Writable<>(
                value -> Writable.textFault(value, COMMENT_OCTETS),
                (m, value) -> new Asked.Comment(Writable.utf8(value).orElse("")))));
  }

  private static Subtree pending(
      int number, Function<Revision.Pending, Variable> value, Variable none) {
    return new Scalar(
        Oids.below(CONFIRMING, number), m -> m.snapshot().pending().map(value).orElse(none));
  }

  private static long left(Snapshot snapshot) {
    return snapshot
        .pending()
        .map(p -> Math.max(0, Duration.between(snapshot.taken(), p.until()).toSeconds()))
        .orElse(0L);
  }

  private static Subtree history() {
    RowSource<List<RevisionSummary>, RevisionSummary> rows =
        new RowSource<>(
            m -> m.snapshot().revisions(),
            revisions -> revisions,
            revision -> AlarmObjects.index(revision.number()));
    List<Column<RevisionSummary>> columns =
        List.of(
            read(2, (m, r) -> Smi.dateAndTime(r.time())),
            read(3, (m, r) -> Smi.text(r.origin().user())),
            read(4, (m, r) -> Smi.code(r.origin().kind())),
            read(5, (m, r) -> Smi.text(r.origin().source())),
            read(6, (m, r) -> Smi.text(r.comment())));
    return new Table<>(HISTORY, rows, columns);
  }

  /** That a revision was committed and, if it waits for its confirmation, that it does. */
  static List<Notification> committed(RevisionSummary revision, Snapshot now, long upTime) {
    List<VariableBinding> what =
        List.of(
            running(1, Smi.gauge(revision.number())),
            running(3, Smi.text(revision.origin().user())),
            running(4, Smi.code(revision.origin().kind())),
            running(5, Smi.text(revision.origin().source())),
            running(6, Smi.text(revision.comment())));
    Notification changed = new Notification(Oids.below(NOTIFICATIONS, 1), upTime, what, 0);
    Optional<Revision.Pending> pending =
        now.pending().filter(each -> each.revision() == revision.number());
    if (pending.isEmpty()) {
      return List.of(changed);
    }
    List<VariableBinding> waits =
        List.of(
            new VariableBinding(Oids.below(CONFIRMING, 2, 0), Smi.gauge(pending.get().revision())),
            new VariableBinding(Oids.below(CONFIRMING, 4, 0), Smi.gauge(left(now))),
            new VariableBinding(Oids.below(CONFIRMING, 5, 0), Smi.text(pending.get().user())));
    return List.of(changed, new Notification(Oids.below(NOTIFICATIONS, 2), upTime, waits, 0));
  }

  static Notification takenBack(DirectorEvent.RevisionTakenBack back, long upTime) {
    return new Notification(
        Oids.below(NOTIFICATIONS, 3),
        upTime,
        List.of(
            running(1, Smi.gauge(back.now())),
            new VariableBinding(Oids.below(NOTIFY_OBJECTS, 1, 0), Smi.gauge(back.revision())),
            new VariableBinding(Oids.below(NOTIFY_OBJECTS, 2, 0), Smi.text(back.why()))),
        0);
  }

  private static VariableBinding running(int number, Variable value) {
    return new VariableBinding(Oids.below(RUNNING, number, 0), value);
  }
}
