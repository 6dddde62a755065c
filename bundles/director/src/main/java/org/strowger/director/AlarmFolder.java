package org.strowger.director;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The alarms on the disk, in the folder {@code alarms} of the state folder. A file begins with all
 * there is, made whole under another name; then each step is appended and forced to the disk before
 * anybody is told of it. After {@link #MAX_STEPS} steps, or as many as the history is long, the
 * next file begins; the one before is kept until then. A process that is killed leaves whole lines
 * and perhaps half of a last one, which nobody was told of. The director's thread only.
 */
final class AlarmFolder implements AutoCloseable {
  /** Steps in a file, at least, before the next one begins. */
  static final int MAX_STEPS = 4_096;

  /**
   * How far the sequence goes on after something was lost: further than what could have been told,
   * so that no number is used twice.
   */
  static final long JUMP = 1_000_000;

  /** Bytes of a file that are read; the longest history is shorter. */
  private static final long MAX_BYTES = 64L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(AlarmFolder.class);
  private static final Pattern NAME = Pattern.compile("([0-9]{10})[.]log");
  private static final String DAMAGED = ".damaged";

  /** Told before each step of writing, by its name; a disk that fails there throws. */
  interface Step {
    void before(String name) throws IOException;
  }

  private final Path folder;
  private final Step step;
  private @Nullable FileChannel channel;
  private long number;
  private long steps;
  private long stepsAllowed = MAX_STEPS;
  private boolean behind;

  AlarmFolder(Path folder) {
    this(folder, name -> {});
  }

  AlarmFolder(Path folder, Step step) {
    this.folder = folder;
    this.step = step;
  }

  /** What is known from before; damaged files are set aside. */
  AlarmLines.State load() {
    boolean lost = false;
    try {
      for (long each : numbers()) {
        number = Math.max(number, each);
        AlarmFile read = AlarmFile.read(file(each), MAX_BYTES);
        if (read.damage() != null) {
          lost = true;
          setAside(each, read.damage());
        }
        if (read.state() != null) {
          return lost ? jumped(read.state()) : read.state();
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.atError().addKeyValue("folder", folder).setCause(e).log("alarms cannot be read");
      lost = true;
    }
    return lost ? jumped(AlarmLines.State.EMPTY) : AlarmLines.State.EMPTY;
  }

  private static AlarmLines.State jumped(AlarmLines.State state) {
    return new AlarmLines.State(
        AlarmTelling.after(state.sequence(), JUMP),
        AlarmTelling.after(state.lastRecord(), JUMP),
        AlarmTelling.after(state.lastIndex(), JUMP),
        state.resyncs(),
        state.changed(),
        state.active(),
        state.history());
  }

  private void setAside(long each, String damage) throws IOException {
    Path aside = folder.resolve(file(each).getFileName() + DAMAGED);
    Files.copy(file(each), aside, StandardCopyOption.REPLACE_EXISTING);
    LOG.atError()
        .addKeyValue("file", aside)
        .log("alarms on the disk are damaged, a copy is set aside: {}", damage);
  }

  /** Files that were set aside and are still there: for somebody to look at. */
  List<Path> damaged() {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + DAMAGED)) {
      files.forEach(found::add);
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException | RuntimeException e) {
      LOG.atWarn().addKeyValue("folder", folder).setCause(e).log("alarms cannot be listed");
    }
    return found;
  }

  /**
   * Appends these steps, or begins the next file with the whole state; durable when it returns.
   *
   * @throws IOException if they are not on the disk; the next call writes the whole state
   */
  void write(List<String> lines, AlarmLines.State state) throws IOException {
    FileChannel open = channel;
    try {
      if (open == null || behind || steps + lines.size() > stepsAllowed) {
        behind = true;
        begin(state);
        behind = false;
      } else {
        behind = true;
        step.before("append");
        append(open, text(lines));
        step.before("force");
        open.force(false);
        steps += lines.size();
        behind = false;
      }
    } catch (IOException e) {
      closeQuietly();
      throw e;
    }
  }

  private void begin(AlarmLines.State state) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Path temporary = folder.resolve("next.tmp");
    step.before("delete");
    Files.deleteIfExists(temporary);
    step.before("create");
    FileChannel next =
        FileChannel.open(
            temporary,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      step.before("write");
      append(next, whole(state));
      step.before("force");
      next.force(true);
      step.before("rename");
      Files.move(temporary, file(number + 1), StandardCopyOption.ATOMIC_MOVE);
      step.before("forceFolder");
      force(folder);
    } catch (IOException | RuntimeException e) {
      next.close();
      throw e;
    }
    closeQuietly();
    channel = next;
    number++;
    steps = 0;
    stepsAllowed = Math.max(MAX_STEPS, state.history().size());
    step.before("prune");
    prune();
  }

  private static String whole(AlarmLines.State state) {
    List<String> lines = new ArrayList<>();
    lines.add(AlarmLines.head(state));
    state.active().forEach(alarm -> lines.add(AlarmLines.active(alarm)));
    state.history().forEach(record -> lines.add(AlarmLines.record(AlarmLines.HISTORY, record)));
    lines.add(AlarmLines.line(AlarmLines.WHOLE));
    return text(lines);
  }

  private static String text(List<String> lines) {
    return String.join("\n", lines) + '\n';
  }

  private static void append(FileChannel to, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  private static void force(Path folder) throws IOException {
    try (FileChannel opened = FileChannel.open(folder, StandardOpenOption.READ)) {
      opened.force(true);
    }
  }

  /** Keeps this one and the one before. */
  private void prune() {
    try {
      List<Long> present = numbers();
      for (long old : present.subList(Math.min(2, present.size()), present.size())) {
        Files.deleteIfExists(file(old));
      }
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("folder", folder).setCause(e).log("old alarms not removed");
    }
  }

  /** Newest first. */
  private List<Long> numbers() throws IOException {
    List<Long> numbers = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path each : files) {
        Matcher matcher = NAME.matcher(each.getFileName().toString());
        if (matcher.matches()) {
          numbers.add(Long.parseLong(matcher.group(1)));
        }
      }
    } catch (NoSuchFileException none) {
      return List.of();
    }
    numbers.sort(Comparator.reverseOrder());
    return numbers;
  }

  private Path file(long each) {
    return folder.resolve("%010d.log".formatted(each));
  }

  private void closeQuietly() {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.atWarn().addKeyValue("folder", folder).setCause(e).log("alarms not closed");
      }
    }
  }

  @Override
  public void close() {
    closeQuietly();
  }
}
