package org.strowger.failover;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What signed adverts need to be known after a restart: the number of this director's last session,
 * and the last advert that was heard of each sender. An advert recorded since that was written may
 * be played again to a director that was killed, but for no longer than it was recorded.
 */
final class Memory {
  private static final Logger LOG = LoggerFactory.getLogger(Memory.class);

  /** More lines than there could be are damage. */
  private static final int MAX_LINES = 10_000;

  private static final String SESSION = "session";

  private final Path file;
  private Map<VirtualRouter, Map<InetAddress, Guard.Mark>> heard = new LinkedHashMap<>();
  private long session;

  /**
   * @param state the state folder
   */
  Memory(Path state) {
    file = state.resolve("failover.heard");
    read();
  }

  /** Of each virtual router; who went first stands first. */
  Map<VirtualRouter, Map<InetAddress, Guard.Mark>> heard() {
    return heard;
  }

  /** A new session, greater than all before; should the file be lost, the clock makes it so. */
  long nextSession() {
    session = Math.max(session + 1, System.currentTimeMillis());
    write(heard);
    return session;
  }

  private Path folder() {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "the state folder");
  }

  private void read() {
    if (!Files.exists(file)) {
      return;
    }
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      if (lines.size() > MAX_LINES) {
        throw new IOException("it has more than " + MAX_LINES + " lines");
      }
      for (String line : lines) {
        read(line.split(" "));
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.atError().setCause(e).log("{} is damaged: older adverts may be taken once more", file);
    }
  }

  private void read(String... words) {
    if (words.length == 2 && words[0].equals(SESSION)) {
      session = Long.parseLong(words[1]);
    } else if (words.length == 4) {
      heard
          .computeIfAbsent(VirtualRouter.read(words[0]), _ -> new HashMap<>())
          .put(
              InetAddress.ofLiteral(words[1]),
              new Guard.Mark(Long.parseLong(words[2]), Long.parseLong(words[3])));
    } else {
      throw new IllegalArgumentException("a line of " + words.length + " words");
    }
  }

  /**
   * Keeps this instead of what was kept. Durable when this returns, unless the log says otherwise.
   *
   * @param now of all instances; if there is none yet, what was kept stays
   */
  void write(Map<VirtualRouter, Map<InetAddress, Guard.Mark>> now) {
    if (!now.isEmpty()) {
      heard = now;
    }
    List<String> lines = new ArrayList<>();
    lines.add(SESSION + " " + session);
    heard.forEach(
        (router, marks) ->
            marks.forEach(
                (source, mark) ->
                    lines.add(
                        "%s %s %d %d"
                            .formatted(
                                router.word(),
                                source.getHostAddress(),
                                mark.session(),
                                mark.number()))));
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(next, lines, StandardCharsets.UTF_8);
      try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel folder = FileChannel.open(folder(), StandardOpenOption.READ)) {
        folder.force(true); // its new name is on the disk too
      }
    } catch (IOException e) {
      LOG.atError().setCause(e).log("{} is not written", file);
    }
  }
}
