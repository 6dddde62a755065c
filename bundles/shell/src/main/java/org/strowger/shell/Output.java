package org.strowger.shell;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a command answers, for people and for programs.
 *
 * @param data what {@code --json} prints: records, maps, lists
 */
record Output(Exit exit, String text, Object data) {

  static Output done(String text, Object data) {
    return new Output(Exit.DONE, text, data);
  }

  static Output failed(Exit exit, String text) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("result", exit.word());
    data.put("text", text);
    return new Output(exit, text, data);
  }

  /** What is printed, ending with a line feed unless it is empty. */
  String print(boolean json) {
    String printed = json ? Json.write(data) : text;
    return printed.isEmpty() || printed.endsWith("\n") ? printed : printed + "\n";
  }
}
