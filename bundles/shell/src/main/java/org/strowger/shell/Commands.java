package org.strowger.shell;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.strowger.api.BundleInventory;
import org.strowger.api.ConfigurationFiles;
import org.strowger.api.Director;
import org.strowger.api.Knocker;

/** All commands, by their words. */
final class Commands {
  /** Candidates for one TAB. */
  static final int CANDIDATE_LIMIT = 200;

  private final Map<String, Command> byWord = new LinkedHashMap<>();

  Commands(
      Awaited<Director> director,
      Awaited<ConfigurationFiles> files,
      Awaited<BundleInventory> inventory,
      Awaited<Knocker> knocker) {
    Door door = new Door(director);
    List<Command> all = new ArrayList<>();
    all.add(new Show(door).command());
    all.addAll(new Steering(door).commands());
    all.addAll(new Questions(door).commands());
    all.add(new Paths(door, knocker).command());
    all.add(new Talkers(door).command());
    all.add(new Cutting(door).command());
    all.addAll(new History(door, files).commands());
    all.addAll(new AlarmCommands(door).commands());
    all.addAll(new Upkeep(inventory).commands());
    all.add(new Command("help", "", "this list", this::help, words -> List.of()));
    all.forEach(command -> byWord.put(command.word(), command));
  }

  List<Command> all() {
    return List.copyOf(byWord.values());
  }

  Optional<Command> find(String word) {
    return Optional.ofNullable(byWord.get(word));
  }

  Output unknown(String word) {
    String words = String.join(", ", byWord.keySet());
    String what = word.isEmpty() ? "" : "'" + word + "': ";
    return Output.failed(Exit.USAGE, what + "expected one of " + words);
  }

  /**
   * What may stand in place of the last word, which is typed only in part.
   *
   * @param words the words up to the cursor
   */
  List<String> complete(List<String> words) {
    String begun = words.isEmpty() ? "" : words.getLast();
    List<String> before = words.isEmpty() ? List.of() : words.subList(0, words.size() - 1);
    return Stream.concat(candidates(before), Stream.of("--json").filter(_ -> begun.startsWith("-")))
        .filter(candidate -> candidate.startsWith(begun))
        .limit(CANDIDATE_LIMIT)
        .toList();
  }

  private Stream<String> candidates(List<String> before) {
    if (before.isEmpty()) {
      return byWord.keySet().stream();
    }
    List<String> rest = before.stream().skip(1).filter(word -> !word.equals("--json")).toList();
    try {
      return find(before.getFirst())
          .map(command -> command.candidates().after(rest))
          .orElse(Collections.emptyList())
          .stream();
    } catch (CommandFailure e) {
      // No director now: nothing can be proposed, and TAB is no place for a message.
      return Stream.empty();
    }
  }

  private Output help(Request request) {
    request.atMost(0);
    List<Map<String, Object>> rows = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (Command command : byWord.values()) {
      text.append(command.line()).append("\n    ").append(command.help()).append('\n');
      rows.add(Map.of("command", command.line(), "help", command.help()));
    }
    text.append("Every command takes --json. Exit codes: 0 done, 1 rejected, 2 usage,");
    text.append(" 3 conflict, 4 busy, 5 not reachable.\n");
    return Output.done(text.toString(), rows);
  }
}
