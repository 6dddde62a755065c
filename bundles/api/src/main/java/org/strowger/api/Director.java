package org.strowger.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The one door: every change of state goes through {@link #apply}, every reader reads {@link
 * #snapshot}. An OSGi service; any thread may call it.
 */
public interface Director {
  /**
   * Applies all changes or none. The answer comes when the revision is durable and published; it is
   * never exceptional. If the bounded queue is full the answer is {@link ChangeResult.Busy}.
   */
  CompletionStage<ChangeResult> apply(ChangeSet changes);

  /** What {@link #apply} would answer now, without any effect; never {@code Busy}. */
  ChangeResult check(ChangeSet changes);

  /** The latest moment; counters are at most {@value #SNAPSHOT_AGE_MILLIS} ms old. */
  Snapshot snapshot();

  /** Age at which the counters of a snapshot are read again, in milliseconds. */
  int SNAPSHOT_AGE_MILLIS = 200;

  /**
   * How long its thread has been at the same piece of work; zero while it waits for the next one.
   * Work that takes minutes is a hang.
   */
  Duration busyFor();

  /** Events from now on, until the subscription is closed. */
  Subscription subscribe(DirectorListener listener);

  /** Where a flow to this service would go; empty if there is no such service. */
  Optional<Explanation> explain(String service, Flow flow);

  /** Live connections of all planes, at most {@code limit}. */
  List<Connection> connections(ConnectionFilter filter, int limit);

  /** Sums of the matching live connections by kind, the one with the most bytes first. */
  List<Talker> top(TalkerKind kind, ConnectionFilter filter, int limit);

  /** Cuts the matching connections; audited; the number cut. */
  int disconnect(ConnectionFilter filter, Origin origin);

  /** Why a real server is what it is; empty if there is no such one. */
  Optional<Why> why(RealServerId id);

  /**
   * Ends what holds a real server down though its evidence is good: manual resume, damping, and
   * ejection; audited.
   *
   * @return false if nothing held it
   */
  boolean resume(RealServerId id, Origin origin);

  /**
   * Hands over to another director, or takes part again; audited.
   *
   * @param instance name of a VRRP instance, or empty for all
   * @return why not, one sentence; empty if it is done
   */
  Optional<String> failover(FailoverCommand command, String instance, Origin origin);

  /**
   * What a bundle other than the director knows of conditions that are alarms; replaces all that
   * this reporter said before. At most {@value #MAX_REPORTED} count, of {@value #MAX_REPORTERS}
   * reporters.
   */
  void report(String reporter, List<AlarmCondition> conditions);

  /** Conditions of one reporter. */
  int MAX_REPORTED = 200;

  int MAX_REPORTERS = 16;

  /** The kept revisions, newest first. */
  List<RevisionSummary> revisions();

  Optional<Revision> revision(long number);
}
