package org.strowger.director;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmRecord;
import org.strowger.api.AlarmRecord.Kind;
import org.strowger.api.DirectorEvent;
import org.strowger.api.Severity;

/** Writes each alarm into the log as it is raised, changed and cleared, also in a storm. */
final class AlarmLog {
  private static final Logger LOG = LoggerFactory.getLogger("alarm");

  private AlarmLog() {}

  static void log(AlarmRecord record) {
    String what =
        switch (record.kind()) {
          case RAISE -> "raised";
          case CHANGE -> "changed";
          case CLEAR -> "cleared";
          case SHELVE -> "shelved";
          case UNSHELVE -> "unshelved";
          case ACKNOWLEDGE -> "acknowledged";
        };
    Alarm alarm = record.alarm();
    boolean grave = alarm.severity() == Severity.CRITICAL || alarm.severity() == Severity.MAJOR;
    boolean opens = record.kind() == Kind.RAISE || record.kind() == Kind.CHANGE;
    Level level = !opens ? Level.INFO : grave ? Level.ERROR : Level.WARN;
    LOG.atLevel(level)
        .addKeyValue("type", alarm.type().word())
        .addKeyValue("resource", alarm.resource())
        .addKeyValue("severity", alarm.severity().word())
        .addKeyValue("sequence", alarm.sequence())
        .addKeyValue("notified", record.notified())
        .log("{}: {}", what, alarm.text());
  }

  /** What is told of the list as a whole; a heartbeat is no news. */
  static void log(DirectorEvent event) {
    if (event instanceof DirectorEvent.AlarmNotice(DirectorEvent.Notice notice, var alarms)
        && notice != DirectorEvent.Notice.HEARTBEAT) {
      LOG.atInfo()
          .addKeyValue("active", alarms.count())
          .addKeyValue("sequence", alarms.sequence())
          .addKeyValue("suppressed", alarms.suppressed())
          .log("{}", notice.word());
    }
  }
}
