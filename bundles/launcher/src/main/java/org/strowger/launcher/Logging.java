package org.strowger.launcher;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.status.Status;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.security.auth.Subject;
import org.slf4j.LoggerFactory;

/** Owns Logback: configures it, changes levels live, flushes it at the end. Any thread. */
final class Logging implements LoggingMXBean, AutoCloseable {
  static final String OBJECT_NAME = "org.strowger:type=Logging";
  private static final String AUDIT = "audit";
  private static final Set<String> LEVELS =
      Set.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");
  private static final int MAX_NAME = 255;

  private final LoggerContext context;

  private Logging(LoggerContext context) {
    this.context = context;
  }

  /** Configures Logback from this file; must come before the first line is logged. */
  static Logging start(Path configuration, Path state) throws StartFailure {
    if (!Files.isReadable(configuration)) {
      throw new StartFailure("The log's configuration " + configuration + " cannot be read.");
    }
    System.setProperty("strowger.state", state.toString());
    System.setProperty("logback.configurationFile", configuration.toString());
    // The first look-up configures Logback, which prints what is wrong and would go on without.
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    for (Status status : context.getStatusManager().getCopyOfStatusList()) {
      if (status.getEffectiveLevel() >= Status.ERROR) {
        throw new StartFailure(
            "The log cannot be set up from " + configuration + ": " + status.getMessage() + ".");
      }
    }
    Logging logging = new Logging(context);
    try {
      ManagementFactory.getPlatformMBeanServer()
          .registerMBean(logging, new ObjectName(OBJECT_NAME));
    } catch (JMException e) {
      throw new StartFailure("The MBean " + OBJECT_NAME + " cannot be registered: " + e + ".");
    }
    return logging;
  }

  @Override
  public Map<String, String> getLevels() {
    Map<String, String> levels = new TreeMap<>();
    for (Logger logger : context.getLoggerList()) {
      Level own = logger.getLevel();
      if (own != null) {
        levels.put(logger.getName(), own.toString());
      }
    }
    return levels;
  }

  @Override
  public void setLevel(String logger, String level) {
    String wanted = level.strip().toUpperCase(Locale.ROOT);
    boolean root = logger.equalsIgnoreCase("ROOT");
    if (!LEVELS.contains(wanted) && (root || !wanted.isEmpty())) {
      throw new IllegalArgumentException(
          "logger %s: level '%s', expected one of TRACE, DEBUG, INFO, WARN, ERROR, OFF%s"
              .formatted(logger, level, root ? "" : " or nothing for the parent's"));
    }
    if (logger.isBlank() || logger.length() > MAX_NAME || logger.equals(AUDIT)) {
      throw new IllegalArgumentException(
          "logger '%s': expected a name of 1 to %d characters; %s keeps its level"
              .formatted(logger, MAX_NAME, AUDIT));
    }
    context.getLogger(logger).setLevel(wanted.isEmpty() ? null : Level.toLevel(wanted));
    LoggerFactory.getLogger(AUDIT)
        .atInfo()
        .addKeyValue("who", caller())
        .addKeyValue("logger", logger)
        .addKeyValue("level", wanted)
        .log("Log level set");
  }

  /** The authenticated user of the JMX call; empty for a call from inside the process. */
  private static String caller() {
    Subject subject = Subject.current();
    return subject == null
        ? ""
        : subject.getPrincipals().stream().map(p -> p.getName()).collect(Collectors.joining(","));
  }

  @Override
  public void close() {
    context.stop();
  }
}
