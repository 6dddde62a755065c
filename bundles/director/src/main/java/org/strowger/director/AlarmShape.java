package org.strowger.director;

import static org.strowger.director.Key.branch;
import static org.strowger.director.Key.named;
import static org.strowger.director.Key.optional;
import static org.strowger.director.Key.required;
import static org.strowger.director.Key.withDefault;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.strowger.api.AlarmProfile;
import org.strowger.api.AlarmSettings;
import org.strowger.api.AlarmShelf;
import org.strowger.api.AlarmType;
import org.strowger.api.Management;
import org.strowger.api.Severity;
import org.strowger.api.SyslogTransport;

/** The part of the {@link Shape} that is about alarms, and how it is read. */
final class AlarmShape {
  /** Most shelves. */
  static final int MAX_SHELVES = 100;

  /** Most syslog servers. */
  static final int MAX_SYSLOG = 8;

  /** Fewest and most records of the history. */
  static final long MIN_HISTORY = 100;

  static final long MAX_HISTORY = 10_000;

  private static final Duration LONGEST_DELAY = Duration.ofHours(1);
  private static final int RESOURCE_CHARS = 200;

  private AlarmShape() {}

  static Key.Branch alarms() {
    AlarmSettings standard = AlarmSettings.STANDARD;
    return branch(
        "How alarms are treated.",
        "history",
        withDefault(
            Type.integer(MIN_HISTORY, MAX_HISTORY, "records"),
            (long) standard.history(),
            "Records that are kept of alarms that came, changed and went."),
        "heartbeat",
        withDefault(
            heartbeat(),
            seconds(standard.heartbeat()),
            "Time between heartbeat notifications; 0s: none."),
        "throttle",
        branch(
            "Bounds notifications; what is beyond is suppressed and counted.",
            "rate",
            withDefault(
                Type.integer(1, 10_000, "notifications a second"),
                (long) standard.throttleRate(),
                "On average, at most."),
            "burst",
            withDefault(
                Type.integer(1, 100_000, "notifications"),
                (long) standard.throttleBurst(),
                "At once, at most.")),
        "profiles",
        profiles(),
        "shelves",
        named("Alarms that are put aside: listed, not notified.", MAX_SHELVES, shelf()));
  }

  private static Key.Branch profiles() {
    List<Object> keys = new ArrayList<>();
    for (AlarmType type : AlarmType.values()) {
      keys.add(type.word());
      keys.add(profile(type));
    }
    return branch("How alarms of each type are treated.", keys.toArray());
  }

  private static Key.Branch profile(AlarmType type) {
    AlarmProfile standard = type.defaultProfile();
    return branch(
        type.repairText(),
        "severity",
        withDefault(
            Type.severity(), standard.severity().word(), "Unless circumstances say otherwise."),
        "enabled",
        withDefault(Type.yesOrNo(), standard.enabled(), "false: never raised."),
        "raiseDelay",
        withDefault(delay(), seconds(standard.raiseDelay()), "So long it must hold first."),
        "clearDelay",
        withDefault(delay(), seconds(standard.clearDelay()), "So long it must be over first."),
        "flapCount",
        withDefault(
            Type.integer(0, 100, "transitions"),
            (long) standard.flapCount(),
            "Within flapWindow, then it stays until that is quiet; 0: never."),
        "flapWindow",
        withDefault(
            Type.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
            seconds(standard.flapWindow()),
            "In which transitions are counted."));
  }

  private static Type delay() {
    return Type.duration(Duration.ZERO, LONGEST_DELAY);
  }

  /** Between heartbeats: SNMP and JMX tell it in whole seconds, of which 0 is none. */
  static Type heartbeat() {
    Type any = Type.duration(Duration.ZERO, Duration.ofDays(1));
    return new Type(
        "0s, or a duration such as 30s or 5m from 1s to 86400s",
        raw ->
            any.read()
                .apply(raw)
                .filter(each -> each.equals(Duration.ZERO) || ((Duration) each).toSeconds() >= 1),
        any.schema());
  }

  private static String seconds(Duration duration) {
    return duration.toSeconds() + "s";
  }

  private static Key.Branch shelf() {
    return branch(
        "Alarms that are put aside.",
        "type",
        optional(Type.alarmType(), "Name of their type; without it all types."),
        "resource",
        withDefault(Type.text(RESOURCE_CHARS), "*", "Their resource; * stands for any text."),
        "until",
        optional(Type.moment(), "When it ends by itself; without it when it is removed."),
        "comment",
        optional(Type.text(RESOURCE_CHARS), "Why."));
  }

  static Key.Named syslog() {
    return named(
        "Syslog servers that are told of alarms and changes (RFC 5424).",
        MAX_SYSLOG,
        branch(
            "A syslog server.",
            "address",
            required(Type.address(), "Where it listens."),
            "port",
            withDefault(Type.port(), 514L, "Its port; with TLS it is 6514 as a rule."),
            "transport",
            withDefault(Type.word(SyslogTransport.class), "udp", "How messages travel."),
            "facility",
            withDefault(Type.integer(0, 23, "facility"), 16L, "16 to 23 are local0 to local7."),
            "trustFile",
            optional(Type.file(), "With TLS, certificates in PEM that are trusted.")));
  }

  /**
   * @param director the branch that says whether somebody works on this director
   */
  static AlarmSettings read(Section section, Section director) {
    Section throttle = section.section("throttle");
    Section profiles = section.section("profiles");
    Map<AlarmType, AlarmProfile> read = new EnumMap<>(AlarmType.class);
    for (AlarmType type : AlarmType.values()) {
      read.put(type, profile(profiles.section(type.word())));
    }
    return new AlarmSettings(
        section.integer("history"),
        section.get("heartbeat", Duration.class),
        throttle.integer("rate"),
        throttle.integer("burst"),
        read,
        section.entries("shelves", AlarmShape::shelf),
        director.get("maintenance", Boolean.class));
  }

  private static AlarmProfile profile(Section section) {
    return new AlarmProfile(
        section.get("severity", Severity.class),
        section.get("enabled", Boolean.class),
        section.get("raiseDelay", Duration.class),
        section.get("clearDelay", Duration.class),
        section.integer("flapCount"),
        section.get("flapWindow", Duration.class));
  }

  private static AlarmShelf shelf(String name, Section section) {
    return new AlarmShelf(
        name,
        section.find("type", AlarmType.class),
        section.get("resource", String.class),
        section.find("until", Instant.class),
        section.find("comment", String.class).orElse(""));
  }

  static Management.SyslogTarget syslog(String name, Section section) {
    return new Management.SyslogTarget(
        name,
        section.get("address", InetAddress.class),
        section.integer("port"),
        section.get("transport", SyslogTransport.class),
        section.integer("facility"),
        section.find("trustFile", Path.class));
  }
}
