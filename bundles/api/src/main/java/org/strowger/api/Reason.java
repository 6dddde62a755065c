package org.strowger.api;

/** Why an operational state is what it is, for machines; the text beside it is for people. */
public enum Reason implements Coded {
  NONE(1, "none"),
  ADMIN_DOWN(2, "adminDown"),
  PARENT_DOWN(3, "parentDown"),
  CHECK_FAILED(4, "checkFailed"),
  CHECK_PENDING(5, "checkPending"),
  CONN_LIMIT(6, "connLimit"),
  RATE_LIMIT(7, "rateLimit"),
  NO_PEER(8, "noPeer"),
  NO_REAL(9, "noReal"),
  QUORUM_LOST(10, "quorumLost"),
  NO_SCHEDULER(11, "noScheduler"),
  NO_FORWARDER(12, "noForwarder"),
  WARMUP(13, "warmup"),
  FLAP_HOLD(14, "flapHold"),
  ADDRESS_CONFLICT(15, "addressConflict"),
  CONFIG_ERROR(16, "configError"),
  RESOURCE(17, "resource"),
  DEPENDENCY(18, "dependency"),
  /** Connections to it were refused, reset or timed out, as the forwarding plane saw it. */
  CONNECT_FAILED(19, "connectFailed"),
  /** It came back, and waits for the operator. */
  MANUAL_RESUME(20, "manualResume"),
  /** It failed or dawdled so much more than others that it is left alone for a while. */
  OUTLIER(21, "outlier"),
  /** A file in the maintenance folder says so. */
  MAINTENANCE(22, "maintenance"),
  OTHER(99, "other");

  private final int code;
  private final String word;

  Reason(int code, String word) {
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
