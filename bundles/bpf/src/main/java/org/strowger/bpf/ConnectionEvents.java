package org.strowger.bpf;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.strowger.api.BpfRing;
import org.strowger.api.ConnectionLog;
import org.strowger.api.KernelException;
import org.strowger.api.RealServerId;

/**
 * The log of connections that the kernel forwards: it tells of begin and end of those of virtual
 * services that have one, and this writes every nth, so many lines a second, as the relay does. The
 * thread that reads calls {@link #read}, that of the sweep {@link #timedOut}.
 */
final class ConnectionEvents implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionEvents.class);

  /** The relay's logger: one log, whoever carried the connection. */
  private static final Logger CONNECTIONS = LoggerFactory.getLogger("strowger.connections");

  private static final Duration WAIT = Duration.ofMillis(500);
  private static final int AT_ONCE = 4096;
  private static final long SECOND = 1_000_000_000L;
  private static final int BEGUN = 1;

  /** By {@code enum event_kind}; the relay's words. */
  private static final Map<Integer, String> END_WORDS =
      Map.of(2, "closed", 3, "clientReset", 4, "realReset");

  // struct event
  private static final int WHEN = 0;
  private static final int BEGUN_AT = 8;
  private static final int OCTETS = 24;
  private static final int KIND = 32;
  private static final int SERVICE = 40;
  private static final int REAL = 44;
  private static final int CLIENT = 48;
  private static final int OCTETS_BACK = 88;

  /** Direct routing, tunnels: nobody here sees what the real server answers. */
  static final long UNSEEN = -1;

  private final BpfRing ring;
  private final KernelTable table;
  private final Telling telling;

  /** By index of the service. */
  private final Map<Integer, Lines> lines = new HashMap<>();

  /** What a service's log has had. */
  private static final class Lines {
    private long ended;
    private long paid = System.nanoTime();

    /** Every nth, and the one after which so many a second have been written only later. */
    private boolean take(ConnectionLog wanted, long now) {
      if (wanted.sample() <= 0 || wanted.rate() <= 0 || ended++ % wanted.sample() != 0) {
        return false;
      }
      long after = Math.max(paid, now) + SECOND / wanted.rate();
      if (after - now > SECOND) {
        return false;
      }
      paid = after;
      return true;
    }
  }

  /**
   * @param telling tells other directors
   */
  ConnectionEvents(BpfRing ring, KernelTable table, Telling telling) {
    this.ring = ring;
    this.table = table;
    this.telling = telling;
  }

  /** Reads what has come, waiting for it for a while. */
  Duration read() throws KernelException {
    if (ring.await(WAIT)) {
      ring.read(this::event, AT_ONCE);
    }
    return Duration.ZERO;
  }

  private void event(ByteBuffer octets) {
    ByteBuffer event = Octets.order(octets.duplicate());
    int index = event.getInt(SERVICE);
    try {
      ByteBuffer key = Octets.zeros(Flows.KEY);
      key.put(0, event, CLIENT, Flows.KEY);
      telling.event(event.getInt(KIND), key);
    } catch (KernelException e) { // the ring is read to its end; a look tells what is left
      LOG.atWarn().setCause(e).log("another director is told late of a connection");
    }
    if (event.getInt(KIND) == BEGUN) {
      if (CONNECTIONS.isDebugEnabled() && table.connectionLog(index).sample() > 0) {
        CONNECTIONS
            .atDebug()
            .addKeyValue("id", event.getLong(BEGUN_AT))
            .addKeyValue("service", table.serviceName(index).orElse(""))
            .addKeyValue("client", client(event))
            .log("connection accepted");
      }
      return;
    }
    long millis = (event.getLong(WHEN) - event.getLong(BEGUN_AT)) / 1_000_000;
    String end = END_WORDS.getOrDefault(event.getInt(KIND), "");
    ended(
        index,
        event.getInt(REAL),
        end,
        event.getLong(OCTETS_BACK),
        line ->
            line.addKeyValue("id", event.getLong(BEGUN_AT))
                .addKeyValue("client", client(event))
                .addKeyValue("durationMillis", millis)
                .addKeyValue("bytesIn", event.getLong(OCTETS)));
  }

  /**
   * An idle time has ended it: the kernel does not tell of that.
   *
   * @param octetsBack to the client, or {@link #UNSEEN}
   */
  void timedOut(ByteBuffer key, ByteBuffer value, long octetsBack, long now) {
    telling.ended(key);
    ended(
        Flows.service(value),
        Flows.real(value),
        "idle",
        octetsBack,
        line ->
            line.addKeyValue("id", Flows.begun(value))
                .addKeyValue("client", client(Flows.source(key)))
                .addKeyValue("durationMillis", (now - Flows.begun(value)) / 1_000_000)
                .addKeyValue("bytesIn", Flows.octets(value)));
  }

  private synchronized void ended(
      int service,
      int real,
      String end,
      long octetsBack,
      UnaryOperator<LoggingEventBuilder> about) {
    ConnectionLog wanted = table.connectionLog(service);
    if (wanted.sample() <= 0
        || !lines.computeIfAbsent(service, _ -> new Lines()).take(wanted, System.nanoTime())) {
      return;
    }
    LoggingEventBuilder line = about.apply(CONNECTIONS.atInfo());
    (octetsBack == UNSEEN ? line : line.addKeyValue("bytesOut", octetsBack))
        .addKeyValue("service", table.serviceName(service).orElse(""))
        .addKeyValue("real", table.realName(real).map(RealServerId::toString).orElse(""))
        .addKeyValue("verdict", "accepted")
        .addKeyValue("end", end)
        .log("connection ended");
  }

  private static String client(ByteBuffer event) {
    return client(Flows.source(event.slice(CLIENT, Flows.KEY)));
  }

  private static String client(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }

  @Override
  public void close() {
    ring.close();
  }
}
