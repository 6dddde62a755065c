package org.strowger.wire;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The log of a virtual service's connections: every nth, so many lines a second. A line at the end
 * of a connection (info), and one at its start (debug). Any thread.
 */
final class ConnectionLog {
  private static final Logger log = LoggerFactory.getLogger("strowger.connections");
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** The words of the verdicts by code, as in the MIB. */
  private static final List<String> VERDICTS =
      List.of(
          "none",
          "accepted",
          "noRealServer",
          "connectFailed",
          "accessDenied",
          "connectionLimit",
          "rateLimit",
          "notInService",
          "controlAbsent",
          "queueExpired",
          "queueFull",
          "badProxyHeader",
          "clientGone");

  private final AtomicLong begun = new AtomicLong();

  /** When the lines written so far would have been written at the allowed rate. */
  private final AtomicLong paid = new AtomicLong(System.nanoTime());

  /** Whether a connection that begins is one of those that are logged. */
  boolean samples(WantedService wanted) {
    return wanted.logSample() > 0 && begun.getAndIncrement() % wanted.logSample() == 0;
  }

  void started(LiveConnection connection) {
    if (log.isDebugEnabled() && allowed(connection)) {
      about(connection, log.atDebug()).log("connection accepted");
    }
  }

  void ended(LiveConnection connection, End end) {
    if (log.isInfoEnabled() && allowed(connection)) {
      about(connection, log.atInfo())
          .addKeyValue("real", connection.real())
          .addKeyValue("bytesIn", connection.bytesIn())
          .addKeyValue("bytesOut", connection.bytesOut())
          .addKeyValue("durationMillis", (System.nanoTime() - connection.started()) / 1_000_000)
          .addKeyValue("verdict", verdict(connection.account().verdict()))
          .addKeyValue("end", end.word())
          .log("connection ended");
    }
  }

  private static LoggingEventBuilder about(LiveConnection connection, LoggingEventBuilder line) {
    return line.addKeyValue("id", connection.id())
        .addKeyValue("service", connection.service())
        .addKeyValue("client", text(connection.client()));
  }

  private static String text(java.net.InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }

  static String verdict(int code) {
    return code < VERDICTS.size() ? VERDICTS.get(code) : "verdict" + code;
  }

  private boolean allowed(LiveConnection connection) {
    if (take(connection.port().wanted().logRate(), System.nanoTime())) {
      return true;
    }
    connection.account().count(Contract.LOG_SUPPRESSED);
    return false;
  }

  /** A token bucket of one second's lines, as the time that it will be full again. */
  boolean take(int rate, long now) {
    if (rate <= 0) {
      return false;
    }
    long line = SECOND / rate;
    while (true) {
      long before = paid.get();
      long after = (before - now > 0 ? before : now) + line;
      if (after - now > SECOND) {
        return false;
      }
      if (paid.compareAndSet(before, after)) {
        return true;
      }
    }
  }
}
