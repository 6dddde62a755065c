package org.strowger.api;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A wanted hook: what is done outside the director when something happens.
 *
 * @param events it is run for
 * @param timeout of one try
 * @param retries further tries if one fails, 0 to 10; each a second later, then two, four, ...
 */
public record Hook(
    String name, Set<HookEvent> events, Action action, Duration timeout, int retries) {
  public Hook {
    events = Set.copyOf(events);
  }

  /** What is done. */
  public sealed interface Action {
    /**
     * A program is run, without a shell.
     *
     * @param command absolute path of the program, then its arguments
     */
    record Script(List<String> command) implements Action {
      public Script {
        command = List.copyOf(command);
      }
    }

    /**
     * The facts are posted as a JSON object.
     *
     * @param url of scheme http or https
     * @param tokenFile file with a bearer token in its first line; relative to the state folder
     */
    record Webhook(URI url, Optional<Path> tokenFile) implements Action {}
  }
}
