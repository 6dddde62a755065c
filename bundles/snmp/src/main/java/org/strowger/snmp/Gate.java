package org.strowger.snmp;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.MessageDispatcher;
import org.snmp4j.TransportMapping;
import org.snmp4j.TransportStateReference;
import org.snmp4j.smi.Address;
import org.snmp4j.smi.TransportIpAddress;
import org.snmp4j.transport.TransportListener;

/**
 * Stands before the agent, ahead of any decoding and cryptography: bounds the packets per second of
 * one source, so that a flood from one address leaves the others their answers, and keeps the
 * receiving thread alive whatever a packet makes the decoder throw. One thread at a time; the
 * counters may be read by any.
 */
final class Gate implements TransportListener {
  /** Packets per second of one source address. */
  static final int RATE = 4_000;

  /** Packets that one source address may send at once. */
  static final int BURST = 8_000;

  /** Source addresses that are remembered; the one that was silent longest is forgotten. */
  static final int SOURCES = 4_096;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long LOG_INTERVAL_NANOS = 60 * NANOS_PER_SECOND;
  private static final Logger log = LoggerFactory.getLogger(Gate.class);

  private final MessageDispatcher dispatcher;
  private final LongSupplier nanoTime;
  private final Map<InetAddress, Bucket> sources = new Sources();
  private final AtomicLong overRate = new AtomicLong();
  private final AtomicLong undecodable = new AtomicLong();
  private long logged;
  private long loggedAt;

  Gate(MessageDispatcher dispatcher, LongSupplier nanoTime) {
    this.dispatcher = dispatcher;
    this.nanoTime = nanoTime;
    this.loggedAt = nanoTime.getAsLong() - LOG_INTERVAL_NANOS;
  }

  /** Tells the log how many packets were thrown away, once a minute at most; one thread's call. */
  void logDrops() {
    long dropped = overRate.get() + undecodable.get();
    long now = nanoTime.getAsLong();
    if (dropped > logged && now - loggedAt >= LOG_INTERVAL_NANOS) {
      log.warn(
          "{} SNMP packets thrown away since the last such line; since the start {} were over the"
              + " rate of their source and {} not decodable",
          dropped - logged,
          overRate.get(),
          undecodable.get());
      logged = dropped;
      loggedAt = now;
    }
  }

  /** Packets that were thrown away because their source sent too many. */
  long overRate() {
    return overRate.get();
  }

  /** Packets at which the decoder threw. */
  long undecodable() {
    return undecodable.get();
  }

  @Override
  public <A extends Address> void processMessage(
      TransportMapping<? super A> transport,
      A source,
      ByteBuffer message,
      TransportStateReference reference) {
    if (source instanceof TransportIpAddress ip && !admits(ip.getInetAddress())) {
      overRate.incrementAndGet();
      return;
    }
    try {
      dispatcher.processMessage(transport, source, message, reference);
    } catch (RuntimeException e) {
      undecodable.incrementAndGet();
      log.debug("a packet from {} could not be decoded", source, e);
    }
  }

  private boolean admits(InetAddress source) {
    long now = nanoTime.getAsLong();
    return sources.computeIfAbsent(source, key -> new Bucket(now)).take(now);
  }

  int sources() {
    return sources.size();
  }

  /** A token bucket. */
  private static final class Bucket {
    private double tokens = BURST;
    private long filled;

    Bucket(long now) {
      filled = now;
    }

    boolean take(long now) {
      tokens = Math.min(BURST, tokens + (double) (now - filled) * RATE / NANOS_PER_SECOND);
      filled = now;
      if (tokens < 1) {
        return false;
      }
      tokens--;
      return true;
    }
  }

  /** In the order of the last packet, bounded. */
  private static final class Sources extends LinkedHashMap<InetAddress, Bucket> {
    private static final long serialVersionUID = 1;

    Sources() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<InetAddress, Bucket> eldest) {
      return size() > SOURCES;
    }
  }
}
