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

  /** Still active; told again because somebody asked for all. */
  record AlarmResent(Alarm alarm) implements DirectorEvent {}

  /** About the list as a whole. */
  record AlarmNotice(Notice notice, Alarms alarms) implements DirectorEvent {}

  /** What is told of the list of alarms as a whole. */
  enum Notice implements Coded {
    /** Told at fixed times, so that a manager notices what it lost. */
    HEARTBEAT(1, "heartbeat"),
    /** The list is whole again, after a start, a storm or a resync: read it. */
    LIST_REBUILT(2, "listRebuilt"),
    /** Too many at once: from now on notifications are suppressed. */
    STORM_START(3, "stormStart"),
    /** No longer; {@link #LIST_REBUILT} follows. */
    STORM_END(4, "stormEnd");

    private final int code;
    private final String word;

    Notice(int code, String word) {
      this.code = code;
      this.word = word;
    }

    @Override
    public int code() {
      return code;
    }

    @Override
    public String word() {
      return word;
    }
  }

  /** A revision was not confirmed in time, or taken back before. */
  record RevisionTakenBack(long revision, long now, String why) implements DirectorEvent {}
}
