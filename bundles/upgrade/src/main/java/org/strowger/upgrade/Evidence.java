package org.strowger.upgrade;

/**
 * The keys of what the upgrade bundle tells the keeper of the director's health, in words of the
 * JDK: lists are words parted by blanks. No evidence is an empty map.
 */
final class Evidence {
  /** Virtual services that are down. */
  static final String DOWN = "down";

  /** Critical alarms, {@code type@resource}; those that upgrades raise themselves excepted. */
  static final String CRITICAL = "critical";

  /** Schedulers and types of checks that are used and that no bundle offers. */
  static final String MISSING = "missing";

  /** Forwarding planes that are there. */
  static final String PLANES = "planes";

  /** Doors of management that are configured and do not answer. */
  static final String SILENT = "silent";

  /** Connections that failed since the start: a number. */
  static final String LOST = "lost";

  private Evidence() {}
}
