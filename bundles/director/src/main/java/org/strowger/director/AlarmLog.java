package org.strowger.director;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.strowger.api.Alarm;
import org.strowger.api.DirectorEvent;
import org.strowger.api.Severity;

/** Writes each alarm into the log as it is raised, changed and cleared. */
final class AlarmLog {
  private static final Logger LOG = LoggerFactory.getLogger("alarm");

  private AlarmLog() {}

  static void log(DirectorEvent event) {
    switch (event) {
      case DirectorEvent.AlarmRaised raised -> line("raised", raised.alarm());
      case DirectorEvent.AlarmChanged changed -> line("changed", changed.alarm());
      case DirectorEvent.AlarmCleared cleared -> line("cleared", cleared.alarm());
      case DirectorEvent.RevisionCommitted _, DirectorEvent.StateChanged _ -> {}
    }
  }

  private static void line(String what, Alarm alarm) {
    boolean grave = alarm.severity() == Severity.CRITICAL || alarm.severity() == Severity.MAJOR;
    Level level = what.equals("cleared") ? Level.INFO : grave ? Level.ERROR : Level.WARN;
    LOG.atLevel(level)
        .addKeyValue("type", alarm.type().word())
        .addKeyValue("resource", alarm.resource())
        .addKeyValue("severity", alarm.severity().word())
        .addKeyValue("sequence", alarm.sequence())
        .log("{}: {}", what, alarm.text());
  }
}
