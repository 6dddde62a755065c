package org.strowger.snmp;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.PDU;
import org.strowger.api.Origin;

/**
 * Writes SETs that were refused before the director was told into the audit log; what the director
 * is told it writes itself. Bounded, for a user may repeat himself: what is beyond is counted. Any
 * thread.
 */
final class SetAudit {
  /** Lines a second. */
  static final int LINES = 20;

  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final Logger LOG = LoggerFactory.getLogger("audit");

  private final AtomicLong unwritten = new AtomicLong();
  private long second = System.nanoTime();
  private int written;

  /**
   * @param binding the object that was wrong, or empty
   */
  void refused(Origin origin, int errorStatus, String binding) {
    if (!allowed()) {
      unwritten.incrementAndGet();
      return;
    }
    LOG.atInfo()
        .addKeyValue("origin", origin.kind().word())
        .addKeyValue("user", origin.user())
        .addKeyValue("source", origin.source())
        .addKeyValue("object", binding)
        .addKeyValue("result", "refused")
        .addKeyValue("why", PDU.toErrorStatusText(errorStatus))
        .addKeyValue("unwritten", unwritten.getAndSet(0))
        .log("change");
  }

  private synchronized boolean allowed() {
    long now = System.nanoTime();
    if (now - second >= SECOND_NANOS) {
      second = now;
      written = 0;
    }
    return ++written <= LINES;
  }
}
