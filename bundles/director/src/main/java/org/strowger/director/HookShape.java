package org.strowger.director;

import static org.strowger.director.Key.branch;
import static org.strowger.director.Key.optional;
import static org.strowger.director.Key.withDefault;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.strowger.api.Coded;
import org.strowger.api.HookEvent;

/** The part of the {@link Shape} that is about hooks. */
final class HookShape {
  /** Most hooks, and most that one thing refers to. */
  static final int MAX_HOOKS = 64;

  static final int MAX_HOOKS_OF_ONE = 16;

  private static final int MAX_ARGUMENTS = 32;
  private static final int MAX_TEXT = 1_024;

  /** What a hook is run for unless it says otherwise: all but alarms, which tell the same. */
  private static final Set<HookEvent> ALARMS =
      Set.of(HookEvent.ALARM_RAISED, HookEvent.ALARM_CHANGED, HookEvent.ALARM_CLEARED);

  private HookShape() {}

  static Key.Branch hook() {
    return branch(
        "A hook: what is done outside the director when something happens.",
        "command",
        optional(
            Type.texts(MAX_ARGUMENTS, MAX_TEXT),
            "A program by its absolute path, and its arguments; or url."),
        "url",
        optional(Type.webUrl(MAX_TEXT), "Where the facts are posted as a JSON object; or command."),
        "tokenFile",
        optional(Type.file(), "With url: file, readable by its owner only, with a bearer token."),
        "events",
        withDefault(
            Type.words(HookEvent.class),
            List.of(HookEvent.values()).stream()
                .filter(event -> !ALARMS.contains(event))
                .map(Coded::word)
                .toList(),
            "What it is run for."),
        "timeout",
        withDefault(
            Type.duration(Duration.ofMillis(100), Duration.ofMinutes(10)), "10s", "Of one try."),
        "retries",
        withDefault(
            Type.integer(0, 10, "times"), 1L, "Further tries if one fails, after 1 s, 2 s, 4 s."));
  }

  static Key.Leaf names(String when) {
    return withDefault(Type.names("hooks", MAX_HOOKS_OF_ONE), List.of(), "Hooks run " + when);
  }
}
