package org.strowger.failover;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Coded;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverState;
import org.strowger.api.SwitchReason;

/**
 * The last changes to or from the active role, kept over updates and restarts: who looks in the
 * morning wants to know what moved in the night. A line each, newest first. A line that cannot be
 * read is left out. Not forced to the disk: it is not worth a pause in the middle of a switch.
 */
final class History {
  private static final Logger LOG = LoggerFactory.getLogger(History.class);
  private static final String NOBODY = "-";
  private static final int WORDS = 8;

  private final Path file;

  /**
   * @param state the state folder
   */
  History(Path state) {
    file = state.resolve("failover.switches");
  }

  List<FailoverState.Switch> read() {
    List<FailoverState.Switch> switches = new ArrayList<>();
    if (!Files.exists(file)) {
      return switches;
    }
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        if (switches.size() < FailoverState.MAX_SWITCHES) {
          read(line).ifPresent(switches::add);
        }
      }
    } catch (IOException e) {
      LOG.atError().setCause(e).log("{} is not read: the history of switches begins anew", file);
    }
    return switches;
  }

  private Optional<FailoverState.Switch> read(String line) {
    String[] words = line.split(" ");
    try {
      if (words.length != WORDS) {
        throw new IllegalArgumentException("it has " + words.length + " words");
      }
      return Optional.of(
          new FailoverState.Switch(
              Long.parseLong(words[0]),
              Instant.parse(words[1]),
              words[2],
              Coded.byWord(DirectorRole.class, words[3]).orElseThrow(),
              Coded.byWord(DirectorRole.class, words[4]).orElseThrow(),
              Coded.byWord(SwitchReason.class, words[5]).orElseThrow(),
              words[6].equals(NOBODY)
                  ? Optional.empty()
                  : Optional.of(InetAddress.ofLiteral(words[6])),
              Long.parseLong(words[7])));
    } catch (IllegalArgumentException | DateTimeException | NoSuchElementException damaged) {
      LOG.warn("a line of {} is left out: {}", file, damaged.getMessage());
      return Optional.empty();
    }
  }

  void write(List<FailoverState.Switch> switches) {
    List<String> lines = switches.stream().map(History::line).toList();
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(next, lines, StandardCharsets.UTF_8);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.atError().setCause(e).log("{} is not written", file);
    }
  }

  private static String line(FailoverState.Switch each) {
    return String.join(
        " ",
        Long.toString(each.number()),
        each.time().toString(),
        each.instance(),
        each.from().word(),
        each.to().word(),
        each.reason().word(),
        each.peer().map(InetAddress::getHostAddress).orElse(NOBODY),
        Long.toString(each.durationMillis()));
  }
}
