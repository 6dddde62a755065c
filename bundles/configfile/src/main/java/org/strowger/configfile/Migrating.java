package org.strowger.configfile;

import java.io.IOException;
import java.io.Reader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Revision;
import org.strowger.release.Migrations;

/**
 * Brings what was written in the shape of another release into that of the one that runs, each time
 * it is read; on the disk it stays as it was until the next change. So the way back of an upgrade
 * needs nothing but other rules.
 *
 * <p>The rules of committed releases come from the launcher ({@link #COMMITTED}), those of one on
 * trial from {@code upgrade/migrations} in the state folder, where the upgrade wrote them for this
 * process. Those of a trial that was taken back, or whose process died, are turned round: the
 * configuration may have been changed meanwhile. Any thread.
 */
final class Migrating {
  /** Framework property by which the launcher tells the rules of committed releases. */
  static final String COMMITTED = "strowger.migrations";

  /** Nothing was ever written in another shape. */
  static final Migrating NONE = new Migrating("", "", Path.of("/nowhere"));

  private static final Logger LOG = LoggerFactory.getLogger(Migrating.class);

  private final String committed;
  private final String process;
  private final Path file;

  /**
   * @param committed rules, see {@link Migrations#line}
   * @param process the name of this process as the upgrade writes it
   * @param file what the upgrade wrote
   */
  Migrating(String committed, String process, Path file) {
    this.committed = committed;
    this.process = process;
    this.file = file;
  }

  /**
   * For this process.
   *
   * @param committed what the launcher says under {@link #COMMITTED}
   * @param state the state folder
   */
  static Migrating ofThisProcess(@Nullable String committed, String state) {
    long started = ManagementFactory.getRuntimeMXBean().getStartTime();
    return new Migrating(
        committed == null ? "" : committed,
        ProcessHandle.current().pid() + "@" + started,
        Path.of(state, "upgrade", "migrations"));
  }

  Map<String, Object> migrated(Map<String, Object> tree) {
    List<String> rules = rules();
    return rules.isEmpty() ? tree : Migrations.applied(rules, tree);
  }

  Revision migrated(Revision revision) {
    return new Revision(
        revision.number(),
        revision.time(),
        revision.origin(),
        revision.comment(),
        migrated(revision.tree()),
        revision
            .lastImport()
            .map(last -> new Revision.ImportedFile(last.digest(), migrated(last.tree()))),
        revision.pending());
  }

  private List<String> rules() {
    List<String> launched = Migrations.read(committed);
    Properties written = written();
    List<String> kept = Migrations.read(written.getProperty("kept", ""));
    List<String> trial = Migrations.read(written.getProperty("trial", ""));
    List<String> rules = new ArrayList<>();
    if (process.equals(written.getProperty("process"))) {
      rules.addAll(launched);
      rules.addAll(kept);
      boolean onTrial = "trial".equals(written.getProperty("state"));
      rules.addAll(onTrial ? trial : Migrations.reversed(trial));
    } else {
      // What earlier processes tried and took back is past: the launcher has the last word.
      rules.addAll(kept);
      rules.addAll(launched.containsAll(trial) ? List.of() : Migrations.reversed(trial));
      rules.addAll(launched);
    }
    return rules;
  }

  private Properties written() {
    Properties written = new Properties();
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        written.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        LOG.atError().addKeyValue("file", file).setCause(e).log("migrations cannot be read");
      }
    }
    return written;
  }
}
