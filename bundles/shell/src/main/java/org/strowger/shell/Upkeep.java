package org.strowger.shell;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXPrincipal;
import javax.security.auth.Subject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.BundleInventory;
import org.strowger.api.BundleInventory.Updated;

/** {@code bundle update} and {@code log}: the software itself. */
final class Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
  private static final String LOGGING = "org.strowger:type=Logging";
  private static final List<String> LEVELS =
      List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

  private final Awaited<BundleInventory> inventory;
  private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();

  Upkeep(Awaited<BundleInventory> inventory) {
    this.inventory = inventory;
  }

  List<Command> commands() {
    return List.of(
        new Command(
            "bundle",
            "update FILE",
            "replaces a bundle by the version in this file, or adds it",
            this::bundle,
            words -> words.isEmpty() ? List.of("update") : List.of()),
        new Command(
            "log",
            "LOGGER LEVEL",
            "changes what is logged until the next start: " + String.join(", ", LEVELS),
            this::log,
            this::logCandidates));
  }

  private Output bundle(Request request) {
    request.atMost(2);
    String what = request.word(0, "update");
    if (!what.equals("update")) {
      throw CommandFailure.usage("'" + what + "': expected update");
    }
    Path file = request.directory().resolve(request.word(1, "a file"));
    return switch (inventory.get().update(file, request.origin())) {
      case Updated.Done done -> {
        String from = done.from().isEmpty() ? "installed" : done.from() + " ->";
        String text = done.bundle() + " " + from + " " + done.to() + ": " + done.how();
        yield Output.done(text, done);
      }
      case Updated.Refused refused -> Output.failed(Exit.REJECTED, refused.why());
    };
  }

  private Output log(Request request) {
    request.atMost(2);
    String logger = request.word(0, "the name of a logger, or ROOT");
    String level = request.word(1, "a level: " + String.join(", ", LEVELS));
    Object[] arguments = {logger, level};
    String[] types = {String.class.getName(), String.class.getName()};
    as(request.user(), () -> beans.invoke(logging(), "setLevel", arguments, types));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("logger", logger);
    data.put("level", level);
    return Output.done(logger + " logs " + level + " until the next start", data);
  }

  /** Calls the MBean as this user, so that its audit line says who it was. */
  private static Object as(String user, Callable<Object> call) {
    Subject subject = new Subject(true, Set.of(new JMXPrincipal(user)), Set.of(), Set.of());
    try {
      return Subject.callAs(subject, call);
    } catch (CompletionException e) {
      throw switch (e.getCause()) {
        case InstanceNotFoundException _ ->
            CommandFailure.rejected("the levels of the log cannot be changed here: no " + LOGGING);
        case RuntimeMBeanException wrong ->
            CommandFailure.rejected(String.valueOf(wrong.getTargetException().getMessage()));
        case null, default -> e;
      };
    }
  }

  private List<String> logCandidates(List<String> words) {
    if (words.size() == 1) {
      return LEVELS;
    }
    return words.isEmpty() ? loggers() : List.of();
  }

  private List<String> loggers() {
    List<String> names = new ArrayList<>(List.of("ROOT", "org.strowger"));
    try {
      if (beans.getAttribute(logging(), "Levels") instanceof TabularData levels) {
        for (Object row : levels.values()) {
          names.add(row instanceof CompositeData level ? String.valueOf(level.get("key")) : "");
        }
      }
    } catch (JMException e) {
      LOG.debug("no names of loggers to complete", e);
    }
    return names.stream().distinct().toList();
  }

  private static ObjectName logging() {
    try {
      return new ObjectName(LOGGING);
    } catch (MalformedObjectNameException e) {
      throw new IllegalStateException(LOGGING, e);
    }
  }
}
