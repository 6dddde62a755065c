package org.strowger.failover;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the bundle tells its successor in the same process: which instances are active. A file, as a
 * bundle that goes leaves nothing else; its first line is the process, so that a director that was
 * killed does not take itself for active when it comes back.
 */
final class HandOver {
  private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);

  /** After so long the others have taken over. */
  private static final long FRESH_NANOS = Engine.PAUSE.toNanos();

  private final Path file;
  private final String process;

  HandOver(Path state) {
    file = state.resolve("failover.handover");
    ProcessHandle self = ProcessHandle.current();
    process = self.pid() + " " + self.info().startInstant().map(Object::toString).orElse("");
  }

  void write(Set<String> active) {
    List<String> lines = new ArrayList<>();
    lines.add(process);
    lines.add(Long.toString(System.nanoTime()));
    lines.addAll(active);
    try {
      Files.write(file, lines, StandardCharsets.UTF_8);
    } catch (IOException e) {
      LOG.atError().setCause(e).log("{} is not written: the successor begins as backup", file);
    }
  }

  /** The active ones, once. */
  Set<String> take() {
    try {
      if (!Files.exists(file)) {
        return Set.of();
      }
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      Files.delete(file);
      boolean mine = lines.size() > 2 && lines.getFirst().equals(process);
      return mine && System.nanoTime() - Long.parseLong(lines.get(1)) < FRESH_NANOS
          ? new HashSet<>(lines.subList(2, lines.size()))
          : Set.of();
    } catch (IOException | NumberFormatException e) {
      LOG.atError().setCause(e).log("{} is not read: this director begins as backup", file);
      return Set.of();
    }
  }
}
