package org.strowger.launcher;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.felix.framework.Logger;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What the framework itself has to say goes to the log, not to the console. While the bundles start
 * it also keeps why one did not. Any thread.
 */
final class FrameworkLog extends Logger {
  private final Map<String, Throwable> faults = new ConcurrentHashMap<>();
  private volatile boolean keeping = true;
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
    if (keeping && level == LOG_ERROR && bundle != null && fault != null) {
      faults.put(bundle.getSymbolicName(), fault);
    }
  }

  @Override
  protected void doLog(int level, String message, @Nullable Throwable fault) {
    log.atLevel(level(level)).setCause(fault).log(message);
  }

  /** Why a bundle did not start, as far as the framework has said. */
  @Nullable Throwable fault(String symbolicName) {
    return faults.get(symbolicName);
  }

  /** All have started: nothing is kept from now on, a fault would hold its bundle's classes. */
  void forgetFaults() {
    keeping = false;
    faults.clear();
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
