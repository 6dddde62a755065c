package org.strowger.relay;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Choice;
import org.strowger.api.Flow;
import org.strowger.api.ForwardedService;
import org.strowger.api.Loads;
import org.strowger.api.RealServer;
import org.strowger.api.Verdict;

/**
 * A virtual service of the present table, bound to the counters of its real servers.
 *
 * <p>Choices are made one after the other under the service's lock, and each is counted before the
 * next one, so that a scheduler that compares loads sees exact ones, however many loops ask. The
 * lock outlives the table: two tables of one service do not choose at once.
 */
final class BoundService {
  private final ForwardedService forwarded;
  private final ReentrantLock lock;
  private final List<Map.Entry<String, InetSocketAddress>> answers = new ArrayList<>();
  private final Map<String, Integer> indexes = new HashMap<>();
  private volatile List<AtomicReference<AtomicLongArray[]>> counters = List.of();

  BoundService(ForwardedService forwarded, @Nullable BoundService before) {
    this.forwarded = forwarded;
    this.lock = before == null ? new ReentrantLock() : before.lock;
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
    counters = answers.stream().map(a -> ledger.pages(Ledger.key(name(), a.getKey()))).toList();
  }

  /** See {@link Decider#choose}. */
  Object choose(Flow flow, Set<String> tried, Consumer<String> bind) {
    BitSet excluded = new BitSet();
    for (String id : tried) {
      Integer index = indexes.get(id);
      if (index != null) {
        excluded.set(index);
      }
    }
    lock.lock();
    try {
      Choice choice = forwarded.chooser().choose(flow, loads(), excluded);
      return switch (choice) {
        case Choice.Chosen(int index) when index >= 0 && index < answers.size() -> {
          bind.accept(answers.get(index).getKey());
          yield answers.get(index);
        }
        case Choice.Chosen _ -> Verdict.NO_REAL_SERVER.code();
        case Choice.Refused(Verdict verdict) -> verdict.code();
      };
    } finally {
      lock.unlock();
    }
  }

  /** The real server has live connections. */
  boolean holds(String real) {
    Integer index = indexes.get(real);
    return index != null && loads().active(index) + loads().inactive(index) > 0;
  }

  /** Live counts, read at the moment of asking. */
  Loads loads() {
    List<AtomicReference<AtomicLongArray[]>> pages = counters;
    return new Loads() {
      @Override
      public long active(int index) {
        return sum(pages, index, Contract.ACTIVE);
      }

      @Override
      public long inactive(int index) {
        return sum(pages, index, Contract.INACTIVE);
      }
    };
  }

  private static long sum(List<AtomicReference<AtomicLongArray[]>> pages, int index, int cell) {
    return index < 0 || index >= pages.size()
        ? 0
        : Ledger.sum(pages.get(index), Contract.REAL_ROW, cell);
  }
}
