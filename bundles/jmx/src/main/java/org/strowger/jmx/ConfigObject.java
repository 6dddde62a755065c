package org.strowger.jmx;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.management.openmbean.TabularType;
import org.strowger.api.Change;
import org.strowger.api.KeyPath;
import org.strowger.api.Revision;
import org.strowger.api.RevisionSummary;
import org.strowger.api.Role;
import org.strowger.api.Snapshot;

/** {@code type=Config}: the committed revisions, and the one that waits for its confirmation. */
final class ConfigObject {
  private static final TabularType REVISIONS = Rows.REVISION.table("number");
  private static final Operation.Parameter REVISION =
      new Operation.Parameter("revision", "The number of a revision");

  static final ObjectKind<Snapshot> KIND =
      new ObjectKind<>(
          "Config",
          "The committed revisions, and the one that waits for its confirmation",
          fields(),
          operations());

  private ConfigObject() {}

  private static List<Field<Snapshot>> fields() {
    return new Fields<Snapshot>()
        .count("RunningRevision", "", "The committed revision", Snapshot::revision)
        .text("RunningUser", "Who committed it", s -> last(s, r -> r.origin().user()))
        .text("RunningOrigin", "Through which door", s -> last(s, r -> r.origin().kind().word()))
        .text("RunningSource", "From where", s -> last(s, r -> r.origin().source()))
        .text("RunningComment", "Why it was committed", s -> last(s, RevisionSummary::comment))
        .time(
            "RunningTime",
            "When",
            s -> s.lastRevision().map(RevisionSummary::time).orElse(Instant.EPOCH))
        .gauge("KeptRevisions", "{revision}", "Kept revisions", s -> s.revisions().size())
        .data(
            "Revisions",
            REVISIONS,
            "The kept revisions",
            s -> Rows.REVISION.rows(REVISIONS, s.revisions()))
        .flag(
            "ConfirmPending",
            "Whether a revision is taken back unless it is confirmed",
            s -> s.pending().isPresent())
        .count("ConfirmRevision", "", "That revision; 0: none", s -> number(s, p -> p.revision()))
        .count("ConfirmBase", "", "The one gone back to; 0: none", s -> number(s, p -> p.base()))
        .gauge("ConfirmLeft", "s", "Seconds left to confirm it", ConfigObject::left)
        .text(
            "ConfirmUser",
            "Who committed it",
            s -> s.pending().map(Revision.Pending::user).orElse(""))
        .list();
  }

  private static String last(Snapshot snapshot, Function<RevisionSummary, String> value) {
    return snapshot.lastRevision().map(value).orElse("");
  }

  private static long number(Snapshot snapshot, Function<Revision.Pending, Long> value) {
    return snapshot.pending().map(value).orElse(0L);
  }

  private static long left(Snapshot snapshot) {
    return snapshot
        .pending()
        .map(p -> Math.max(0, Duration.between(snapshot.taken(), p.until()).toSeconds()))
        .orElse(0L);
  }

  private static List<Operation<Snapshot>> operations() {
    return List.of(
        AlarmOperations.action(
            "confirm",
            "The pending revision stays",
            Role.ADMIN,
            (s, door, args) -> door.change(List.of(new Change.Confirm(revision(args)))),
            REVISION),
        AlarmOperations.action(
            "rollback",
            "Goes back to the configuration of an older revision",
            Role.ADMIN,
            (s, door, args) -> door.change(List.of(new Change.Rollback(revision(args)))),
            REVISION),
        AlarmOperations.action(
            "set",
            "Sets one key, to be confirmed in time",
            Role.ADMIN,
            (s, door, args) -> set(door, args),
            new Operation.Parameter("key", "Such as pools.web.realServers.a.weight"),
            new Operation.Parameter("value", "As it is written in the configuration"),
            new Operation.Parameter(
                "confirmSeconds", "It is taken back after so many; 0: it stays"),
            new Operation.Parameter("comment", "Why")));
  }

  private static long revision(List<String> args) {
    return AlarmOperations.number("revision", args.getFirst());
  }

  private static Object set(DirectorDoor door, List<String> args) {
    long seconds = AlarmOperations.number("confirmSeconds", args.get(2));
    KeyPath path = KeyPath.of(args.getFirst().split("[.]", -1));
    return door.change(
        List.of(new Change.Put(path, AlarmOperations.plain(args.get(1)))),
        args.get(3),
        seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds)));
  }
}
