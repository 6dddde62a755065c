package org.strowger.configfile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Revision;
import org.strowger.api.RevisionStore;
import org.strowger.api.RevisionSummary;
import org.strowger.configfile.RevisionText.Decoded;

/**
 * The committed revisions, one file each: {@code 0000000007.yaml}. The newest whole one is the
 * truth. Called from one thread; guarded all the same, as readers of the history may come along.
 *
 * <p>The order of writing is what makes it safe: the whole text goes into a temporary file, is
 * forced to the disk, gets its name by an atomic rename, and the folder is forced to the disk. A
 * power cut at any point leaves the older revisions, and this one whole or not at all.
 */
final class RevisionFolder implements RevisionStore {
  /** Revisions that are kept. */
  static final int KEPT = 20;

  private static final Logger LOG = LoggerFactory.getLogger(RevisionFolder.class);
  private static final Pattern NAME = Pattern.compile("([0-9]{10,19})[.]yaml");

  /** A newer revision that was passed over, once its number is needed again. */
  private static final String ASIDE = ".aside";

  private static final Pattern ASIDE_NAME = Pattern.compile("([0-9]{10,19})[.]yaml[.]aside");

  private final Path folder;
  private final Map<Long, Known> known = new HashMap<>();

  /** A summary, and the file it was read from: as long as that is the same it need not be read. */
  private record Known(FileTime modified, long size, RevisionSummary summary) {}

  RevisionFolder(Path folder) {
    this.folder = folder;
  }

  @Override
  public synchronized Loaded load() {
    List<String> damaged = new ArrayList<>();
    try {
      for (long number : numbers(NAME)) {
        switch (decode(number)) {
          case Decoded.Whole(Revision revision) -> {
            return new Loaded(Optional.of(revision), damaged);
          }
          case Decoded.Damaged(String why) ->
              damaged.add("Revision " + number + " (" + file(number) + ") is damaged: " + why);
        }
      }
    } catch (IOException e) {
      damaged.add("The revisions in " + folder + " cannot be read: " + DurableFiles.reason(e));
    }
    return new Loaded(Optional.empty(), damaged);
  }

  @Override
  public synchronized void save(Revision revision) throws IOException {
    long number = revision.number();
    if (number < 1) {
      throw new IllegalArgumentException("revision " + number + ": expected 1 or more");
    }
    try {
      byte[] bytes = RevisionText.encode(revision);
      DurableFiles.createFolder(folder);
      setAsideNewerThan(number);
      DurableFiles.write(file(number), bytes);
    } catch (IOException e) {
      String why = DurableFiles.reason(e);
      throw new IOException("revision " + number + " not saved in " + folder + ": " + why, e);
    }
    remember(number, revision.summary());
    prune(revision);
  }

  @Override
  public synchronized List<RevisionSummary> list() {
    List<RevisionSummary> summaries = new ArrayList<>();
    try {
      for (long number : numbers(NAME)) {
        summary(number).ifPresent(summaries::add);
      }
    } catch (IOException e) {
      LOG.atError().addKeyValue("folder", folder).setCause(e).log("revisions cannot be read");
    }
    return summaries;
  }

  @Override
  public synchronized Optional<Revision> read(long number) {
    return decode(number) instanceof Decoded.Whole(Revision revision)
        ? Optional.of(revision)
        : Optional.empty();
  }

  private Optional<RevisionSummary> summary(long number) {
    Known before = known.get(number);
    try {
      if (before != null
          && before.size == Files.size(file(number))
          && before.modified.equals(Files.getLastModifiedTime(file(number)))) {
        return Optional.of(before.summary);
      }
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("file", file(number)).setCause(e).log("revision cannot be read");
      return Optional.empty();
    }
    Optional<RevisionSummary> summary = read(number).map(Revision::summary);
    summary.ifPresent(found -> remember(number, found));
    return summary;
  }

  private void remember(long number, RevisionSummary summary) {
    try {
      Path file = file(number);
      known.put(number, new Known(Files.getLastModifiedTime(file), Files.size(file), summary));
    } catch (IOException e) {
      // It is only not remembered: the next listing reads the file, and names what is wrong.
      LOG.atDebug().addKeyValue("revision", number).setCause(e).log("summary not remembered");
      known.remove(number);
    }
  }

  private Decoded decode(long number) {
    try (InputStream in = Files.newInputStream(file(number))) {
      byte[] bytes = in.readNBytes(Limits.REVISION.bytes() + RevisionText.HEADER_LENGTH + 1);
      return RevisionText.decode(bytes, number);
    } catch (IOException e) {
      return new Decoded.Damaged("it cannot be read: " + DurableFiles.reason(e));
    }
  }

  /** Numbers above this one were passed over; they must not come back as the newest. */
  private void setAsideNewerThan(long number) throws IOException {
    for (long newer : numbers(NAME)) {
      if (newer > number) {
        Path aside = folder.resolve(file(newer).getFileName() + ASIDE);
        Files.move(file(newer), aside, StandardCopyOption.REPLACE_EXISTING);
        known.remove(newer);
        LOG.atWarn()
            .addKeyValue("file", aside)
            .log("newer revision that was passed over is set aside");
      }
    }
  }

  /**
   * Keeps what a pending revision may have to go back to. The new revision is safe already: what
   * cannot be removed is only logged.
   */
  private void prune(Revision newest) {
    try {
      List<Long> kept = numbers(NAME);
      for (long old : kept.subList(Math.min(KEPT, kept.size()), kept.size())) {
        if (newest.pending().filter(p -> p.base() == old || p.revision() == old).isEmpty()) {
          Files.deleteIfExists(file(old));
          known.remove(old);
        }
      }
      List<Long> aside = numbers(ASIDE_NAME);
      for (long old : aside.subList(Math.min(KEPT, aside.size()), aside.size())) {
        Files.deleteIfExists(folder.resolve(file(old).getFileName() + ASIDE));
      }
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("folder", folder).setCause(e).log("old revisions not removed");
    }
  }

  /** Newest first; none if the folder is not there yet. */
  private List<Long> numbers(Pattern name) throws IOException {
    List<Long> numbers = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Matcher matcher = name.matcher(file.getFileName().toString());
        if (matcher.matches()) {
          numbers.add(Long.parseLong(matcher.group(1)));
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    numbers.sort(Comparator.reverseOrder());
    return numbers;
  }

  private Path file(long number) {
    return folder.resolve(String.format("%010d.yaml", number));
  }
}
