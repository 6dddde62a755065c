package org.strowger.director;

import static org.strowger.director.Key.branch;
import static org.strowger.director.Key.named;
import static org.strowger.director.Key.required;
import static org.strowger.director.Key.withDefault;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.strowger.api.Configuration;
import org.strowger.api.KeyPath;
import org.strowger.api.Performance.ObjectClass;
import org.strowger.api.Performance.ObjectId;
import org.strowger.api.PerformanceCounter;
import org.strowger.api.PerformanceSettings;
import org.strowger.api.PerformanceSettings.Threshold;
import org.strowger.api.Pool;
import org.strowger.api.Severity;
import org.strowger.api.Violation;

/** The part of the {@link Shape} that is about bins and thresholds, and how it is read. */
final class PerformanceShape {
  /** Most thresholds. */
  static final int MAX_THRESHOLDS = 100;

  /** Largest value of a threshold. */
  private static final long LARGEST = 1_000_000_000_000_000L;

  /** A class, two names of 32 characters, and what is between. */
  private static final int OBJECT_CHARS = 80;

  private PerformanceShape() {}

  static Key.Branch performance() {
    return branch(
        "What is measured in bins of 15 minutes and of 24 hours.",
        "realServers",
        withDefault(Type.yesOrNo(), true, "false: the director and its virtual services only."),
        "thresholds",
        named("Values of a bin of 15 minutes that raise an alarm.", MAX_THRESHOLDS, threshold()));
  }

  private static Key.Branch threshold() {
    return branch(
        "Raised as soon as a bin reaches rising; cleared when a whole one ends at falling or less.",
        "object",
        required(
            Type.text(OBJECT_CHARS),
            "director, service=NAME or real=POOL/NAME; * in the place of the name: every one."),
        "counter",
        required(Type.word(PerformanceCounter.class), "What is compared."),
        "rising",
        required(Type.integer(1, LARGEST, ""), "Raised at this and above."),
        "falling",
        required(Type.integer(0, LARGEST, ""), "Cleared at this and below."),
        "severity",
        withDefault(Type.severity(), Severity.MINOR.word(), "Of the alarm thresholdCrossed."));
  }

  static PerformanceSettings read(Section section) {
    return new PerformanceSettings(
        section.get("realServers", Boolean.class),
        section.entries("thresholds", PerformanceShape::threshold));
  }

  private static Threshold threshold(String name, Section section) {
    return new Threshold(
        name,
        section.get("object", String.class),
        section.get("counter", PerformanceCounter.class),
        section.get("rising", Long.class),
        section.get("falling", Long.class),
        section.get("severity", Severity.class));
  }

  /** What a threshold is about must be there, and it must be able to end. */
  static void check(Configuration wanted, Consumer<Violation> violations) {
    Map<String, Threshold> thresholds = wanted.management().performance().thresholds();
    for (Threshold each : thresholds.values()) {
      KeyPath path = KeyPath.of("management", "performance", "thresholds", each.name());
      if (each.falling() > each.rising()) {
        violations.accept(
            Violation.of(
                path.child("falling"),
                each.falling(),
                "at most rising, which is " + each.rising()));
      }
      if (!exists(wanted, each.object())) {
        violations.accept(
            Violation.of(
                path.child("object"),
                each.object(),
                "director, service=NAME or real=POOL/NAME of what is configured, or * for NAME"));
      }
    }
  }

  private static boolean exists(Configuration wanted, String object) {
    int equals = object.indexOf('=');
    if (equals < 0) {
      return object.equals(new ObjectId(ObjectClass.DIRECTOR, "").toString());
    }
    String of = object.substring(0, equals);
    String name = object.substring(equals + 1);
    boolean service = of.equals(ObjectClass.SERVICE.word());
    boolean real = of.equals(ObjectClass.REAL.word());
    if (name.equals(PerformanceSettings.ANY)) {
      return service || real;
    }
    return service ? wanted.virtualServices().containsKey(name) : real && realExists(wanted, name);
  }

  private static boolean realExists(Configuration wanted, String name) {
    int slash = name.indexOf('/');
    Optional<Pool> pool =
        slash < 0
            ? Optional.empty()
            : Optional.ofNullable(wanted.pools().get(name.substring(0, slash)));
    return pool.filter(p -> p.realServers().containsKey(name.substring(slash + 1))).isPresent();
  }
}
