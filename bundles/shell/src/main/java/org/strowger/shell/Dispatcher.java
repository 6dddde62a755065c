package org.strowger.shell;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs our own commands, and those that other bundles add to Gogo's scope {@code strowger}. Ours
 * are in Gogo too, for whoever has a Gogo shell; they are run without its help here, because they
 * leave it and come back while this bundle is being updated.
 *
 * <p>The words of a request never pass through Gogo's language: pipes, variables, closures and its
 * own commands (which can start and stop bundles behind the inventory's back) are out of reach.
 */
final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final String SCOPE = "strowger:";
  private static final Pattern WORD = Pattern.compile("[a-z][a-z-]{0,31}");

  private final Commands commands;
  private final Awaited<CommandProcessor> gogo;

  Dispatcher(Commands commands, Awaited<CommandProcessor> gogo) {
    this.commands = commands;
    this.gogo = gogo;
  }

  Reply execute(Frame request, String user) {
    try {
      return run(request, user);
    } catch (CommandFailure e) {
      return reply(request, Output.failed(e.exit(), e.text()));
    } catch (RuntimeException e) {
      LOG.atError().addKeyValue("words", request.words()).setCause(e).log("the command failed");
      return reply(request, Output.failed(Exit.REJECTED, "the command failed: " + e));
    }
  }

  Reply complete(Frame request) {
    return new Reply(Exit.DONE.code(), String.join("\n", commands.complete(request.words())));
  }

  private Reply run(Frame request, String user) {
    String word = request.words().isEmpty() ? "" : request.words().getFirst();
    Optional<Command> own = commands.find(word);
    if (own.isPresent()) {
      List<String> words = request.words().subList(1, request.words().size());
      Request asked = new Request(words, user, Path.of(request.directory()));
      return reply(request, own.get().run(asked));
    }
    if (!WORD.matcher(word).matches()) {
      return reply(request, commands.unknown(word));
    }
    return others(request, word, user);
  }

  private Reply others(Frame request, String word, String user) {
    BoundedOutput out = new BoundedOutput();
    try (PrintStream print = new PrintStream(out, false, StandardCharsets.UTF_8);
        CommandSession session =
            gogo.get().createSession(InputStream.nullInputStream(), print, print)) {
      if (!(session.get(SCOPE + word) instanceof Function command)) {
        return reply(request, commands.unknown(word));
      }
      session.put(GogoCommand.USER, user);
      session.put(GogoCommand.DIRECTORY, request.directory());
      Object value = command.execute(session, arguments(request));
      if (value != null) {
        print.println(value);
      }
      print.flush();
      Object exit = session.get(GogoCommand.EXIT);
      return answer(request, exit instanceof Integer code ? code : Exit.DONE.code(), out);
    } catch (CommandFailure e) {
      throw e;
    } catch (Exception e) {
      LOG.atError().addKeyValue("command", word).setCause(e).log("the command failed");
      return reply(request, Output.failed(Exit.REJECTED, word + " failed: " + e));
    }
  }

  private static Reply answer(Frame request, int exit, BoundedOutput out) {
    if (out.overflowed()) {
      return reply(request, tooLong());
    }
    return new Reply(exit, out.text());
  }

  private static Output tooLong() {
    String text = "the answer is longer than " + BoundedOutput.LIMIT + " bytes: ask for less";
    return Output.failed(Exit.REJECTED, text);
  }

  private static List<Object> arguments(Frame request) {
    List<Object> arguments = new ArrayList<>();
    request.words().stream().skip(1).forEach(arguments::add);
    if (request.json()) {
      arguments.add(GogoCommand.JSON);
    }
    return arguments;
  }

  private static Reply reply(Frame request, Output output) {
    String text = output.print(request.json());
    if (text.length() > BoundedOutput.LIMIT) {
      return reply(request, tooLong());
    }
    return new Reply(output.exit().code(), text);
  }
}
