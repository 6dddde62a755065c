package org.strowger.bpf;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.strowger.api.ConnectionExchange.Follower;
import org.strowger.api.ConnectionExchange.Held;
import org.strowger.api.KernelException;
import org.strowger.api.RealServerId;

/**
 * Tells of the connections that this director carries: at once where the kernel reports begin and
 * end, and by looks at all of them, which find what changed in between, what lives and must not be
 * taken for idle, and what no report came of. Half-open ones are not told: the client's first
 * packet comes again.
 */
final class Telling {
  /** Between two looks; longer if a look takes much of a processor. */
  static final Duration LOOK = Duration.ofMillis(500);

  /** Remembered sources are looked at so often. */
  private static final long SOURCES_NANOS = 5_000_000_000L;

  /** A look rests for so many times the processor's time that it took. */
  private static final int LOOK_SHARE = 20;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** So many connections are seen before it is asked again where addresses are. */
  private static final int STRETCH = 4_096;

  /** One that lives is told again after this part of its idle time. */
  private static final int AGAIN = 4;

  private static final int EVENT_BEGUN = 1;

  private final KernelMaps maps;
  private final KernelTable table;
  private final LongSupplier clock;
  private final Journal journal;
  private final Elsewhere elsewhere;
  private volatile @Nullable Listener listener;
  private volatile Held held = Held.NOTHING;

  // Of the thread that looks.
  private long[][] idle = new long[64][];
  private long sourcesAt;

  /**
   * Who is told.
   *
   * @param minimumNanos connections that do not live so long are not
   */
  record Listener(long minimumNanos, Follower follower) {}

  Telling(
      KernelMaps maps,
      KernelTable table,
      LongSupplier clock,
      Journal journal,
      Elsewhere elsewhere) {
    this.maps = maps;
    this.table = table;
    this.clock = clock;
    this.journal = journal;
    this.elsewhere = elsewhere;
  }

  /** From now on this one is told, of what changes; null: nobody. */
  void follow(@Nullable Listener wanted) throws KernelException {
    journal.clear();
    listener = wanted;
    table.tell(wanted != null);
  }

  Held held() {
    return held;
  }

  // --- reports of the kernel

  /** {@code struct event} came. */
  void event(int kind, ByteBuffer key) throws KernelException {
    Listener present = listener;
    if (present == null) {
      return;
    }
    if (kind != EVENT_BEGUN) {
      ended(key);
    } else if (present.minimumNanos == 0) {
      ByteBuffer moved = maps.get("connections", key);
      ByteBuffer value = moved == null ? maps.get("halfopen", key) : moved; // it is just moving
      if (value != null) {
        tell(present, key, value, clock.getAsLong(), Long.MAX_VALUE);
      }
    }
  }

  /** It is over, or was idle for too long. */
  void ended(ByteBuffer key) {
    Listener present = listener;
    if (present != null && journal.ended(key)) {
      present.follower.ended(Portable.key(key));
    }
  }

  // --- looks

  /** Looks once; how long to wait until the next time. */
  Duration look() throws IOException {
    Listener present = listener;
    if (present == null) {
      held = Held.NOTHING;
      return LOOK;
    }
    // Its own work: on a machine that gives no processor a look is not to be late as well.
    long start = THREADS.getCurrentThreadCpuTime();
    long now = clock.getAsLong();
    Arrays.fill(idle, null);
    elsewhere.look();
    journal.begin();
    long[] counts = new long[2];
    int[] seen = new int[1];
    walk(
        (key, value) -> {
          if (++seen[0] % STRETCH == 0) {
            elsewhere.refresh();
          }
          if (Flows.over(Flows.state(value))) {
            if (elsewhere.carried(key, value)) {
              ended(Flows.copy(key));
            }
            return;
          }
          boolean carried = elsewhere.carried(key, value);
          counts[carried ? 0 : 1]++;
          if (carried) {
            tell(present, key, value, now, again(value));
          }
        });
    journal.end();
    held = new Held(counts[0], counts[1]);
    if (now - sourcesAt >= SOURCES_NANOS) {
      sources(present.follower, now, sourcesAt, this::isElsewhere);
      sourcesAt = now;
    }
    Duration rest = Duration.ofNanos((THREADS.getCurrentThreadCpuTime() - start) * LOOK_SHARE);
    return rest.compareTo(LOOK) > 0 ? rest : LOOK;
  }

  private void tell(Listener to, ByteBuffer key, ByteBuffer value, long now, long again)
      throws KernelException {
    boolean old = now - Flows.begun(value) >= to.minimumNanos;
    if (old && journal.news(key, value, now, again, () -> lastBack(value))) {
      portable(value, now).ifPresent(of -> to.follower.told(Portable.key(key), Portable.value(of)));
    }
  }

  /** When the real server sent last; long ago if its packets do not come by here. */
  private long lastBack(ByteBuffer value) throws KernelException {
    ByteBuffer back = Flows.hasOther(value) ? maps.get("connections", Flows.other(value)) : null;
    return back == null ? Long.MIN_VALUE : Flows.last(back);
  }

  private long again(ByteBuffer value) throws KernelException {
    int service = Flows.service(value);
    if (service >= idle.length) {
      idle = Arrays.copyOf(idle, Math.max(service + 1, idle.length * 2));
    }
    long[] known = idle[service];
    if (known == null) {
      known = table.idle(service).map(Flows::idleNanos).orElse(new long[0]);
      idle[service] = known;
    }
    return known.length == 0 ? Long.MAX_VALUE : Flows.stateIdleNanos(value, known) / AGAIN;
  }

  /** Sees each connection once; key and value change after the call. */
  private interface Visitor {
    void connection(ByteBuffer key, ByteBuffer value) throws KernelException;
  }

  private void walk(Visitor visitor) throws KernelException {
    KernelException[] failure = new KernelException[1];
    maps.map("connections")
        .forEach(
            (key, value) -> {
              Octets.order(key);
              Octets.order(value);
              if (Flows.reverse(value) || Flows.cut(value)) {
                return true;
              }
              try {
                visitor.connection(key.slice().order(key.order()), value);
                return true;
              } catch (KernelException e) {
                failure[0] = e;
                return false;
              }
            });
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  /** Of this director and of others alike: who asks may have lost what it told itself. */
  void all(long minimumNanos, Follower follower) throws IOException {
    walk(
        (key, value) -> {
          long now = clock.getAsLong();
          if (!Flows.over(Flows.state(value)) && now - Flows.begun(value) >= minimumNanos) {
            Optional<Portable.Connection> of = portable(value, now);
            if (of.isPresent()) {
              follower.told(Portable.key(key), Portable.value(of.get()));
            }
          }
        });
    sources(follower, clock.getAsLong(), Long.MIN_VALUE, _ -> false);
  }

  private Optional<Portable.Connection> portable(ByteBuffer value, long now)
      throws KernelException {
    Optional<String> service = table.serviceName(Flows.service(value));
    Optional<RealServerId> real = table.realName(Flows.real(value));
    if (service.isEmpty() || real.isEmpty()) {
      return Optional.empty(); // of a configuration before this process, and in no other
    }
    boolean both = Flows.hasOther(value);
    ByteBuffer other = Flows.other(value);
    ByteBuffer back = both ? maps.get("connections", other) : null;
    long last = back == null ? Flows.last(value) : Math.max(Flows.last(value), Flows.last(back));
    return Optional.of(
        new Portable.Connection(
            service.get(),
            real.get(),
            Flows.method(value),
            Flows.state(value),
            Math.max(0, now - Flows.begun(value)),
            Math.max(0, now - last),
            Flows.packets(value),
            Flows.octets(value),
            both ? Optional.of(Flows.destination(other)) : Optional.empty(),
            back == null ? 0 : Flows.packets(back),
            back == null ? 0 : Flows.octets(back)));
  }

  /** The service is at an address that another director has now: that one tells. */
  private boolean isElsewhere(String service) {
    BoundService known = table.services().get(service);
    return known != null && elsewhere.is(known.key().address());
  }

  /** Those used since then, but for services that are left out. */
  private void sources(Follower follower, long now, long since, Predicate<String> leftOut)
      throws KernelException {
    maps.map("persistence")
        .forEach(
            (key, value) -> {
              long last = Octets.order(value).getLong(8);
              if (last >= since) {
                int service = Octets.order(key).getInt(key.position() + Octets.ADDRESS);
                Optional<String> name = table.serviceName(service).filter(of -> !leftOut.test(of));
                Optional<RealServerId> real = table.realName(value.getInt(0));
                if (name.isPresent() && real.isPresent()) {
                  Portable.Source source =
                      new Portable.Source(
                          name.get(),
                          Octets.address(key, key.position()),
                          real.get(),
                          Math.max(0, now - last));
                  follower.told(Portable.key(source), Portable.value(source));
                }
              }
              return true;
            });
  }
}
