package org.strowger.configfile;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.strowger.api.KeyPath;
import org.strowger.api.Violation;

/** One YAML 1.2 document: from bytes to a tree and a list of what is wrong. */
final class YamlText {
  /**
   * What was read.
   *
   * @param tree without the keys that were wrong; empty if the text breaks off or is not YAML, as
   *     half a configuration would only draw wrong complaints about what is missing in it
   */
  record Reading(Map<String, Object> tree, Map<KeyPath, Integer> lines, List<Violation> problems) {}

  private final String file;
  private final Limits limits;
  private final Problems problems;
  private String text = "";

  private YamlText(String file, Limits limits) {
    this.file = file;
    this.limits = limits;
    this.problems = new Problems(file);
  }

  /** Never throws for what stands in the bytes. */
  static Reading read(String file, byte[] bytes, Limits limits) {
    return new YamlText(file, limits).read(bytes);
  }

  private Reading read(byte[] bytes) {
    try {
      text = decode(bytes);
      return document();
    } catch (Problems.Stopped alreadyNoted) {
      return nothing();
    } catch (MarkedYamlEngineException e) {
      note(e);
    } catch (ReaderException e) {
      int line = lineAt(text.codePoints().limit(e.getPosition()).filter(c -> c == '\n').count());
      String found = String.format("U+%04X", e.getCodePoint());
      problems.addHere(line, found, "printable characters");
    } catch (YamlEngineException e) {
      problems.addHere(1, "", "YAML 1.2: " + e.getMessage());
    }
    return nothing();
  }

  private Reading nothing() {
    return new Reading(Map.of(), Map.of(), problems.list());
  }

  private Reading document() {
    LoadSettings settings =
        LoadSettings.builder().setLabel(file).setCodePointLimit(Integer.MAX_VALUE).build();
    Iterator<Event> events = new Parse(settings).parseString(text).iterator();
    events.next();
    if (!(events.next() instanceof DocumentStartEvent start)) {
      throw empty(1);
    }
    checkVersion(start);
    Event root = events.next();
    if (!(root instanceof MappingStartEvent mapping)) {
      throw noMapping(root);
    }
    TreeReader reader = new TreeReader(events, limits, problems);
    Map<String, Object> tree = reader.mapping(mapping, KeyPath.of());
    problems.reading(KeyPath.of());
    events.next();
    Event end = events.next();
    if (end instanceof DocumentStartEvent) {
      problems.stop(TreeReader.line(end), "one document; a second one begins here");
    }
    return new Reading(tree, reader.lines(), problems.list());
  }

  private void checkVersion(DocumentStartEvent start) {
    start
        .getSpecVersion()
        .filter(version -> version.getMajor() != 1 || version.getMinor() != 2)
        .ifPresent(v -> problems.addHere(TreeReader.line(start), v.toString(), "%YAML 1.2"));
  }

  private Problems.Stopped noMapping(Event root) {
    if (root instanceof ScalarEvent scalar && scalar.isPlain() && scalar.getValue().isEmpty()) {
      return empty(TreeReader.line(root));
    }
    String found = root instanceof ScalarEvent scalar ? scalar.getValue() : "";
    problems.addHere(TreeReader.line(root), found, "keys with values, such as 'director: ...'");
    return new Problems.Stopped();
  }

  private Problems.Stopped empty(int line) {
    // A file that is being rewritten is empty for a moment: this must never mean "remove all".
    problems.addHere(line, "", "a configuration; there is nothing in the file (none is '{}')");
    return new Problems.Stopped();
  }

  private void note(MarkedYamlEngineException e) {
    List<String> all = text.lines().toList();
    int noticed = e.getProblemMark().or(e::getContextMark).map(Mark::getLine).orElse(0);
    // What is noticed at the end only is wrong where it began.
    int index =
        noticed < all.size() ? noticed : e.getContextMark().map(Mark::getLine).orElse(noticed);
    String found = index < all.size() ? all.get(index) : "";
    String indent = found.substring(0, found.length() - found.stripLeading().length());
    String expected = "YAML 1.2: " + complaint(e);
    if (indent.indexOf('\t') >= 0) {
      expected = "spaces as indentation; there is a tab";
    }
    problems.addHere(index + 1, found, expected);
  }

  private static String complaint(MarkedYamlEngineException e) {
    String begun =
        e.getContextMark().map(mark -> " begun in line " + (mark.getLine() + 1)).orElse("");
    String context = e.getContext() == null ? "" : e.getContext() + begun + ", ";
    return (context + e.getProblem())
        .replaceAll("\\s+", " ")
        .replace("'<stream end>'", "the end of the file")
        .replace("<block end>", "the end of the block");
  }

  private String decode(byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    CoderResult result = decoder.decode(in, out, true);
    out.flip();
    String decoded = out.toString();
    if (result.isError()) {
      int line = lineAt(decoded.chars().filter(c -> c == '\n').count());
      String found = String.format("byte 0x%02X", bytes[in.position()]);
      problems.addHere(line, found, "text in UTF-8");
      throw new Problems.Stopped();
    }
    // The byte order mark that some editors write first.
    return decoded.startsWith("\uFEFF") ? decoded.substring(1) : decoded;
  }

  private static int lineAt(long newlinesBefore) {
    return Math.toIntExact(newlinesBefore) + 1;
  }
}
