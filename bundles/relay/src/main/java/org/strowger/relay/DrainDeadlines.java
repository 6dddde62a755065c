package org.strowger.relay;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.AdminState;
import org.strowger.api.ForwardedService;
import org.strowger.api.RealServer;

/**
 * Cuts what is still live when the drain timeout of its virtual service has passed since its
 * service or its real server was drained or removed. When that was is kept in the wire's memory in
 * JDK types, so that an update of this bundle does not begin the time anew. Weight 0 is no drain:
 * its connections go on as long as they like.
 *
 * <p>{@code follow} on the director's thread, {@code check} about once a second on its own.
 */
final class DrainDeadlines implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DrainDeadlines.class);

  /** Map of {@code service} or {@code service|pool/real} to the nanoTime at which it began. */
  private static final String SINCE = "relay.drainSince";

  /** Map of services to their drain timeout in nanoseconds; also of removed ones. */
  private static final String TIMEOUTS = "relay.drainTimeouts";

  private final ToIntFunction<Map<String, Object>> disconnect;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("relay-drain").daemon().factory());

  private Set<String> serving = Set.of();
  private Set<String> drained = Set.of();
  private Map<String, Long> timeouts = Map.of();

  /**
   * @param check called about once a second; is to call {@link #check}
   * @param disconnect cuts what matches the filter
   */
  DrainDeadlines(Runnable check, ToIntFunction<Map<String, Object>> disconnect) {
    this.disconnect = disconnect;
    long interval = Limits.DRAIN_CHECK_MILLIS;
    var _ =
        clock.scheduleWithFixedDelay(
            () -> guarded(check), interval, interval, TimeUnit.MILLISECONDS);
  }

  private static void guarded(Runnable check) {
    try {
      check.run();
    } catch (RuntimeException | LinkageError e) { // a wire being replaced: the next round
      log.atWarn().setCause(e).log("drain deadlines not checked");
    }
  }

  /** Takes over a new table. */
  synchronized void follow(Collection<ForwardedService> table) {
    Set<String> goesOn = new HashSet<>();
    Set<String> drains = new HashSet<>();
    Map<String, Long> limits = new HashMap<>();
    for (ForwardedService forwarded : table) {
      String service = forwarded.service().name();
      limits.put(service, forwarded.service().timeouts().drain().toNanos());
      boolean drain = forwarded.service().adminState() == AdminState.DRAIN;
      (drain ? drains : goesOn).add(service);
      for (RealServer real : forwarded.realServers()) {
        boolean alone = real.adminState() == AdminState.DRAIN;
        (alone ? drains : goesOn).add(Ledger.key(service, real.id().toString()));
      }
    }
    serving = goesOn;
    drained = drains;
    timeouts = limits;
  }

  /** Notes what drains since now, and cuts what has drained long enough. */
  synchronized void check(Wire wire, long now) {
    Map<String, Long> limits = map(wire.memory(), TIMEOUTS);
    limits.putAll(timeouts);
    Map<String, Long> since = map(wire.memory(), SINCE);
    Ledger ledger = new Ledger(wire.ledger());
    limits.keySet().removeIf(name -> !timeouts.containsKey(name) && live(ledger, name) == 0);
    Set<String> leaving = new HashSet<>(drained);
    if (limits.values().stream().anyMatch(limit -> limit > 0)) {
      ledger.books().keySet().stream()
          .filter(key -> !key.equals(Contract.WIRE_PAGE) && !serving.contains(key))
          .filter(key -> live(ledger, key) > 0)
          .forEach(leaving::add);
    }
    since.keySet().retainAll(leaving);
    for (String key : leaving) {
      long passed = now - since.computeIfAbsent(key, k -> now);
      long limit = limits.getOrDefault(service(key), 0L);
      if (limit > 0 && passed >= limit && live(ledger, key) > 0) {
        cut(key);
      }
    }
  }

  private void cut(String key) {
    Map<String, Object> filter = new HashMap<>();
    filter.put(Contract.SERVICE_NAME, service(key));
    int bar = key.indexOf('|');
    if (bar >= 0) {
      filter.put(Contract.REAL, key.substring(bar + 1));
    }
    int count = disconnect.applyAsInt(filter);
    if (count > 0) {
      log.atInfo().addKeyValue("what", key).log("drain deadline: {} connections cut", count);
    }
  }

  private static String service(String key) {
    int bar = key.indexOf('|');
    return bar < 0 ? key : key.substring(0, bar);
  }

  private static long live(Ledger ledger, String key) {
    var pages = ledger.pages(key);
    return key.indexOf('|') < 0
        ? Ledger.sum(pages, Contract.SERVICE_ROW, Contract.CONNS_HELD)
        : Ledger.sum(pages, Contract.REAL_ROW, Contract.ACTIVE)
            + Ledger.sum(pages, Contract.REAL_ROW, Contract.INACTIVE);
  }

  @SuppressWarnings("unchecked") // the key names the type
  private static Map<String, Long> map(ConcurrentMap<String, Object> memory, String key) {
    return (Map<String, Long>)
        memory.computeIfAbsent(key, k -> new ConcurrentHashMap<String, Long>());
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
