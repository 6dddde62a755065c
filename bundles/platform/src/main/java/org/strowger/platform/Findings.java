package org.strowger.platform;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.strowger.api.AlarmCondition;
import org.strowger.api.AlarmType;
import org.strowger.api.Director;
import org.strowger.api.PlatformState;
import org.strowger.api.PlatformState.Certificate;
import org.strowger.api.Severity;
import org.strowger.api.TimeSyncState;

/**
 * What of the machine the director is to alarm: a clock that follows no time, certificates that
 * expire. Told when it changed. Used by the platform's measuring thread only.
 */
final class Findings {
  /** Days before a certificate expires from which it is an alarm. */
  static final int MINOR_DAYS = 30;

  /** Days before, from which it is a grave one. */
  static final int MAJOR_DAYS = 7;

  private static final String REPORTER = "platform";

  private List<AlarmCondition> reported = List.of();
  private @Nullable Director reportedTo;

  void tell(Director director, PlatformState state) {
    List<AlarmCondition> conditions = new ArrayList<>();
    if (state.timeSync().syncState() == TimeSyncState.UNSYNCED) {
      conditions.add(
          new AlarmCondition(
              AlarmType.TIME_UNSYNCED,
              "unit=clock",
              "the machine's clock follows no source of time"));
    }
    conditions.addAll(of(state.certificates()));
    if (!(conditions.equals(reported) && director.equals(reportedTo))) {
      director.report(REPORTER, conditions);
      reported = conditions;
      reportedTo = director;
    }
  }

  /** Those that expire soon, or have. */
  static List<AlarmCondition> of(List<Certificate> certificates) {
    return certificates.stream()
        .filter(each -> each.daysLeft() < MINOR_DAYS)
        .map(Findings::expiring)
        .toList();
  }

  /** Who is gone alarms nothing. */
  void withdraw(Director director) {
    if (!reported.isEmpty()) {
      director.report(REPORTER, List.of());
    }
  }

  private static AlarmCondition expiring(Certificate certificate) {
    long days = certificate.daysLeft();
    Severity severity =
        days < 0 ? Severity.CRITICAL : days < MAJOR_DAYS ? Severity.MAJOR : Severity.MINOR;
    String text =
        days < 0
            ? "the certificate of the %s has expired (%s)"
            : "the certificate of the %s expires on %s";
    return new AlarmCondition(
        AlarmType.CERT_EXPIRING,
        "certificate=" + certificate.name(),
        text.formatted(certificate.purpose(), certificate.notAfter()),
        severity);
  }
}
