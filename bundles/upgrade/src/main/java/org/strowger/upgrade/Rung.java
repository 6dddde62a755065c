package org.strowger.upgrade;

/** The rungs of the ladder of escalation, the mildest first; what each costs stands beside it. */
enum Rung {
  /** The components of the bundle are deactivated and activated anew: milliseconds. */
  COMPONENT("component"),
  /** The bundle is stopped, gets a new class loader and is started: a fifth of a second. */
  BUNDLE("bundle"),
  /** The bundle is stopped and stays so until another version comes or the process starts anew. */
  QUARANTINE("quarantine"),
  /** The framework ends with its process, whose supervisor starts it anew. */
  FRAMEWORK("framework"),
  /**
   * Another director that is heard takes the addresses; if it does not, or is lost later, they come
   * back by themselves.
   */
  PEER("peer"),
  /** The operating system is started anew. */
  REBOOT("reboot");

  final String word;

  Rung(String word) {
    this.word = word;
  }

  /** Whether it concerns more than one bundle: the process, or the machine. */
  boolean ofNode() {
    return compareTo(QUARANTINE) > 0;
  }
}
