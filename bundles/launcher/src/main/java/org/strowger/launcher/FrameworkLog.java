package org.strowger.launcher;

import org.apache.felix.framework.Logger;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What the framework itself has to say goes to the log, not to the console. Any thread. */
final class FrameworkLog extends Logger {
  private final org.slf4j.Logger log = LoggerFactory.getLogger("org.apache.felix.framework");

  @Override
  @SuppressWarnings("rawtypes") // as Felix declares it
  protected void doLog(
      @Nullable Bundle bundle,
      @Nullable ServiceReference reference,
      int level,
      String message,
      @Nullable Throwable fault) {
    log.atLevel(level(level))
        .addKeyValue("bundle", bundle == null ? "" : bundle.getSymbolicName())
        .setCause(fault)
        .log(message);
  }

  @Override
  protected void doLog(int level, String message, @Nullable Throwable fault) {
    log.atLevel(level(level)).setCause(fault).log(message);
  }

  private static Level level(int felix) {
    return switch (felix) {
      case LOG_ERROR -> Level.ERROR;
      case LOG_WARNING -> Level.WARN;
      case LOG_INFO -> Level.INFO;
      default -> Level.DEBUG;
    };
  }
}
