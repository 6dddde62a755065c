package org.strowger.sync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmType;
import org.strowger.api.Sync;
import org.strowger.api.SyncState;

/** What is an alarm about the telling of connections. The texts have no numbers that change. */
final class Conditions {
  /** In hundredths of a percent. */
  private static final int LEAST_COVERAGE = 9_900;

  private Conditions() {}

  /**
   * All of them.
   *
   * @param wrong what is wrong here, though what was begun may go on
   */
  static List<AlarmCondition> of(
      SyncState state, Optional<String> wrong, Sync wanted, Set<String> strangers) {
    List<AlarmCondition> conditions = new ArrayList<>();
    wrong.ifPresent(why -> conditions.add(degraded("director", why)));
    for (SyncState.Peer peer : state.peers().values()) {
      why(peer, wanted).ifPresent(text -> conditions.add(degraded("peer=" + peer.name(), text)));
    }
    strangers.stream().sorted().map(name -> stranger(name, wanted)).forEach(conditions::add);
    return conditions;
  }

  private static AlarmCondition stranger(String name, Sync wanted) {
    if (wanted.peers().containsKey(name)) {
      return degraded(
          "name=" + name, "two directors call themselves '" + name + "': give each its own name");
    }
    return degraded(
        "peer=" + name,
        "a director that calls itself '%s' has the secret, and no peer is configured by that name:"
                .formatted(name)
            + " give each director the name that the others have for it");
  }

  private static AlarmCondition degraded(String resource, String text) {
    return new AlarmCondition(AlarmType.SYNC_DEGRADED, resource, text);
  }

  private static Optional<String> why(SyncState.Peer peer, Sync wanted) {
    String name = "director " + peer.name();
    if (!peer.connected()) {
      return Optional.of(
          "%s is not reached at %s: no connection outlives this director"
              .formatted(name, peer.address().getHostAddress()));
    }
    if (peer.bulkOut() == SyncState.Bulk.FAILED) {
      return Optional.of("not everything could be told to " + name + ": it is tried again");
    }
    if (peer.lagMillis() > SyncState.SMALL_LAG_MILLIS) {
      return Optional.of(name + " is told more than a second late");
    }
    boolean few =
        peer.bulkOut() == SyncState.Bulk.DONE
            && peer.coverage() < LEAST_COVERAGE
            && wanted.minimumAge().equals(Duration.ZERO);
    return few
        ? Optional.of(
            name
                + " would go on with less than 99 % of the connections here: compare services and"
                + " real servers of both")
        : Optional.empty();
  }
}
