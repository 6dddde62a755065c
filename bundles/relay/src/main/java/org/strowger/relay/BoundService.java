package org.strowger.relay;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Choice;
import org.strowger.api.Chooser;
import org.strowger.api.Flow;
import org.strowger.api.ForwardedService;
import org.strowger.api.Loads;
import org.strowger.api.Protocol;
import org.strowger.api.RealServer;
import org.strowger.api.Verdict;

/**
 * A virtual service of the present table, bound to the counters of its real servers.
 *
 * <p>Choices are made one after the other under the service's lock, and each is counted before the
 * next one, so that a scheduler that compares loads sees exact ones, however many loops ask. The
 * lock outlives the table: two tables of one service do not choose at once. A choice that takes too
 * long keeps no other loop: who comes meanwhile is given no answer, and is asked for again after
 * it.
 */
final class BoundService {
  /** Time that a choice may take before others are turned away meanwhile. */
  private static final long PATIENCE_NANOS = 50_000_000;

  /** The service's lock, since when it is held (0: nobody has it), and who was turned away. */
  private static final class Turn {
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long since;
    private volatile boolean turnedAway;
  }

  private final ForwardedService forwarded;
  private final Turn turn;
  private final Runnable askAgain;
  private final List<Map.Entry<String, InetSocketAddress>> answers = new ArrayList<>();
  private final Map<String, Integer> indexes = new HashMap<>();
  private final LongSupplier held;
  private final Loads loads = new LedgerLoads();
  private volatile List<AtomicReference<AtomicLongArray[]>> counters = List.of();
  private volatile AtomicReference<AtomicLongArray[]> page = Ledger.NO_PAGES;

  /**
   * @param held connections that the plane holds for all virtual services
   * @param askAgain called after a choice that took too long, if others were turned away meanwhile
   */
  BoundService(
      ForwardedService forwarded,
      @Nullable BoundService before,
      LongSupplier held,
      Runnable askAgain) {
    this.held = held;
    this.askAgain = askAgain;
    this.forwarded = forwarded;
    this.turn = before == null ? new Turn() : before.turn;
    for (RealServer real : forwarded.realServers()) {
      String id = real.id().toString();
      indexes.put(id, answers.size());
      answers.add(Map.entry(id, new InetSocketAddress(real.address(), real.port())));
    }
  }

  ForwardedService forwarded() {
    return forwarded;
  }

  String name() {
    return forwarded.service().name();
  }

  /** Reads loads from this ledger; after the wire was told of this service. */
  void read(Ledger ledger) {
    page = ledger.pages(name());
    counters = answers.stream().map(a -> ledger.pages(Ledger.key(name(), a.getKey()))).toList();
  }

  /** See {@link Decider#choose}; null if another choice does not come to its end. */
  @Nullable Object choose(
      InetSocketAddress client,
      InetSocketAddress destination,
      Set<String> tried,
      int attempt,
      BiConsumer<String, List<?>> bind) {
    Flow flow = new Flow(forwarded.service().protocol(), client, destination);
    Chooser.Attempt made =
        new Chooser.Attempt(
            indexes(tried), (attempt & Contract.FIRST) != 0, (attempt & Contract.MAY_WAIT) != 0);
    if (!enter()) { // a connection waits; a datagram cannot, and none goes by unasked
      return forwarded.service().protocol() == Protocol.UDP ? Verdict.CONTROL_ABSENT.code() : null;
    }
    try {
      Choice choice = forwarded.chooser().choose(flow, loads(), made);
      return switch (choice) {
        case Choice.Chosen(int index, List<AtomicLongArray> tallies)
            when index >= 0 && index < answers.size() -> {
          bind.accept(answers.get(index).getKey(), tallies);
          yield answer(index, destination.getPort());
        }
        case Choice.Chosen _ -> Verdict.NO_REAL_SERVER.code();
        case Choice.Refused(Verdict verdict) -> verdict.code();
        case Choice.Wait _ -> Contract.WAIT;
      };
    } finally {
      leave();
    }
  }

  private boolean enter() {
    boolean entered = turn.lock.tryLock();
    long since = turn.since;
    if (!entered && (since == 0 || System.nanoTime() - since < PATIENCE_NANOS)) {
      try {
        entered = turn.lock.tryLock(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
      }
    }
    if (!entered) { // said before the last try: who leaves after it sees it
      turn.turnedAway = true;
      entered = turn.lock.tryLock();
    }
    if (entered) {
      turn.since = System.nanoTime();
    }
    return entered;
  }

  private void leave() {
    turn.since = 0;
    turn.lock.unlock();
    if (turn.turnedAway) {
      turn.turnedAway = false;
      askAgain.run();
    }
  }

  private BitSet indexes(Set<String> tried) {
    BitSet set = new BitSet();
    for (String id : tried) {
      Integer index = indexes.get(id);
      if (index != null) {
        set.set(index);
      }
    }
    return set;
  }

  private Map.Entry<String, InetSocketAddress> answer(int index, int clientsPort) {
    Map.Entry<String, InetSocketAddress> answer = answers.get(index);
    return answer.getValue().getPort() != RealServer.SAME_PORT
        ? answer
        : Map.entry(
            answer.getKey(), new InetSocketAddress(answer.getValue().getAddress(), clientsPort));
  }

  /** The real server has live connections. */
  boolean holds(String real) {
    Integer index = indexes.get(real);
    return index != null && loads().active(index) + loads().inactive(index) > 0;
  }

  /** Live counts, read at the moment of asking. */
  Loads loads() {
    return loads;
  }

  private final class LedgerLoads implements Loads {
    @Override
    public long active(int index) {
      return sum(index, Contract.ACTIVE);
    }

    @Override
    public long inactive(int index) {
      return sum(index, Contract.INACTIVE);
    }

    @Override
    public long latencyNanos(int index) {
      return index < 0 || index >= counters.size() ? 0 : Ledger.latency(counters.get(index));
    }

    @Override
    public long service() {
      return Ledger.sum(page, Contract.SERVICE_ROW, Contract.CONNS_HELD);
    }

    @Override
    public long director() {
      return held.getAsLong();
    }

    private long sum(int index, int cell) {
      return index < 0 || index >= counters.size()
          ? 0
          : Ledger.sum(counters.get(index), Contract.REAL_ROW, cell);
    }
  }
}
