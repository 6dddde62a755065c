package org.strowger.snmp;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs refused requests, at most one a second: whoever may send packets must not be able to fill
 * the log. Any thread.
 */
final class Refusals {
  private static final long INTERVAL_NANOS = 1_000_000_000L;
  private static final Logger log = LoggerFactory.getLogger(Refusals.class);

  private final AtomicLong count = new AtomicLong();
  private final AtomicLong logged = new AtomicLong();
  private final AtomicLong next = new AtomicLong(System.nanoTime());

  void refused(String user, String source, String why) {
    long total = count.incrementAndGet();
    long due = next.get();
    long now = System.nanoTime();
    if (now - due < 0 || !next.compareAndSet(due, now + INTERVAL_NANOS)) {
      return;
    }
    long unlogged = total - logged.getAndSet(total) - 1;
    log.atWarn()
        .addKeyValue("user", user)
        .addKeyValue("source", source)
        .addKeyValue("unlogged", unlogged)
        .log("SNMP request refused: {}", why);
  }
}
