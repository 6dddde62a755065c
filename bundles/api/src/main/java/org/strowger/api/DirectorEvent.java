package org.strowger.api;

/** What happened, in the order it happened. */
public sealed interface DirectorEvent {
  /** A new revision was committed. */
  record RevisionCommitted(RevisionSummary revision, Configuration configuration)
      implements DirectorEvent {}

  /** What is observed changed; read {@link Director#snapshot()}. */
  record StateChanged(long version) implements DirectorEvent {}

  record AlarmRaised(Alarm alarm) implements DirectorEvent {}

  /** Severity or text of a live alarm changed. */
  record AlarmChanged(Alarm alarm) implements DirectorEvent {}

  /**
   * The condition ended.
   *
   * @param alarm as it last was, with the sequence number and time of the clear
   */
  record AlarmCleared(Alarm alarm) implements DirectorEvent {}
}
