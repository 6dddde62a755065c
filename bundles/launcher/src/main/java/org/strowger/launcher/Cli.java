package org.strowger.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line's client: {@code --socket PATH [--json] WORDS...} carries out one command,
 * without words it is an interactive shell. Ends with the command's exit code: 0 done, 1 rejected,
 * 2 usage, 3 conflict, 4 busy, 5 not reachable.
 */
public final class Cli {
  static final int USAGE = 2;
  static final int UNREACHABLE = 5;

  private static final String EXPECTED = "usage: --socket PATH [--json] [COMMAND...]";

  private Cli() {}

  public static void main(String[] args) throws IOException {
    System.exit(run(List.of(args)));
  }

  private static int run(List<String> args) throws IOException {
    List<String> words = new ArrayList<>(args);
    boolean json = words.removeIf("--json"::equals);
    if (words.size() < 2 || !words.getFirst().equals("--socket")) {
      System.err.println(EXPECTED);
      return USAGE;
    }
    CliConnection connection = new CliConnection(Path.of(words.get(1)).toAbsolutePath());
    List<String> command = words.subList(2, words.size());
    // The interactive part loads JLine: kept off the path of one-shot commands.
    return command.isEmpty()
        ? new CliConsole(connection, json).run()
        : execute(connection, json, command);
  }

  /** Carries out one command and prints its answer; its exit code. */
  static int execute(CliConnection connection, boolean json, List<String> command) {
    try {
      CliReply reply = connection.execute(json, command);
      // A program reads its JSON from one place, whatever the outcome.
      print(reply.exit() == 0 || json ? System.out : System.err, reply.text());
      return reply.exit();
    } catch (CliUnreachable e) {
      System.err.println(e.sentence());
      return UNREACHABLE;
    }
  }

  /** In UTF-8, whatever the locale. */
  private static void print(PrintStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
