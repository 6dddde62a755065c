package org.strowger.api;

/**
 * The catalogue of alarms: conditions that need an operator and whose end the director detects
 * itself. Major and minor number identify a type for ever. Event types and probable causes are
 * those of IANA-ITU-ALARM-TC-MIB.
 */
public enum AlarmType {
  SERVICE_DOWN(
      1, 1, "serviceDown", Severity.CRITICAL, 3, 165, "Check the real servers of the pool."),
  SERVICE_DEGRADED(
      1, 2, "serviceDegraded", Severity.MINOR, 3, 532, "Check the real servers that are down."),
  PLUGIN_MISSING(
      1,
      5,
      "pluginMissing",
      Severity.CRITICAL,
      4,
      163,
      "Install or start the bundle that offers it."),
  LISTEN_FAILED(
      1, 6, "listenFailed", Severity.CRITICAL, 4, 163, "Free the address or change the service."),
  SCHEDULER_FAULTY(
      1,
      7,
      "schedulerFaulty",
      Severity.MAJOR,
      4,
      163,
      "Read the log; update the scheduler's bundle."),
  SERVICE_ON_BACKUP(
      1,
      3,
      "serviceOnBackup",
      Severity.MAJOR,
      3,
      77,
      "Check the real servers of the pool; the backup pool serves."),
  SERVICE_CONN_LIMIT(
      1,
      4,
      "serviceConnLimit",
      Severity.MINOR,
      3,
      541,
      "Raise the limit or find out who connects so much."),
  SERVICE_PANIC(
      1,
      8,
      "servicePanic",
      Severity.MAJOR,
      3,
      532,
      "Check the real servers: so few are healthy that all are used."),
  REAL_OVERLOADED(
      2,
      3,
      "realOverloaded",
      Severity.MINOR,
      3,
      202,
      "Add real servers or raise the upper threshold."),
  CONNECTION_LIMIT(
      4,
      4,
      "connectionLimit",
      Severity.MAJOR,
      4,
      541,
      "The director holds as many connections as it may: raise its limit or add a director."),
  RESOURCE_SHORT(
      4,
      11,
      "resourceShort",
      Severity.MAJOR,
      4,
      541,
      "Raise the limit that the text names, or find out what uses it up."),
  REAL_DOWN(2, 1, "realDown", Severity.MINOR, 2, 22, "Check the real server and the path to it."),
  REAL_FLAPPING(
      2,
      2,
      "realFlapping",
      Severity.WARNING,
      2,
      549,
      "Find out why it comes and goes; it stays down until it is quiet."),
  CHECK_STALLED(
      2,
      4,
      "checkStalled",
      Severity.MAJOR,
      4,
      164,
      "Check less often, shorten timeouts, or give the director more processors."),
  CHECK_FAULTY(
      2,
      5,
      "checkFaulty",
      Severity.MAJOR,
      4,
      163,
      "Read the log; mend the check's options or update the bundle that offers its type."),
  QUORUM_LOST(
      2,
      6,
      "quorumLost",
      Severity.MAJOR,
      3,
      77,
      "Check the real servers of the pool that are down."),
  HOOK_FAILED(
      5,
      6,
      "hookFailed",
      Severity.MINOR,
      4,
      545,
      "See what the hook's last run came to; mend its program, or the server of its URL."),
  HOOK_OVERFLOW(
      5,
      7,
      "hookOverflow",
      Severity.MINOR,
      4,
      537,
      "Events come faster than the hook takes them: make it quicker, or give it fewer events."),
  CERT_EXPIRING(
      7, 2, "certExpiring", Severity.MINOR, 10, 609, "Renew the certificate of the real server."),
  BUNDLE_FAILED(
      5, 1, "bundleFailed", Severity.MAJOR, 4, 545, "Read the log; install a working version."),
  STARTUP_DIFFERS(
      6, 1, "startupDiffers", Severity.WARNING, 4, 159, "Bring the file and what runs together."),
  APPLY_FAILED(6, 3, "applyFailed", Severity.MAJOR, 4, 159, "Mend what the violations name."),
  REVISION_DAMAGED(
      6, 4, "revisionDamaged", Severity.MAJOR, 4, 151, "Check the disk; compare what runs."),
  ALARM_TABLE_OVERFLOW(
      8, 3, "alarmTableOverflow", Severity.MAJOR, 4, 537, "Mend the cause of the many alarms.");

  private final int major;
  private final int minor;
  private final String word;
  private final Severity defaultSeverity;
  private final int eventType;
  private final int probableCause;
  private final String repairText;

  AlarmType(
      int major,
      int minor,
      String word,
      Severity defaultSeverity,
      int eventType,
      int probableCause,
      String repairText) {
    this.major = major;
    this.minor = minor;
    this.word = word;
    this.defaultSeverity = defaultSeverity;
    this.eventType = eventType;
    this.probableCause = probableCause;
    this.repairText = repairText;
  }

  public int major() {
    return major;
  }

  public int minor() {
    return minor;
  }

  /** Name of the type: {@code realDown}. */
  public String word() {
    return word;
  }

  public Severity defaultSeverity() {
    return defaultSeverity;
  }

  /** IANAItuEventType. */
  public int eventType() {
    return eventType;
  }

  /** IANAItuProbableCause. */
  public int probableCause() {
    return probableCause;
  }

  /** What the operator should do. */
  public String repairText() {
    return repairText;
  }
}
