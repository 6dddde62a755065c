package org.strowger.wire;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.uring.RingLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event loop and what only its thread touches: the live connections it carries, oldest first,
 * and those that wait for a decider. Both sockets of a connection belong to one loop, so that
 * nothing in the way of a byte needs a lock.
 */
final class Loop {
  private static final Logger log = LoggerFactory.getLogger(Loop.class);

  /** Room in an identity for the loop, 0 to 127, and the salt. */
  private static final int ID_LOOP_BITS = 8;

  private static final Clock CLOCK = Clock.systemUTC();

  private final int index;
  private final int salt;
  private final EventLoop events;
  private final Tally wire;
  private final Buffers buffers;
  private final Sweep sweep = new Sweep(this);
  private final ConnectDeadlines connectDeadlines = new ConnectDeadlines(this);
  private final Set<Acceptor> acceptors = new HashSet<>();
  private final ArrayDeque<Search> parked = new ArrayDeque<>();
  private final FlowTable flows = new FlowTable(this, Limits.FLOWS);
  private @Nullable LiveConnection oldest;
  private @Nullable LiveConnection newest;
  private long lastMicros;
  private boolean accepting = true;
  private boolean rings;
  private @Nullable RingLoop ring;
  private volatile int live;

  /**
   * @param salt 0 or 1, other than that of the wire before
   * @param rings sockets go without channels
   * @param wire its row of the wire's own page
   * @param bufferBudget bytes that may wait for slow readers
   */
  Loop(int index, EventLoop events, int salt, boolean rings, Tally wire, long bufferBudget) {
    this.rings = rings;
    this.wire = wire;
    this.buffers = new Buffers(wire, bufferBudget);
    this.salt = salt << (ID_LOOP_BITS - 1);
    this.index = index;
    this.events = events;
  }

  /** Sockets without channels on this loop; null where the transport has none. On the loop. */
  @Nullable RingLoop ring() {
    if (ring == null && rings) {
      ring =
          RingLoop.on(
              (IoEventLoop) events,
              Transport.LENT_RING,
              Limits.RING_LENT_BUFFERS,
              Limits.READ_BYTES,
              buffers::paused);
    }
    return ring;
  }

  /**
   * A socket to be connected to a real server.
   *
   * @throws io.netty.channel.ChannelException if there is no descriptor for it
   */
  Side open(LiveConnection connection) {
    boolean direct = ring() != null && !connection.port().wanted().transparentSource();
    return direct ? RingSide.unconnected(connection) : ChannelSide.open(connection);
  }

  RingLoop requireRing() {
    return Objects.requireNonNull(ring());
  }

  /** No socket without a channel any more; on the loop, when all have been closed. */
  boolean closeRing() {
    rings = false;
    if (ring != null) {
      ring.close();
    }
    return ring != null;
  }

  ConnectDeadlines connectDeadlines() {
    return connectDeadlines;
  }

  int index() {
    return index;
  }

  EventLoop events() {
    return events;
  }

  Buffers buffers() {
    return buffers;
  }

  Sweep sweep() {
    return sweep;
  }

  @Nullable LiveConnection oldest() {
    return oldest;
  }

  // --- accepting

  /** A listening socket on this loop. */
  void add(Acceptor acceptor) {
    acceptors.add(acceptor);
    acceptor.accepting(accepting);
  }

  void remove(Acceptor acceptor) {
    acceptors.remove(acceptor);
  }

  /** Whether new connections are taken, or wait in the kernel's backlogs. */
  void accepting(boolean now) {
    if (accepting != now) {
      accepting = now;
      acceptors.forEach(acceptor -> acceptor.accepting(now));
    }
  }

  boolean accepting() {
    return accepting;
  }

  /** Counted on one loop for all. */
  void countPause() {
    wire.add(Contract.ACCEPT_PAUSES, 1);
  }

  // --- what it carries

  /** Flows of datagrams that this loop carries. */
  FlowTable flows() {
    return flows;
  }

  /** Connections and flows carried now; any thread. */
  int live() {
    return live + flows.size();
  }

  /**
   * An identity that no other connection of this director has, greater than all before on this
   * loop: microseconds of the wall clock, the loop, and a bit of this wire's own.
   */
  long nextId() {
    Instant now = CLOCK.instant();
    long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    lastMicros = Math.max(lastMicros + 1, micros);
    return lastMicros << ID_LOOP_BITS | index | salt;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by this loop's thread only
  void add(LiveConnection connection) {
    LiveConnection last = newest;
    connection.older = last;
    if (last == null) {
      oldest = connection;
    } else {
      last.newer = connection;
    }
    newest = connection;
    live++;
    sweep.added(connection);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by this loop's thread only
  void remove(LiveConnection connection) {
    sweep.removing(connection);
    LiveConnection older = connection.older;
    LiveConnection newer = connection.newer;
    if (older == null) {
      oldest = newer;
    } else {
      older.newer = newer;
    }
    if (newer == null) {
      newest = older;
    } else {
      newer.older = older;
    }
    connection.older = null;
    connection.newer = null;
    live--;
  }

  /** Shows everything it carries, oldest first; on the loop. */
  void each(Consumer<Carried> visitor) {
    for (LiveConnection at = oldest; at != null; at = at.newer) {
      visitor.accept(at);
    }
    flows.each(visitor);
  }

  /** What matches, of connections and of flows the {@code limit} oldest each; on the loop. */
  List<Carried> find(Predicate<Carried> filter, int limit) {
    List<Carried> found = new ArrayList<>();
    for (LiveConnection at = oldest; at != null && found.size() < limit; at = at.newer) {
      if (filter.test(at)) {
        found.add(at);
      }
    }
    flows.find(filter, limit, found);
    return found;
  }

  /** Lets a connection wait for a decider; false if too many do already. */
  boolean park(Search search) {
    if (parked.size() >= Limits.PARKED) {
      return false;
    }
    parked.add(search);
    later(
        Limits.PARK_MILLIS,
        () -> {
          if (parked.remove(search)) {
            search.decideAlone();
          }
        });
    return true;
  }

  /** Gives the parked connections to the decider that has come, in the order of their arrival. */
  void unpark() {
    flows.unpark();
    for (int waiting = parked.size(); waiting > 0; waiting--) {
      Search search = parked.poll();
      if (search != null) {
        search.decide();
      }
    }
  }

  /** Runs on the loop after a while; what it throws is logged. */
  void later(long millis, Runnable task) {
    ScheduledFuture<?> _ =
        events.schedule(
            () -> {
              try {
                task.run();
              } catch (RuntimeException | LinkageError e) {
                log.atError().setCause(e).log("task on {} failed", this);
              }
            },
            millis,
            TimeUnit.MILLISECONDS);
  }

  /** Runs on the loop and waits for the answer. */
  <T> T ask(Callable<T> question) {
    try {
      return events.submit(question).get(Limits.LOOP_ANSWER_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking " + this, e);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException(this + " did not answer: " + e, e);
    }
  }

  @Override
  public String toString() {
    return "loop-" + index;
  }
}
