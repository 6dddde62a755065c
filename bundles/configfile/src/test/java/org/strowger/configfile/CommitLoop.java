package org.strowger.configfile;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.Revision;

/**
 * A process that commits one revision after the other, and says so after each, until it is killed.
 */
final class CommitLoop {
  private static final int REAL_SERVERS = 500;

  private CommitLoop() {}

  /**
   * Commits without end.
   *
   * @param arguments the folder of revisions
   */
  public static void main(String[] arguments) throws IOException {
    RevisionFolder store = new RevisionFolder(Path.of(arguments[0]));
    long number = store.load().revision().map(Revision::number).orElse(0L);
    say("begins after " + number);
    while (true) {
      number++;
      store.save(revision(number));
      say("committed " + number);
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush(); // it may go to a file
  }

  /** All of its weights are its number: what is mixed shows. */
  static Revision revision(long number) {
    Map<String, Object> reals =
        IntStream.range(0, REAL_SERVERS)
            .boxed()
            .collect(Collectors.toMap(i -> "r" + i, i -> Map.of("weight", number)));
    return new Revision(
        number,
        Instant.EPOCH,
        new Origin(OriginKind.SNMP, "noc", "127.0.0.1:1"),
        "number " + number,
        Map.of("pools", Map.of("web", Map.of("realServers", reals))),
        Optional.empty());
  }
}
