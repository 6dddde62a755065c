package org.strowger.api;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The catalogue of alarms: conditions that need an operator and whose end the director detects
 * itself. Major and minor number identify a type for ever. Event types and probable causes are
 * those of IANA-ITU-ALARM-TC-MIB.
 */
public enum AlarmType {
  SERVICE_DOWN(
      1, 1, "serviceDown", Severity.CRITICAL, 3, 165, 0, 5, "Check the real servers of the pool."),
  SERVICE_DEGRADED(
      1,
      2,
      "serviceDegraded",
      Severity.MINOR,
      3,
      532,
      5,
      10,
      "Check the real servers that are down."),
  SERVICE_ON_BACKUP(
      1,
      3,
      "serviceOnBackup",
      Severity.MAJOR,
      3,
      77,
      0,
      10,
      "Check the real servers of the pool; the backup pool serves."),
  SERVICE_CONN_LIMIT(
      1,
      4,
      "serviceConnLimit",
      Severity.MINOR,
      3,
      541,
      10,
      30,
      "Raise the limit or find out who connects so much."),
  PLUGIN_MISSING(
      1,
      5,
      "pluginMissing",
      Severity.CRITICAL,
      4,
      163,
      2,
      0,
      "Install or start the bundle that offers it."),
  LISTEN_FAILED(
      1,
      6,
      "listenFailed",
      Severity.CRITICAL,
      4,
      163,
      0,
      0,
      "Free the address or change the service."),
  SCHEDULER_FAULTY(
      1,
      7,
      "schedulerFaulty",
      Severity.MAJOR,
      4,
      163,
      0,
      0,
      "Read the log; update the scheduler's bundle."),
  SERVICE_PANIC(
      1,
      8,
      "servicePanic",
      Severity.MAJOR,
      3,
      532,
      0,
      10,
      "Check the real servers: so few are healthy that all are used."),
  REAL_DOWN(
      2, 1, "realDown", Severity.MINOR, 2, 22, 0, 0, "Check the real server and the path to it."),
  REAL_FLAPPING(
      2,
      2,
      "realFlapping",
      Severity.WARNING,
      2,
      549,
      0,
      0,
      "Find out why it comes and goes; it stays down until it is quiet."),
  REAL_OVERLOADED(
      2,
      3,
      "realOverloaded",
      Severity.MINOR,
      3,
      202,
      10,
      30,
      "Add real servers or raise the upper threshold."),
  CHECK_STALLED(
      2,
      4,
      "checkStalled",
      Severity.MAJOR,
      4,
      164,
      10,
      0,
      "Check less often, shorten timeouts, or give the director more processors."),
  CHECK_FAULTY(
      2,
      5,
      "checkFaulty",
      Severity.MAJOR,
      4,
      163,
      0,
      0,
      "Read the log; mend the check's options or update the bundle that offers its type."),
  QUORUM_LOST(
      2,
      6,
      "quorumLost",
      Severity.MAJOR,
      3,
      77,
      0,
      0,
      "Check the real servers of the pool that are down."),
  PEER_UNREACHABLE(
      3,
      1,
      "peerUnreachable",
      Severity.MAJOR,
      2,
      77,
      0,
      5,
      "Check the other director and the link to it: nobody would take over from this one."),
  SPLIT_BRAIN(
      3,
      2,
      "splitBrain",
      Severity.CRITICAL,
      5,
      81,
      0,
      5,
      "Two directors are active: check the link between them, one does not hear the other."),
  FAILOVER_UNAVAILABLE(
      3,
      7,
      "failoverUnavailable",
      Severity.CRITICAL,
      4,
      545,
      0,
      0,
      "Do what the text says: until then this director takes over from nobody."),
  ADDRESS_CONFLICT(
      3,
      5,
      "addressConflict",
      Severity.CRITICAL,
      2,
      57,
      0,
      60,
      "Find the station that uses the address or the virtual router's number, and take it away."),
  FORCED_STANDBY(
      3,
      6,
      "forcedStandby",
      Severity.WARNING,
      5,
      82,
      0,
      0,
      "Release the director when the work on it is done: it takes over from nobody until then."),
  ADVERT_FORGED(
      3,
      8,
      "advertForged",
      Severity.MAJOR,
      10,
      600,
      0,
      60,
      "Find the station that sends them; if it is a director of yours, give it the key."),
  TRACK_FAILED(
      3,
      9,
      "trackFailed",
      Severity.MAJOR,
      4,
      545,
      0,
      5,
      "Mend what the text names: until then another director is the better active one."),
  SYNC_DEGRADED(
      3,
      3,
      "syncDegraded",
      Severity.MAJOR,
      4,
      77,
      10,
      30,
      "Mend what the text names: at a switch, connections may be lost until then."),
  HOOK_FAILED(
      5,
      6,
      "hookFailed",
      Severity.MINOR,
      4,
      545,
      0,
      0,
      "See what the hook's last run came to; mend its program, or the server of its URL."),
  HOOK_OVERFLOW(
      5,
      7,
      "hookOverflow",
      Severity.MINOR,
      4,
      537,
      0,
      0,
      "Events come faster than the hook takes them: make it quicker, or give it fewer events."),
  CONNECTION_LIMIT(
      4,
      4,
      "connectionLimit",
      Severity.MAJOR,
      4,
      541,
      5,
      30,
      "The director holds as many connections as it may: raise its limit or add a director."),
  TIME_UNSYNCED(
      4,
      6,
      "timeUnsynced",
      Severity.MINOR,
      5,
      70,
      300,
      60,
      "Check the service that keeps the machine's clock (chrony) and the path to its servers."),
  RESOURCE_SHORT(
      4,
      11,
      "resourceShort",
      Severity.MAJOR,
      4,
      541,
      0,
      0,
      "Raise the limit that the text names, or find out what uses it up."),
  BUNDLE_FAILED(
      5,
      1,
      "bundleFailed",
      Severity.MAJOR,
      4,
      545,
      5,
      0,
      "Read the log; install a working version."),
  UPGRADE_UNCOMMITTED(
      5,
      2,
      "upgradeUncommitted",
      Severity.WARNING,
      4,
      159,
      0,
      0,
      "Commit the upgrade or roll it back; it is taken back by itself when its trial is over."),
  UPGRADE_ROLLED_BACK(
      5,
      3,
      "upgradeRolledBack",
      Severity.MAJOR,
      4,
      156,
      0,
      0,
      "Read why in the history of upgrades; clear it, or stage a better package."),
  INTEGRITY_FAILURE(
      5,
      4,
      "integrityFailure",
      Severity.CRITICAL,
      7,
      607,
      0,
      0,
      "Find out where the package or file came from; stage one that a trusted key signed."),
  SUPERVISION_ACTED(
      5,
      5,
      "supervisionActed",
      Severity.MAJOR,
      4,
      545,
      0,
      0,
      "Read why in the text and the log; install a working version of the bundle it names."),
  STARTUP_DIFFERS(
      6,
      1,
      "startupDiffers",
      Severity.WARNING,
      4,
      159,
      300,
      0,
      "Bring the file and what runs together."),
  CONFIRM_PENDING(
      6,
      2,
      "confirmPending",
      Severity.WARNING,
      4,
      159,
      0,
      0,
      "Confirm the revision, or it is taken back by itself when its time is over."),
  APPLY_FAILED(6, 3, "applyFailed", Severity.MAJOR, 4, 159, 0, 0, "Mend what the violations name."),
  REVISION_DAMAGED(
      6, 4, "revisionDamaged", Severity.MAJOR, 4, 151, 0, 0, "Check the disk; compare what runs."),
  MAINTENANCE(
      6,
      5,
      "maintenance",
      Severity.WARNING,
      4,
      159,
      0,
      0,
      "Set director.maintenance to false when the work is done: other alarms are shelved."),
  AUTH_FAILURES(
      7,
      1,
      "authFailures",
      Severity.WARNING,
      10,
      614,
      10,
      60,
      "Find out who tries at the source that the text names: shut it out, or mend its user, keys"
          + " or certificate."),
  CERT_EXPIRING(
      7,
      2,
      "certExpiring",
      Severity.MINOR,
      10,
      609,
      0,
      10, // bridges an update of the bundle that looks
      "Renew the certificate that the text names."),
  SECRET_MISSING(
      7,
      5,
      "secretMissing",
      Severity.MINOR,
      10,
      600,
      5,
      0,
      "Put the file that the text names in its place, for its owner only; until then the user cannot log in, or adverts are not signed."),
  TRAP_TARGET_UNREACHABLE(
      8,
      1,
      "trapTargetUnreachable",
      Severity.MINOR,
      2,
      206,
      60,
      10,
      "Check the manager and the path to it; what it missed is sent again."),
  SYSLOG_UNREACHABLE(
      8,
      2,
      "syslogUnreachable",
      Severity.MINOR,
      2,
      206,
      60,
      10,
      "Check the syslog server and the path to it."),
  ALARM_TABLE_OVERFLOW(
      8,
      3,
      "alarmTableOverflow",
      Severity.MAJOR,
      4,
      537,
      0,
      60,
      "Mend the cause of the many alarms."),
  ALARM_STORE_DAMAGED(
      8,
      4,
      "alarmStoreDamaged",
      Severity.MAJOR,
      4,
      151,
      0,
      0,
      "Check the disk; move away the file that the text names when you have looked at it."),

  THRESHOLD_CROSSED(
      9,
      1,
      "thresholdCrossed",
      Severity.MINOR,
      3,
      549,
      0,
      10, // bridges an update of the bundle that measures
      "Compare with the bins before; add capacity, or set the threshold anew.");

  /** Transitions within {@link #FLAP_WINDOW} that make an alarm flap, unless configured. */
  public static final int FLAP_COUNT = 10;

  /** Window in which transitions are counted, unless configured. */
  public static final Duration FLAP_WINDOW = Duration.ofMinutes(5);

  private final int major;
  private final int minor;
  private final String word;
  private final Severity defaultSeverity;
  private final int eventType;
  private final int probableCause;
  private final int raiseSeconds;
  private final int clearSeconds;
  private final String repairText;

  AlarmType(
      int major,
      int minor,
      String word,
      Severity defaultSeverity,
      int eventType,
      int probableCause,
      int raiseSeconds,
      int clearSeconds,
      String repairText) {
    this.major = major;
    this.minor = minor;
    this.word = word;
    this.defaultSeverity = defaultSeverity;
    this.eventType = eventType;
    this.probableCause = probableCause;
    this.raiseSeconds = raiseSeconds;
    this.clearSeconds = clearSeconds;
    this.repairText = repairText;
  }

  /** The type with this name, or empty. */
  public static Optional<AlarmType> byWord(String word) {
    return Arrays.stream(values()).filter(type -> type.word.equals(word)).findFirst();
  }

  /** The type with these numbers, or empty. */
  public static Optional<AlarmType> byNumbers(int major, int minor) {
    return Stream.of(values()).filter(t -> t.major == major && t.minor == minor).findFirst();
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

  /** How it is treated unless the configuration says otherwise. */
  public AlarmProfile defaultProfile() {
    return new AlarmProfile(
        defaultSeverity,
        true,
        Duration.ofSeconds(raiseSeconds),
        Duration.ofSeconds(clearSeconds),
        FLAP_COUNT,
        FLAP_WINDOW);
  }
}
