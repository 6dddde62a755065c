package org.strowger.director;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.Configuration;
import org.strowger.api.DirectorEvent;
import org.strowger.api.KeyPath;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.Revision;
import org.strowger.api.RevisionStore;
import org.strowger.api.RevisionSummary;
import org.strowger.api.Violation;

/**
 * What is wanted: the committed revision, how a change set becomes the next one, and how one that
 * waits for its confirmation is taken back. The director's thread, but for what says otherwise.
 */
final class Commits {
  private static final Logger LOG = LoggerFactory.getLogger(Commits.class);

  /** The configuration before the first one: nothing. */
  static final Revision NOTHING =
      new Revision(
          0,
          Instant.EPOCH,
          new Origin(OriginKind.FACTORY, "none", "none"),
          "",
          Map.of(),
          Optional.empty());

  /** Shortest and longest time in which a revision is to be confirmed. */
  static final Duration SHORTEST_CONFIRM = Duration.ofSeconds(1);

  static final Duration LONGEST_CONFIRM = Duration.ofDays(1);

  private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

  private final Supplier<Plugins> plugins;
  private final AlarmControl alarms;
  private volatile @Nullable RevisionStore store;
  private Revision revision = NOTHING;
  private Configuration configuration = ConfigurationReader.read(NOTHING.tree());
  private List<RevisionSummary> kept = List.of();
  private boolean loaded;

  /** False: what was wanted last could not be read, and nothing was committed since. */
  private volatile boolean known = true;

  private List<String> damaged = List.of();
  private Optional<String> applyFailed = Optional.empty();
  private long pendingUntil;

  Commits(Supplier<Plugins> plugins, AlarmControl alarms) {
    this.plugins = plugins;
    this.alarms = alarms;
  }

  /** Any thread. */
  void storeIs(@Nullable RevisionStore present) {
    store = present;
  }

  /** Any thread. */
  @Nullable RevisionStore store() {
    return store;
  }

  Revision revision() {
    return revision;
  }

  Configuration configuration() {
    return configuration;
  }

  /** The kept revisions, newest first. */
  List<RevisionSummary> kept() {
    return kept;
  }

  boolean loaded() {
    return loaded;
  }

  /**
   * Whether the configuration is what was wanted last. If it is not, for a disk that cannot be read
   * or keys of another version, planes and others that go on from before are to be left alone.
   */
  boolean known() {
    return loaded && known;
  }

  /** The revision that others see: none while nobody knows what is wanted. */
  Revision shown() {
    return known() ? revision : NOTHING;
  }

  /** Why nobody knows what is wanted; empty if it is known, or nothing was read yet. */
  Optional<String> unknown() {
    return !loaded || known ? Optional.empty() : applyFailed.or(() -> damaged.stream().findFirst());
  }

  /** What is wrong with the disk or with what was to be applied. */
  void conditions(Conditions conditions) {
    conditions.configuration(revision, applyFailed);
    damaged.forEach(conditions::damagedRevision);
  }

  /** Applies a change set: all or nothing, durable before the answer. */
  ChangeResult apply(ChangeSet changes, Instant now, long nanos) {
    ChangeResult result = decide(changes, now, nanos);
    if (result instanceof ChangeResult.Committed(long _, boolean changed)) {
      known |= changed; // an alarm that is acknowledged says nothing about what is wanted
      changes.changes().forEach(change -> alarms.perform(change, changes.origin()));
    } else {
      Audit.refused(changes, result);
    }
    if (changes.changes().stream().anyMatch(c -> c instanceof Change.ImportFile)) {
      applyFailed =
          result instanceof ChangeResult.Committed ? Optional.empty() : Optional.of(result.text());
    }
    return result;
  }

  private ChangeResult decide(ChangeSet changes, Instant now, long nanos) {
    RevisionStore disk = store;
    if (disk == null || !loaded) {
      return new ChangeResult.Busy("the store of revisions is not there yet");
    }
    Candidate candidate = candidate(changes, revision);
    Optional<ChangeResult> refusal = refusal(changes, candidate, revision);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    boolean changed = !candidate.tree().equals(revision.tree());
    boolean settles = settles(changes) && revision.pending().isPresent();
    if (!changed && !settles && candidate.lastImport().equals(revision.lastImport())) {
      Audit.asked(changes);
      return new ChangeResult.Committed(revision.number(), false);
    }
    long number = revision.number() + 1;
    Revision next =
        new Revision(
            number,
            now,
            changes.origin(),
            changes.comment(),
            candidate.tree(),
            candidate.lastImport(),
            pending(changes, number, now));
    try {
      disk.save(next);
    } catch (IOException | RuntimeException notSaved) { // nothing was changed yet
      LOG.atError().setCause(notSaved).log("revision not saved");
      return new ChangeResult.Busy("revision not saved: " + notSaved.getMessage());
    }
    Audit.committed(changes, number, revision.tree(), next.tree());
    damaged = List.of();
    become(next, candidate.configuration().orElseThrow());
    changes.confirm().ifPresent(time -> pendingUntil = nanos + time.toNanos());
    return new ChangeResult.Committed(number, changed);
  }

  private void become(Revision next, Configuration read) {
    revision = next;
    configuration = read;
    kept = list();
  }

  private List<RevisionSummary> list() {
    RevisionStore disk = store;
    return disk == null ? kept : List.copyOf(disk.list());
  }

  /** Whether it says what is to become of the pending revision. */
  private static boolean settles(ChangeSet changes) {
    return changes.changes().stream()
        .anyMatch(c -> c instanceof Change.Confirm || c instanceof Change.Rollback);
  }

  private Optional<Revision.Pending> pending(ChangeSet changes, long number, Instant now) {
    if (changes.confirm().isPresent()) {
      Instant until = now.plus(changes.confirm().get());
      String user = changes.origin().user();
      return Optional.of(new Revision.Pending(number, revision.number(), until, user));
    }
    return settles(changes) ? Optional.empty() : revision.pending();
  }

  /** The candidate on top of a revision; any thread. */
  Candidate candidate(ChangeSet changes, Revision base) {
    RevisionStore disk = store;
    return Candidate.of(
        changes,
        base,
        plugins.get(),
        number -> disk == null ? Optional.empty() : disk.read(number));
  }

  /** Why the candidate is not to become the revision after the current one; any thread. */
  Optional<ChangeResult> refusal(ChangeSet changes, Candidate candidate, Revision current) {
    long number = known ? current.number() : NOTHING.number();
    if (changes.baseRevision().isPresent() && changes.baseRevision().getAsLong() != number) {
      String text = "the change was made for revision " + changes.baseRevision().getAsLong();
      return Optional.of(new ChangeResult.Conflict(number, List.of(text)));
    }
    if (!candidate.conflicts().isEmpty()) {
      return Optional.of(new ChangeResult.Conflict(number, candidate.conflicts()));
    }
    if (changes.confirm().isPresent() && current.pending().isPresent()) {
      String text =
          "revision %d waits for its confirmation; confirm it or roll back first"
              .formatted(current.pending().get().revision());
      return Optional.of(new ChangeResult.Conflict(number, List.of(text)));
    }
    List<Violation> violations = new ArrayList<>(candidate.violations());
    changes.confirm().flatMap(Commits::confirmFault).ifPresent(violations::add);
    changes.changes().forEach(c -> fault(c, current).ifPresent(violations::add));
    return violations.isEmpty()
        ? Optional.empty()
        : Optional.of(new ChangeResult.Rejected(violations));
  }

  private static Optional<Violation> confirmFault(Duration confirm) {
    boolean fits =
        confirm.compareTo(SHORTEST_CONFIRM) >= 0 && confirm.compareTo(LONGEST_CONFIRM) <= 0;
    return fits
        ? Optional.empty()
        : Optional.of(
            Violation.of(
                KeyPath.of("confirm"),
                confirm.toSeconds(),
                "seconds, from 1 to " + LONGEST_CONFIRM.toSeconds()));
  }

  private Optional<Violation> fault(Change change, Revision current) {
    if (!(change instanceof Change.Confirm(long number))) {
      return alarms.refusal(change);
    }
    Optional<Revision.Pending> pending = current.pending();
    if (pending.isPresent() && pending.get().revision() == number) {
      return Optional.empty();
    }
    String expected =
        pending
            .map(p -> "the pending revision " + p.revision())
            .orElse("a pending revision; there is none");
    return Optional.of(Violation.of(KeyPath.of("confirm"), number, expected));
  }

  /** Restores the newest whole revision, once. */
  void load(Instant now, long nanos) {
    RevisionStore disk = store;
    if (loaded || disk == null) {
      return;
    }
    RevisionStore.Loaded found = disk.load();
    damaged = found.damaged();
    damaged.forEach(text -> LOG.atError().log("{}", text));
    loaded = true;
    kept = list();
    known = found.revision().isPresent() || damaged.isEmpty();
    found.revision().ifPresent(this::restore);
    revision
        .pending()
        .ifPresent(
            pending -> {
              Duration left = Duration.between(now, pending.until());
              Duration most = left.compareTo(LONGEST_CONFIRM) > 0 ? LONGEST_CONFIRM : left;
              pendingUntil = nanos + Math.max(0, most.toNanos());
            });
  }

  private void restore(Revision last) {
    List<Violation> violations = TreeCheck.check(last.tree(), Shape.ROOT);
    if (!violations.isEmpty()) {
      // Written by a version whose keys this one does not know: say so, forward nothing by guess,
      // and let what is forwarded already go on.
      known = false;
      applyFailed = Optional.of("revision " + last.number() + ": " + violations.getFirst().text());
      LOG.atError().addKeyValue("revision", last.number()).log("{}", applyFailed.get());
      // The numbers go on from there, so that what is on the disk stays the history.
      revision =
          new Revision(
              last.number(),
              last.time(),
              last.origin(),
              last.comment(),
              Map.of(),
              Optional.empty());
      return;
    }
    revision = last;
    configuration = ConfigurationReader.read(last.tree());
    LOG.atInfo().addKeyValue("revision", last.number()).log("restored");
  }

  /** Takes back what was not confirmed in time; what to tell of it. */
  List<DirectorEvent> expire(Instant now, long nanos) {
    Revision.Pending pending = revision.pending().orElse(null);
    RevisionStore disk = store;
    if (pending == null || disk == null || nanos - pendingUntil < 0) {
      return List.of();
    }
    String why = "revision %d was not confirmed in time".formatted(pending.revision());
    Map<String, Object> tree = before(pending, disk).orElse(null);
    if (tree == null) {
      applyFailed =
          Optional.of(why + "; revision " + pending.base() + " to go back to cannot be read");
      LOG.atError().log("{}", applyFailed.get());
      pendingUntil = nanos + 60 * RETRY_NANOS;
      return List.of();
    }
    Origin origin = new Origin(OriginKind.ROLLBACK, pending.user(), "timer");
    long number = revision.number() + 1;
    Revision next = new Revision(number, now, origin, why, tree, revision.lastImport());
    try {
      disk.save(next);
    } catch (IOException | RuntimeException notSaved) { // the time is over, but the disk decides
      LOG.atError().setCause(notSaved).log("{}, but going back cannot be saved", why);
      pendingUntil = nanos + RETRY_NANOS;
      return List.of();
    }
    Audit.committed(ChangeSet.of(origin), number, revision.tree(), tree);
    become(next, ConfigurationReader.read(tree));
    LOG.atWarn().addKeyValue("revision", number).log("{}: taken back", why);
    return List.of(new DirectorEvent.RevisionTakenBack(pending.revision(), number, why));
  }

  /**
   * The tree without what the pending revision changed. What others changed since then stays; where
   * the two contradict each other, all goes back to the revision before.
   */
  private Optional<Map<String, Object>> before(Revision.Pending pending, RevisionStore disk) {
    Optional<Map<String, Object>> base = disk.read(pending.base()).map(Revision::tree);
    if (pending.base() == 0) {
      base = Optional.of(Map.of());
    }
    if (base.isEmpty() || revision.number() == pending.revision()) {
      return base;
    }
    Optional<Revision> waiting = disk.read(pending.revision());
    if (waiting.isPresent()) {
      Merge merge = Merge.of(waiting.get().tree(), base.get(), revision.tree());
      if (merge.conflicts().isEmpty() && holds(merge.tree())) {
        return Optional.of(merge.tree());
      }
    }
    return base;
  }

  private boolean holds(Map<String, Object> tree) {
    return TreeCheck.check(tree, Shape.ROOT).isEmpty()
        && Rules.check(ConfigurationReader.read(tree), plugins.get(), tree).isEmpty();
  }

  long nanosUntilDue(long nanos) {
    return revision.pending().isPresent() ? Math.max(0, pendingUntil - nanos) : Long.MAX_VALUE;
  }
}
