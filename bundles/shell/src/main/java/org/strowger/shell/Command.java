package org.strowger.shell;

import java.util.List;

/**
 * One command: its word, how it is written, what it does, and what may stand where the cursor is.
 *
 * @param usage the words after its own, as in the help
 */
record Command(String word, String usage, String help, Action action, Candidates candidates) {

  /** Carries it out; throws {@link CommandFailure} if that is not possible. */
  interface Action {
    Output run(Request request);
  }

  /** What may come after the words typed so far (without the command's own). */
  interface Candidates {
    List<String> after(List<String> words);
  }

  String line() {
    return usage.isEmpty() ? word : word + " " + usage;
  }

  /** Carries it out; every failure is an output. */
  Output run(Request request) {
    try {
      return action.run(request);
    } catch (CommandFailure e) {
      String text = e.exit() == Exit.USAGE ? e.text() + "\nusage: " + line() : e.text();
      return Output.failed(e.exit(), text);
    }
  }
}
