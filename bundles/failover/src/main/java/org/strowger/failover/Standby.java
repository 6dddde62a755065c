package org.strowger.failover;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator put on standby, kept on the disk: a director that restarts in the middle of the
 * night must not take over what it was kept away from. One name a line.
 */
final class Standby {
  /** Instead of a name: all instances. */
  static final String ALL = "*";

  private static final Logger LOG = LoggerFactory.getLogger(Standby.class);

  /** More lines than instances could ever be are damage. */
  private static final int MAX_LINES = 1_000;

  private final Path file;

  /**
   * @param state the state folder
   */
  Standby(Path state) {
    file = state.resolve("failover.standby");
  }

  /** What is kept; if that cannot be read, all are on standby: that is what cannot do harm. */
  Set<String> read() {
    if (!Files.exists(file)) {
      return Set.of();
    }
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      return lines.size() > MAX_LINES ? Set.of(ALL) : Set.copyOf(new TreeSet<>(lines));
    } catch (IOException e) {
      LOG.atError()
          .setCause(e)
          .log("{} is not readable: the director stays on standby until released", file);
      return Set.of(ALL);
    }
  }

  /** Durable when this returns. */
  void write(Set<String> names) throws IOException {
    if (names.isEmpty()) {
      Files.deleteIfExists(file);
    } else {
      Path next = file.resolveSibling(file.getFileName() + ".new");
      byte[] bytes =
          (String.join("\n", new TreeSet<>(names)) + "\n").getBytes(StandardCharsets.UTF_8);
      Files.write(next, bytes, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
      force(next);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
    Path folder = file.getParent();
    if (folder != null) {
      force(folder);
    }
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
