package org.strowger.director;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.random.RandomGenerator;
import org.strowger.api.Choice;
import org.strowger.api.Chooser;
import org.strowger.api.Configuration;
import org.strowger.api.Explanation;
import org.strowger.api.Flow;
import org.strowger.api.Loads;
import org.strowger.api.Protocol;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerView;
import org.strowger.api.Reason;
import org.strowger.api.Scheduler;
import org.strowger.api.Verdict;

/**
 * A plane with one virtual service, as the chooser knows one: it holds connections and counts them
 * as {@link Choice.Chosen} says. Configured by keys, as an operator does; its clock is the test's.
 */
final class Switchboard {
  /** A connection that is held; ends once. */
  final class Held {
    private final RealServerId real;
    private final List<AtomicLongArray> tallies;

    private Held(RealServerId real, List<AtomicLongArray> tallies) {
      this.real = real;
      this.tallies = tallies;
      held.merge(real, 1L, Long::sum);
      total++;
      tallies.forEach(tally -> tally.incrementAndGet(Choice.HELD));
    }

    void end() {
      held.merge(real, -1L, Long::sum);
      total--;
      for (AtomicLongArray tally : tallies) {
        tally.decrementAndGet(Choice.HELD);
        tally.set(Choice.LAST_END, nanos);
      }
    }

    RealServerId real() {
      return real;
    }
  }

  final ConcurrentMap<String, Object> memory = new ConcurrentHashMap<>();
  private final Map<String, Object> service = new HashMap<>();
  private final Map<String, Object> pools = new HashMap<>();
  private final Map<String, Object> director = new HashMap<>();
  private final Map<RealServerId, String> down = new HashMap<>();
  private final Map<RealServerId, Long> held = new HashMap<>();
  private final Map<Boolean, GuardedScheduler> schedulers = new HashMap<>();
  private Scheduler scheduler = new LeastConnections();
  long total;
  private long nanos = 77_000_000_000L;
  private ServiceState state = new ServiceState(() -> nanos);
  private Observation observation = Observation.NONE;
  private Configuration configuration = ConfigurationReader.read(Map.of());
  private List<RealServer> reals = List.of();
  private ServiceChooser chooser;

  /** Real servers named {@code web/a}, {@code web/b}... */
  Switchboard(int size) {
    service.put("address", "127.0.0.1");
    service.put("port", 8080L);
    service.put("pool", "web");
    pool("web", size);
    chooser = table();
  }

  void pool(String name, int size) {
    Map<String, Object> members = new java.util.LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      Map<String, Object> member = new HashMap<>();
      member.put("address", "127.0.0.1");
      member.put("port", 9001L + i);
      members.put(letter(i), member);
    }
    pools.put(name, new HashMap<>(Map.of("realServers", members)));
  }

  private static String letter(int index) {
    return Character.toString((char) ('a' + index));
  }

  /** Configures a key of the service, such as {@code limits.rate}. */
  void service(String key, Object value) {
    put(service, key, value);
    edit();
  }

  void pool(String name, String key, Object value) {
    put(branch(pools, name), key, value);
    edit();
  }

  void real(String id, String key, Object value) {
    RealServerId real = id(id);
    put(branch(pools, real.pool()), "realServers." + real.real() + "." + key, value);
    edit();
  }

  void director(String key, Object value) {
    put(director, key, value);
    edit();
  }

  void withScheduler(Scheduler other) {
    scheduler = other;
    schedulers.clear();
    edit();
  }

  private static void put(Map<String, Object> into, String key, Object value) {
    int dot = key.indexOf('.');
    if (dot < 0) {
      into.put(key, value);
    } else {
      put(branch(into, key.substring(0, dot)), key.substring(dot + 1), value);
    }
  }

  @SuppressWarnings("unchecked") // the tree is made of such maps
  private static Map<String, Object> branch(Map<String, Object> tree, String key) {
    return (Map<String, Object>) tree.computeIfAbsent(key, name -> new HashMap<String, Object>());
  }

  void down(String id) {
    down.put(id(id), "connection refused");
    edit();
  }

  void up(String id) {
    down.remove(id(id));
    edit();
  }

  /** The director's bundle is replaced: only the plane's memory is left. */
  void replaceDirector() {
    state = new ServiceState(() -> nanos);
    schedulers.clear();
    observation = Observation.NONE;
    edit();
  }

  private void edit() {
    chooser = table();
  }

  private ServiceChooser table() {
    Map<String, Object> tree = new HashMap<>();
    tree.put("director", director);
    tree.put("pools", pools);
    tree.put("virtualServices", Map.of("web", service));
    List<org.strowger.api.Violation> wrong = TreeCheck.check(tree, Shape.ROOT);
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(wrong.toString());
    }
    Configuration wanted = ConfigurationReader.read(tree);
    configuration = wanted;
    observation =
        Observation.derive(
            wanted,
            new Observation.Evidence(
                findings(wanted), Map.of(), Map.of(), java.util.Set.of(), java.util.Set.of()),
            observation,
            java.time.Instant.EPOCH);
    PlaneSlot.Wanted told =
        new Wanting(wanted, observation)
            .of(
                Objects.requireNonNull(wanted.virtualServices().get("web")),
                state,
                backup -> schedulers.computeIfAbsent(backup, this::guarded));
    reals = told.reals();
    new Memory(memory).retain(wanted.virtualServices().values().stream());
    return new ServiceChooser(told, new Memory(memory));
  }

  private Map<RealServerId, Finding> findings(Configuration wanted) {
    Map<RealServerId, Finding> findings = new HashMap<>();
    down.forEach(
        (id, why) ->
            wanted
                .realServer(id)
                .ifPresent(
                    real ->
                        findings.put(
                            id,
                            Finding.plain(real)
                                .downBy(new Finding.Fault(Reason.CONNECT_FAILED, why)))));
    return findings;
  }

  private GuardedScheduler guarded(boolean backup) {
    return new GuardedScheduler(
        "web",
        "wlc",
        scheduler.copy(),
        RandomGenerator.of("L64X128MixRandom"),
        () -> {},
        new CallWatch());
  }

  Configuration configuration() {
    return configuration;
  }

  Observation observation() {
    return observation;
  }

  void pass(Duration time) {
    nanos += time.toNanos();
  }

  Choice choose(String client, Chooser.Attempt attempt) {
    total++; // the one that is decided is counted
    try {
      return chooser.choose(flow(client), loads(), attempt);
    } finally {
      total--;
    }
  }

  /** Where the next ones would go, of which so many were taken since the last call. */
  List<String> ahead(int used, int most) {
    return java.util.Arrays.stream(chooser.ahead(loads(), used, most))
        .mapToObj(index -> reals.get(index).id().real())
        .toList();
  }

  /** Whether what was foreseen last depended on what is held. */
  boolean aheadByLoads() {
    return chooser.aheadByLoads();
  }

  /** One that a plane took from what was foreseen; it is held. */
  void hold(String real) {
    held.merge(id("web/" + real), 1L, Long::sum);
    total++;
  }

  void release(String real) {
    held.merge(id("web/" + real), -1L, Long::sum);
    total--;
  }

  int[] weights(boolean everybody) {
    return chooser.weights(everybody);
  }

  Optional<org.strowger.api.LookupTable> lookupTable() {
    return chooser.table();
  }

  /** A client connects; it is held. */
  Held connect(String client) {
    return connect(client, Chooser.Attempt.first(false)).orElseThrow();
  }

  Optional<Held> connect(String client, Chooser.Attempt attempt) {
    return choose(client, attempt) instanceof Choice.Chosen(int index, var tallies)
        ? Optional.of(new Held(reals.get(index).id(), tallies))
        : Optional.empty();
  }

  /** Where a client's connection goes that ends at once. */
  String visit(String client) {
    Held connection = connect(client);
    connection.end();
    return connection.real().toString();
  }

  Verdict refused(String client) {
    return ((Choice.Refused) choose(client, Chooser.Attempt.first(false))).verdict();
  }

  boolean refuses(String client) {
    return choose(client, Chooser.Attempt.first(false)) instanceof Choice.Refused;
  }

  Explanation explain(String client) {
    return chooser.explain(flow(client), loads());
  }

  /** One that tried these in vain. */
  Chooser.Attempt after(String... ids) {
    BitSet tried = new BitSet();
    for (String id : ids) {
      for (int i = 0; i < reals.size(); i++) {
        if (reals.get(i).id().equals(id(id))) {
          tried.set(i);
        }
      }
    }
    return new Chooser.Attempt(tried, false, false);
  }

  List<String> full() {
    List<String> full = new ArrayList<>();
    chooser.eachFull(loads(), (id, fill) -> full.add(id + " " + fill));
    return full;
  }

  long held(String id) {
    return held.getOrDefault(id(id), 0L);
  }

  static RealServerId id(String text) {
    return RealServerId.parse(text).orElseThrow();
  }

  static Flow flow(String client) {
    return new Flow(
        Protocol.TCP,
        new InetSocketAddress(InetAddress.ofLiteral(client), 40_000),
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8080));
  }

  private Loads loads() {
    return new Loads() {
      @Override
      public long active(int index) {
        return held.getOrDefault(reals.get(index).id(), 0L);
      }

      @Override
      public long inactive(int index) {
        return 0;
      }

      @Override
      public long service() {
        return total;
      }

      @Override
      public long director() {
        return total;
      }
    };
  }

  /** The least loaded by weight, the first of equal ones; remembers nothing. */
  private static final class LeastConnections implements Scheduler {
    @Override
    public void changed(RealServerView reals) {}

    @Override
    public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
      int best = NONE;
      for (int i = 0; i < reals.size(); i++) {
        if (reals.weight(i) > 0
            && reals.available(i)
            && (best == NONE
                || reals.active(i) * reals.weight(best) < reals.active(best) * reals.weight(i))) {
          best = i;
        }
      }
      return best;
    }

    @Override
    public Scheduler copy() {
      return this;
    }
  }
}
