package org.strowger.upgrade;

import java.time.Duration;

/**
 * Something that is wrong with a bundle, or with the process as a whole.
 *
 * @param subject symbolic name of the bundle, or {@link #PROCESS}
 * @param why a sentence's end for people: {@code its component snmp is gone}
 */
record Fault(String subject, Kind kind, String why) {
  /** Not a bundle's name: those have no such word. */
  static final String PROCESS = "process";

  /** What it looks like from outside. */
  enum Kind {
    /** A bundle that should run does not. */
    DOWN,
    /** Its bundle runs, but a component that was ready is gone. */
    GONE,
    /** A thread of the bundle died of an exception. */
    THREW,
    /** Whoever calls it has shut it out after faults: traffic goes on without it. */
    SHUT_OUT,
    /** Memory that stays in use after collections. */
    MEMORY,
    /** Threads that wait for each other for ever: all a plug-in's, or anybody's. */
    DEADLOCK
  }

  /** The same fault at two looks, whatever is said of it. */
  String key() {
    return kind + " " + subject;
  }

  /** Whether no bundle is to blame, as far as can be seen from outside. */
  boolean ofProcess() {
    return subject.equals(PROCESS);
  }

  /** How long it must last before anything is done about it. */
  Duration hold(Budgets budgets) {
    return switch (kind) {
      case THREW -> Duration.ZERO; // is there at one moment only
      case SHUT_OUT -> budgets.grace(); // traffic goes on without it: no hurry
      default -> budgets.hold();
    };
  }
}
