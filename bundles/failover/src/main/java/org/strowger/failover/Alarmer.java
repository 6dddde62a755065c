package org.strowger.failover;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmType;
import org.strowger.api.Director;

/** Tells the director what is an alarm, when it is another than before. Of the thread failover. */
final class Alarmer {
  private static final String REPORTER = "failover";

  private List<AlarmCondition> reported = List.of();
  private @Nullable Director reportedTo;

  /**
   * @param unavailable why this director cannot take part, if it cannot
   */
  void tell(Director director, Optional<String> unavailable, @Nullable VrrpThread running) {
    List<AlarmCondition> now =
        unavailable
            .map(why -> new AlarmCondition(AlarmType.FAILOVER_UNAVAILABLE, "director", why))
            .map(List::of)
            .orElseGet(() -> running == null ? List.of() : running.conditions());
    if (!(now.equals(reported) && director.equals(reportedTo))) {
      director.report(REPORTER, now);
      reported = now;
      reportedTo = director;
    }
  }
}
