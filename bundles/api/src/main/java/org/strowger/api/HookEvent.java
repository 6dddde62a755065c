package org.strowger.api;

/** What a {@link Hook} is run for. */
public enum HookEvent implements Coded {
  /** A real server came up. */
  REAL_UP(1, "realUp"),
  /** It went down, for more than want of a first verdict. */
  REAL_DOWN(2, "realDown"),
  /** It comes and goes, and is held down until it is quiet. */
  REAL_FLAPPING(3, "realFlapping"),
  SERVICE_UP(4, "serviceUp"),
  SERVICE_DEGRADED(5, "serviceDegraded"),
  SERVICE_DOWN(6, "serviceDown"),
  /** The live weight of a pool fell below its quorum, less the hysteresis. */
  QUORUM_LOST(7, "quorumLost"),
  /** It is at the quorum, with the hysteresis, again. */
  QUORUM_GAINED(8, "quorumGained"),
  ALARM_RAISED(9, "alarmRaised"),
  /** Severity or text of a live alarm changed. */
  ALARM_CHANGED(10, "alarmChanged"),
  ALARM_CLEARED(11, "alarmCleared");

  private final int code;
  private final String word;

  HookEvent(int code, String word) {
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
