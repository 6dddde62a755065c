package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.strowger.itest.Sources.Source;

/** The rules of style that a compiler does not know. */
class TidyTest {
  private static final int MAX_LINES = 400;

  /** As long as they have entries. */
  private static final Set<String> CATALOGUES = Set.of("AlarmType.java");

  private static final int MAX_METHOD_LINES = 60;
  private static final Pattern NAME =
      Pattern.compile("(Manager|Utils?|Helpers?|Impl)\\.java|^(Abstract|Default|I[A-Z][a-z]).*");

  /** A letter of each in brackets, so that this line is none of what it finds. */
  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(TO[D]O|FIX[M]E|X[X]X)\\b|@Dis[a]bled\\b|print[S]tackTrace\\(");

  private static final Pattern EMPTY_CATCH = Pattern.compile("catch \\([^)]*\\) \\{\\s*\\}");
  private static final Pattern METHOD =
      Pattern.compile("^ {2,4}[\\w@<].*\\) (throws [\\w., ]+ )?\\{$");

  private final List<Source> sources = Sources.java();

  @Test
  void thereAreSources() {
    assertTrue(sources.size() > 100, "only " + sources.size());
  }

  @Test
  void filesAreOneIdeaLong() {
    assertNone(
        sources.stream()
            .filter(s -> s.main() && !CATALOGUES.contains(s.fileName()))
            .filter(s -> s.lines().size() > MAX_LINES)
            .map(s -> s.path() + ": " + s.lines().size() + " lines")
            .toList());
  }

  @Test
  void namesSayWhatAThingIs() {
    assertNone(
        sources.stream().filter(s -> NAME.matcher(s.fileName()).find()).map(Source::path).toList());
  }

  @Test
  void nothingIsLeftUnfinishedOrSwallowed() {
    List<String> found = new ArrayList<>();
    for (Source source : sources) {
      for (int i = 0; i < source.lines().size(); i++) {
        if (UNFINISHED.matcher(source.lines().get(i)).find()) {
          found.add(source.path() + ":" + (i + 1) + ": " + source.lines().get(i).strip());
        }
      }
      if (EMPTY_CATCH.matcher(String.join("\n", source.lines())).find()) {
        found.add(source.path() + ": a catch without a word");
      }
    }
    assertNone(found);
  }

  @Test
  void suppressionsCarryTheirReason() {
    List<String> found = new ArrayList<>();
    for (Source source : sources) {
      for (int i = 1; i < source.lines().size(); i++) {
        String line = source.lines().get(i);
        boolean reasoned =
            line.contains("//") || source.lines().get(i - 1).strip().matches("(//|\\*|/\\*).*");
        if (line.strip().startsWith("@SuppressWarnings") && !reasoned) {
          found.add(source.path() + ":" + (i + 1));
        }
      }
    }
    assertNone(found);
  }

  @Test
  void methodsAreShort() {
    List<String> found = new ArrayList<>();
    for (Source source : sources) {
      if (!source.main() || source.bundle().equals("testkit")) {
        continue;
      }
      for (int i = 0; i < source.lines().size(); i++) {
        if (METHOD.matcher(source.lines().get(i)).matches()) {
          int end = end(source.lines(), i);
          if (end - i > MAX_METHOD_LINES) {
            found.add(source.path() + ":" + (i + 1) + ": " + (end - i) + " lines");
          }
        }
      }
    }
    assertNone(found);
  }

  private static int end(List<String> lines, int start) {
    String indent = " ".repeat(lines.get(start).indexOf(lines.get(start).strip()));
    for (int i = start + 1; i < lines.size(); i++) {
      if (lines.get(i).startsWith(indent + "}")) {
        return i;
      }
    }
    return start;
  }

  @Test
  void onlyComponentsKnowTheFramework() {
    Set<String> outside = Set.of("launcher", "testkit", "itest", "bench");
    assertNone(
        sources.stream()
            .filter(s -> s.main() && !outside.contains(s.bundle()))
            .filter(
                s -> !s.fileName().matches(".*(Component|Activator)\\.java|package-info\\.java"))
            .filter(
                s ->
                    s.lines().stream()
                        .anyMatch(
                            l ->
                                l.startsWith("import org.osgi.framework")
                                    || l.startsWith("import org.osgi.service")))
            // Replacing bundles is what the upgrade bundle is about.
            .filter(s -> !s.bundle().equals("upgrade"))
            .map(Source::path)
            .toList());
  }

  private static void assertNone(List<String> found) {
    assertEquals(List.of(), found, String.join("\n", found));
  }
}
