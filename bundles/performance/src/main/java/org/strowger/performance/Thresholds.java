package org.strowger.performance;

import java.util.ArrayList;
import java.util.List;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmType;
import org.strowger.api.Director;
import org.strowger.api.Performance.Bin;
import org.strowger.api.Performance.History;
import org.strowger.api.Performance.ObjectId;
import org.strowger.api.PerformanceSettings.Threshold;

/**
 * Which thresholds are crossed, told from the bins alone: the answer is the same after a restart.
 */
final class Thresholds {
  private Thresholds() {}

  /** The conditions that hold; at most as many as the director takes. */
  static List<AlarmCondition> crossed(Iterable<Threshold> thresholds, List<History> histories) {
    List<AlarmCondition> conditions = new ArrayList<>();
    for (Threshold threshold : thresholds) {
      for (History history : histories) {
        boolean room = conditions.size() < Director.MAX_REPORTED - 1;
        if (room && threshold.covers(history.id()) && isCrossed(threshold, history)) {
          conditions.add(condition(threshold, history.id()));
        }
      }
    }
    return conditions;
  }

  private static AlarmCondition condition(Threshold threshold, ObjectId id) {
    // No number that moves: each change of the text would be a notification.
    String text =
        "%s reached %d in a bin of 15 minutes"
            .formatted(threshold.counter().word(), threshold.rising());
    return new AlarmCondition(
        AlarmType.THRESHOLD_CROSSED,
        resource(id) + ",threshold=" + threshold.name(),
        text,
        threshold.severity());
  }

  private static String resource(ObjectId id) {
    return switch (id.objectClass()) {
      case DIRECTOR -> "unit=director";
      case SERVICE -> "service=" + id.name();
      case REAL -> "pool=" + id.name().replace("/", ",real=");
    };
  }

  /** A suspect bin may raise, for it counted at least so much, but its numbers clear nothing. */
  private static boolean isCrossed(Threshold threshold, History history) {
    boolean crossed = false;
    for (Bin bin : history.intervals().reversed()) {
      long value = threshold.counter().in(bin);
      boolean over = value <= threshold.falling() && !bin.suspect();
      crossed = value >= threshold.rising() || (crossed && !over);
    }
    return crossed || threshold.counter().in(history.interval()) >= threshold.rising();
  }
}
