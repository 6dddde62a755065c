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
  /** Another director takes the addresses, and keeps them until an operator releases this one. */
  PEER("peer"),
  /** The operating system is started anew. */
  REBOOT("reboot");

  final String word;

  Rung(String word) {
    this.word = word;
  }
}
