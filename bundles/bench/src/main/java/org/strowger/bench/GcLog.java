package org.strowger.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The pauses in a log of {@code -Xlog:gc*:file=...}: what the collector made the whole JVM wait
 * for, and, of ZGC, the stalls of threads that found no memory, which are pauses to who meets them.
 */
record GcLog(List<Pause> pauses) {
  private static final Pattern PAUSE =
      Pattern.compile("\\b(Pause [A-Z].*?|Allocation Stall.*?)\\s+(\\d+\\.\\d+)ms\\s*$");

  /** One pause; {@code line} as the log has it. */
  record Pause(double millis, String line) {}

  static GcLog parse(List<String> lines) {
    return new GcLog(
        lines.stream()
            // G1 and ZGC repeat a pause's parts under gc,phases; the pause itself is there once.
            .map(line -> PAUSE.matcher(line).results().map(m -> pause(line, m)).toList())
            .flatMap(List::stream)
            .toList());
  }

  /**
   * What was logged from a place in the file on.
   *
   * @param from bytes to leave out: what the file held when the measurement began
   */
  static GcLog read(Path file, long from) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int skipped = (int) Math.min(from, bytes.length);
    String text = new String(bytes, skipped, bytes.length - skipped, StandardCharsets.UTF_8);
    return parse(text.lines().toList());
  }

  private static Pause pause(String line, MatchResult match) {
    return new Pause(Double.parseDouble(match.group(2)), line.strip());
  }

  /** The longest, zero where there was none. */
  Pause longest() {
    Pause longest = new Pause(0, "no pause");
    for (Pause pause : pauses) {
      if (pause.millis() > longest.millis()) {
        longest = pause;
      }
    }
    return longest;
  }
}
