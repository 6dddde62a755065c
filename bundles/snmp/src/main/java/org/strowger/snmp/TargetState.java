package org.strowger.snmp;

/** How the last notification to a target fared: StgTargetState. */
enum TargetState {
  UNTESTED(1),
  OK(2),
  UNREACHABLE(3);

  private final int code;

  TargetState(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
