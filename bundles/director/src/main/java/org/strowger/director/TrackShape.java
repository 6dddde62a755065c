package org.strowger.director;

import static org.strowger.director.Key.branch;
import static org.strowger.director.Key.optional;
import static org.strowger.director.Key.withDefault;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.strowger.api.KeyPath;
import org.strowger.api.Violation;
import org.strowger.api.VrrpTrack;
import org.strowger.api.VrrpTrack.Subject;

/** The part of the {@link Shape} that is about what failover tracks, and how it is read. */
final class TrackShape {
  private static final List<String> SUBJECTS =
      List.of("interface", "command", "file", "process", "virtualServices");
  private static final int MAX_ARGUMENTS = 32;
  private static final int MAX_TEXT = 512;

  /** Most virtual services that one track looks at. */
  private static final int MAX_SERVICES = 64;

  /** The kernel keeps so many characters of a program's name: /proc/PID/comm. */
  private static final int COMM = 15;

  private TrackShape() {}

  static Key.Branch track() {
    return branch(
        "Something an active director needs: one of %s.".formatted(String.join(", ", SUBJECTS)),
        "interface",
        optional(Type.text(15), "Network device that must be up and have a carrier."),
        "command",
        optional(
            Type.texts(MAX_ARGUMENTS, MAX_TEXT),
            "Program by its absolute path, and its arguments, that must end with exit code 0."),
        "file",
        optional(Type.file(), "File that must be there; relative to the state folder."),
        "process",
        optional(
            Type.text(COMM), "Program of which a process must run, as the kernel names it (comm)."),
        "virtualServices",
        optional(Type.names("virtual services", MAX_SERVICES), "None of them may be down."),
        "interval",
        withDefault(
            Type.duration(Duration.ofMillis(250), Duration.ofHours(1)), "1s", "Between looks."),
        "timeout",
        withDefault(
            Type.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
            "2s",
            "Of one run of the command."),
        "rise",
        withDefault(
            Type.integer(1, 255, "looks"), 1L, "Good ones in a row after which it is good."),
        "fall",
        withDefault(Type.integer(1, 255, "looks"), 1L, "Bad ones in a row after which it fails."));
  }

  static VrrpTrack read(String name, Section section) {
    return new VrrpTrack(
        name,
        subject(section),
        section.get("interval", Duration.class),
        section.get("timeout", Duration.class),
        section.integer("rise"),
        section.integer("fall"));
  }

  private static Subject subject(Section section) {
    return section
        .find("interface", String.class)
        .<Subject>map(Subject.Device::new)
        .or(() -> section.find("command", List.class).map(list -> new Subject.Script(texts(list))))
        .or(() -> section.find("file", Path.class).map(Subject.Present::new))
        .or(() -> section.find("process", String.class).map(Subject.Running::new))
        .or(
            () ->
                section
                    .find("virtualServices", List.class)
                    .map(list -> new Subject.Services(texts(list))))
        .orElseGet(() -> new Subject.Services(List.of())); // refused by one() below
  }

  private static List<String> texts(List<?> list) {
    return list.stream().map(String::valueOf).toList();
  }

  /** Each track looks at one thing, which only the tree as written shows. */
  static List<Violation> one(Map<String, Object> tree) {
    List<Violation> violations = new ArrayList<>();
    Trees.branch(Trees.branch(tree.get("vrrp")).get("tracks"))
        .forEach(
            (name, value) -> {
              List<String> written =
                  SUBJECTS.stream().filter(Trees.branch(value)::containsKey).toList();
              if (written.size() != 1) {
                violations.add(
                    Violation.of(
                        KeyPath.of("vrrp", "tracks", name),
                        written.isEmpty() ? "none" : String.join(", ", written),
                        "exactly one of " + String.join(", ", SUBJECTS)));
              }
            });
    return violations;
  }

  /** The program of a script track must be named so that no PATH decides which it is. */
  static Optional<String> relativeProgram(VrrpTrack track) {
    return track.subject() instanceof Subject.Script(var command)
            && !command.getFirst().startsWith("/")
        ? Optional.of(command.getFirst())
        : Optional.empty();
  }
}
