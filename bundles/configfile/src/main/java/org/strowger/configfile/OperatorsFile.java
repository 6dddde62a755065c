package org.strowger.configfile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.Director;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.Revision;
import org.strowger.api.RevisionStore;
import org.strowger.api.StartupReport;
import org.strowger.api.Violation;

/**
 * The operator's file as an origin of changes: what stands in it goes to the director whenever its
 * bytes differ from the last import. It asks once for one content and one director: a rejected file
 * is not sent again until its bytes change or another director comes.
 *
 * <p>All state belongs to the executor, which has one thread.
 */
final class OperatorsFile {
  /** An edit counts when the file looks the same this long: editors and copies write in steps. */
  static final int SETTLE_MILLIS = 300;

  /** When a director that was busy, or is still starting, is asked again. */
  static final int RETRY_MILLIS = 200;

  /** Looks at a director that has not restored the saved revision, before it is asked anyway. */
  static final int RESTORE_TRIES = 50;

  private static final Logger LOG = LoggerFactory.getLogger(OperatorsFile.class);

  private final Path file;
  private final YamlFiles files;
  private final RevisionStore revisions;
  private final boolean fallback;
  private final ScheduledExecutorService executor;
  private volatile String report = StartupReport.STARTING;

  private @Nullable Director director;
  private String seen = "";
  private long seenSince;
  private String asked = "";
  private int tries;

  /**
   * Does nothing until {@link #use}.
   *
   * @param revisions where the last import is recorded
   * @param fallback whether a saved revision is good enough to start with when the file is wrong
   * @param files reads it
   * @param executor of one thread
   */
  OperatorsFile(
      Path file,
      YamlFiles files,
      RevisionStore revisions,
      boolean fallback,
      ScheduledExecutorService executor) {
    this.file = file;
    this.files = files;
    this.revisions = revisions;
    this.fallback = fallback;
    this.executor = executor;
  }

  /** What {@link StartupReport} asks for. */
  String report() {
    return report;
  }

  /** From now on this director is asked, or none. */
  void use(@Nullable Director present) {
    run(
        () -> {
          director = present;
          asked = "";
          tries = 0;
          look();
        });
  }

  /** Looks at the file soon: something may have changed. */
  void changed() {
    run(this::look);
  }

  private void run(Runnable task) {
    try {
      executor.execute(() -> guarded(task));
    } catch (RejectedExecutionException e) {
      LOG.atDebug().addKeyValue("file", file).log("not looked at: stopping");
    }
  }

  private void again(int afterMillis) {
    // What it throws is handled within.
    ScheduledFuture<?> _ =
        executor.schedule(() -> guarded(this::look), afterMillis, TimeUnit.MILLISECONDS);
  }

  /** A director in the middle of its own update may throw; the next poll asks again. */
  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RejectedExecutionException e) {
      LOG.atDebug().addKeyValue("file", file).log("not looked at again: stopping");
    } catch (RuntimeException e) {
      asked = "";
      LOG.atError().addKeyValue("file", file).setCause(e).log("configuration file not imported");
    }
  }

  private void look() {
    Director present = director;
    if (present == null) {
      return;
    }
    SourceFile source = SourceFile.load(file, Limits.FILE);
    String identity = identity(source);
    if (identity.equals(asked)) {
      seen = identity;
      return;
    }
    if (!settled(identity)) {
      again(SETTLE_MILLIS);
      return;
    }
    asked = identity;
    offer(present, source, identity);
  }

  /** The first look counts at once: nobody edits just then, and the start waits for it. */
  private boolean settled(String identity) {
    long now = System.nanoTime();
    if (seen.equals(identity)) {
      return now - seenSince >= TimeUnit.MILLISECONDS.toNanos(SETTLE_MILLIS);
    }
    boolean first = seen.isEmpty();
    seen = identity;
    seenSince = first ? now - TimeUnit.MILLISECONDS.toNanos(SETTLE_MILLIS) : now;
    return first;
  }

  private static String identity(SourceFile source) {
    return switch (source) {
      case SourceFile.Present present -> present.digest();
      case SourceFile.Missing(Violation violation) -> "missing: " + violation.text();
      case SourceFile.Unreadable(Violation violation) -> "unreadable: " + violation.text();
    };
  }

  private void offer(Director present, SourceFile source, String identity) {
    Optional<Revision> current = revisions.load().revision();
    if (current.isPresent()
        && present.snapshot().revision() < current.get().number()
        && tries++ < RESTORE_TRIES) {
      asked = "";
      again(RETRY_MILLIS);
    } else if (source instanceof SourceFile.Missing(Violation violation)) {
      missing(violation, current);
    } else if (identity.equals(lastImport(current))) {
      LOG.atInfo().addKeyValue("file", file).log("configuration file is as it was imported");
      report = "the configuration file is as it was imported";
    } else {
      Origin origin = new Origin(OriginKind.FILE, owner(), file.toString());
      present
          .apply(ChangeSet.of(origin, files.parse(file, source)))
          .whenComplete(
              (result, failure) ->
                  run(() -> answered(present, identity, current, result, failure)));
    }
  }

  private static String lastImport(Optional<Revision> current) {
    return current.flatMap(Revision::lastImport).map(Revision.ImportedFile::digest).orElse("");
  }

  private void missing(Violation violation, Optional<Revision> current) {
    if (current.isPresent()) {
      long number = current.get().number();
      LOG.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("revision", number)
          .log("there is no configuration file; the saved revision runs");
      report = "no configuration file; revision " + number + " runs";
    } else {
      fail(violation.text());
    }
  }

  private void answered(
      Director asking,
      String identity,
      Optional<Revision> before,
      @Nullable ChangeResult result,
      @Nullable Throwable failure) {
    if (!asking.equals(director) || !identity.equals(asked)) {
      return;
    }
    switch (result) {
      case null -> retry(String.valueOf(failure));
      case ChangeResult.Busy busy -> retry(busy.why());
      case ChangeResult.Committed done -> {
        LOG.atInfo()
            .addKeyValue("file", file)
            .addKeyValue("revision", done.revision())
            .log("configuration file imported: {}", done.text());
        report = "the configuration file is imported: " + done.text();
      }
      case ChangeResult.Conflict conflict -> {
        conflict.conflicts().forEach(c -> refused(c, "configuration file in conflict"));
        report = "the configuration file is not imported: " + conflict.text();
      }
      case ChangeResult.Rejected rejected -> rejected(rejected, before);
    }
  }

  private void rejected(ChangeResult.Rejected rejected, Optional<Revision> before) {
    rejected.violations().forEach(v -> refused(v.text(), "configuration file rejected"));
    if (fallback && before.isPresent()) {
      long number = before.get().number();
      report = "revision " + number + " runs; the configuration file is wrong: " + rejected.text();
    } else {
      fail(rejected.text());
    }
  }

  private void refused(String text, String what) {
    LOG.atError().addKeyValue("file", file).log("{}: {}", what, text);
  }

  private void retry(String why) {
    LOG.atWarn().addKeyValue("file", file).log("configuration file not imported yet: {}", why);
    asked = "";
    again(RETRY_MILLIS);
  }

  /** A file that goes wrong later does not take back that the start went well. */
  private void fail(String why) {
    if (report.equals(StartupReport.STARTING) || report.startsWith(StartupReport.FAILED)) {
      report = StartupReport.FAILED + why;
    } else {
      LOG.atWarn().addKeyValue("file", file).log("what ran before goes on");
    }
  }

  /** Who edits a file by way of rename owns it; this process's user where that is not known. */
  private String owner() {
    try {
      return Files.getOwner(file).getName();
    } catch (IOException | UnsupportedOperationException e) {
      LOG.atDebug().addKeyValue("file", file).setCause(e).log("owner not known");
      return System.getProperty("user.name", "unknown");
    }
  }
}
