package org.strowger.upgrade;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.strowger.release.Migrations;

/**
 * Tells whoever reads the configuration in what shape this process wants it, by a file: {@code
 * process}, the rules {@code kept} and on {@code trial}, and {@code state}, trial or back. It is
 * true for the named process only; in any other one the rules of the trial count the other way
 * round, unless the launcher says that they were committed. So a process that dies at any moment
 * leaves nothing to be mended.
 */
final class TrialMigrations {
  private static final int MAX_KEPT = 200;

  private final Path file;
  private final String process;

  TrialMigrations(Path file, String process) {
    this.file = file;
    this.process = process;
  }

  /**
   * Before the first step: from now on what is read is brought into the new shape.
   *
   * @param committed rules of committed releases
   */
  void begin(List<String> rules, List<String> committed) throws IOException {
    Map<String, String> before = Durable.read(file);
    List<String> kept = new ArrayList<>(Migrations.read(before.getOrDefault("kept", "")));
    List<String> last = Migrations.read(before.getOrDefault("trial", ""));
    // What a trial wrote that was taken back may still be what is read.
    kept.addAll(committed.containsAll(last) ? last : Migrations.reversed(last));
    if (!rules.isEmpty() || !kept.isEmpty()) {
      write(kept, rules, "trial");
    }
  }

  /** It is taken back: what was written meanwhile is brought into the old shape. */
  void back() throws IOException {
    Map<String, String> before = Durable.read(file);
    List<String> trial = Migrations.read(before.getOrDefault("trial", ""));
    if (!trial.isEmpty()) {
      write(Migrations.read(before.getOrDefault("kept", "")), trial, "back");
    }
  }

  private void write(List<String> kept, List<String> trial, String state) throws IOException {
    List<String> latest = kept.subList(Math.max(0, kept.size() - MAX_KEPT), kept.size());
    Durable.write(
        file,
        Map.of(
            "process",
            process,
            "kept",
            Migrations.line(latest),
            "trial",
            Migrations.line(trial),
            "state",
            state));
  }
}
