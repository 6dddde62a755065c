package org.strowger.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Something that a director needs to be a good active one. Instances that track it lower their
 * priority, or give up, while it fails.
 *
 * @param interval between two looks at it
 * @param timeout of one run of a script
 * @param rise good looks in a row after which it is good
 * @param fall bad looks in a row after which it fails
 */
public record VrrpTrack(
    String name, Subject subject, Duration interval, Duration timeout, int rise, int fall) {
  /** Most tracks of one director. */
  public static final int MAX_TRACKS = 64;

  /** What is looked at. */
  public sealed interface Subject {
    /** Good while the network device is up and has a carrier. */
    record Device(String name) implements Subject {}

    /** Good if the program, by its absolute path, ends with exit code 0 in time. */
    record Script(List<String> command) implements Subject {
      public Script {
        command = List.copyOf(command);
      }
    }

    /** Good while the file is there. */
    record Present(Path file) implements Subject {}

    /** Good while a process of this program runs. */
    record Running(String program) implements Subject {}

    /** Good while none of these virtual services is down. */
    record Services(List<String> names) implements Subject {
      public Services {
        names = List.copyOf(names);
      }
    }
  }
}
