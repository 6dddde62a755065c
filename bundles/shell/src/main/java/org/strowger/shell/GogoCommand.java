package org.strowger.shell;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.jspecify.annotations.Nullable;

/**
 * A command as Gogo runs it. Prints on the session's console; what it is told beside its words and
 * how it ended stand in variables of JDK types, because either side may be of another version of
 * this bundle for a moment.
 */
public final class GogoCommand implements Function {
  /** Who asks: the operating system's user. */
  static final String USER = "strowger.user";

  /** The client's working directory. */
  static final String DIRECTORY = "strowger.directory";

  /** Set to the exit code. */
  static final String EXIT = "strowger.exit";

  static final String JSON = "--json";

  private final Command command;

  GogoCommand(Command command) {
    this.command = command;
  }

  @Override
  public @Nullable Object execute(CommandSession session, List<Object> arguments) {
    List<String> words = new ArrayList<>();
    arguments.forEach(argument -> words.add(String.valueOf(argument)));
    boolean json = words.removeIf(JSON::equals);
    Object user = session.get(USER);
    Object directory = session.get(DIRECTORY);
    Request request =
        new Request(
            words,
            user instanceof String name ? name : System.getProperty("user.name", ""),
            Path.of(directory instanceof String path ? path : "").toAbsolutePath());
    Output output = command.run(request);
    session.put(EXIT, output.exit().code());
    session.getConsole().print(output.print(json));
    session.getConsole().flush();
    return null;
  }
}
