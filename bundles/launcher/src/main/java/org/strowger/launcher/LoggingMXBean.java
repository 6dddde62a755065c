package org.strowger.launcher;

import java.util.Map;

/** The levels of the log, changeable while the director runs; {@code org.strowger:type=Logging}. */
public interface LoggingMXBean {
  /** Loggers with a level of their own, and the root ({@code ROOT}). */
  Map<String, String> getLevels();

  /**
   * Sets the level of a logger from now until the next start.
   *
   * @param logger a logger's name, as in the log, or {@code ROOT}
   * @param level TRACE, DEBUG, INFO, WARN, ERROR or OFF; empty takes the level of the parent
   * @throws IllegalArgumentException when the level is none of these; nothing is changed
   */
  void setLevel(String logger, String level);
}
