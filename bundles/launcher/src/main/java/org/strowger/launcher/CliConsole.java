package org.strowger.launcher;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jline.reader.Candidate;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.SyntaxError;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** The interactive shell: history, TAB completion by the director; ctrl-D leaves. */
final class CliConsole {
  /** Lines of history kept. */
  private static final int HISTORY_LIMIT = 1_000;

  private static final Set<String> LEAVING = Set.of("exit", "quit");

  private final CliConnection connection;
  private final boolean json;
  private final Parser parser = new DefaultParser();

  CliConsole(CliConnection connection, boolean json) {
    this.connection = connection;
    this.json = json;
  }

  /** Until the operator leaves; from a file or pipe, until its end or the first failure. */
  int run() throws IOException {
    if (!interactive()) {
      return script();
    }
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      LineReader reader =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .parser(parser)
              .completer((_, line, candidates) -> complete(line, candidates))
              .variable(LineReader.HISTORY_FILE, history())
              .variable(LineReader.HISTORY_SIZE, HISTORY_LIMIT)
              .variable(LineReader.HISTORY_FILE_SIZE, HISTORY_LIMIT)
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .build();
      return interact(reader);
    }
  }

  @SuppressWarnings("SystemConsoleNull") // JDK 25's own console is null again without a terminal
  private static boolean interactive() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private int interact(LineReader reader) {
    while (true) {
      try {
        List<String> words = words(reader.readLine("strowger> "));
        if (!words.isEmpty() && LEAVING.contains(words.getFirst())) {
          return 0;
        }
        execute(words);
      } catch (UserInterruptException e) {
        // Ctrl-C drops the line and asks anew, as in every shell.
      } catch (EndOfFileException e) {
        return 0;
      }
    }
  }

  private int script() throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line = in.readLine();
    while (line != null) {
      int exit = execute(words(line));
      if (exit != 0) {
        return exit;
      }
      line = in.readLine();
    }
    return 0;
  }

  private int execute(List<String> line) {
    List<String> words = new ArrayList<>(line);
    boolean asJson = words.removeIf("--json"::equals) || json;
    return words.isEmpty() ? 0 : Cli.execute(connection, asJson, words);
  }

  private List<String> words(String line) {
    try {
      return parser.parse(line, line.length(), Parser.ParseContext.ACCEPT_LINE).words().stream()
          .filter(word -> !word.isEmpty())
          .toList();
    } catch (EOFError e) {
      return List.of(line.split("\\s+"));
    } catch (SyntaxError e) {
      System.err.println(e.getMessage());
      return List.of();
    }
  }

  private void complete(ParsedLine line, List<Candidate> candidates) {
    List<String> words = new ArrayList<>(line.words().subList(0, line.wordIndex()));
    words.add(line.word().substring(0, line.wordCursor()));
    try {
      for (String word : connection.complete(words)) {
        boolean whole = !word.endsWith("=");
        candidates.add(new Candidate(word, word, null, null, null, null, whole));
      }
    } catch (CliUnreachable e) {
      // Nothing to propose; the command itself will say why, on a line of its own.
      return;
    }
  }

  /** Commands may name what an outsider need not know: for the owner's eyes only. */
  private static Path history() throws IOException {
    Path file = Path.of(System.getProperty("user.home", "."), ".strowger_history");
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    return file;
  }
}
