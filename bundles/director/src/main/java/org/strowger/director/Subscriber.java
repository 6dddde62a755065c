package org.strowger.director;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.BundleInventory;
import org.strowger.api.DirectorEvent;
import org.strowger.api.DirectorListener;

/**
 * One that listens to the director. It is told in order, on a thread of its own: one that is slow,
 * throws or never comes back keeps neither the director nor its neighbours waiting. What it cannot
 * take is dropped, the oldest first, and counted; whoever needs the present looks at the snapshot.
 */
final class Subscriber implements AutoCloseable {
  /** Events that may wait for it. */
  static final int MOST_WAITING = 10_000;

  /** Time after which a call that has not come back is interrupted, and its bundle alarmed. */
  static final int PATIENCE_MILLIS = 30_000;

  private static final Logger LOG = LoggerFactory.getLogger(Subscriber.class);

  private final DirectorListener listener;

  /** Empty: it is told no more. */
  private final BlockingQueue<Optional<DirectorEvent>> waiting =
      new ArrayBlockingQueue<>(MOST_WAITING);

  private final AtomicLong dropped = new AtomicLong();
  private final WatchedCall call;
  private final Thread thread;
  private volatile boolean ending;

  /**
   * @param wake told when it is found not to come back
   */
  Subscriber(DirectorListener listener, CallWatch watch, Runnable wake) {
    this.listener = listener;
    this.call = watch.watch(new WatchedCall("listener " + name(), PATIENCE_MILLIS, wake));
    this.thread = Thread.ofPlatform().name("tell-" + name()).daemon().unstarted(this::run);
    thread.start();
  }

  /** The bundle has the name of its package. */
  private String name() {
    return listener.getClass().getPackageName();
  }

  /** Any thread but its own; never waits. */
  void tell(DirectorEvent event) {
    if (ending) {
      return;
    }
    while (!waiting.offer(Optional.of(event))) {
      if (waiting.poll() != null && dropped.getAndIncrement() == 0) {
        LOG.atError()
            .addKeyValue("listener", name())
            .log("does not take what it is told: {} events wait, older ones go", MOST_WAITING);
      }
    }
  }

  private void run() {
    try {
      for (var next = waiting.take(); next.isPresent(); next = waiting.take()) {
        tellNow(next.get());
      }
    } catch (InterruptedException interrupted) { // by nobody: see tellNow
      LOG.atError().addKeyValue("listener", name()).log("a listener is told no more");
    }
  }

  private void tellNow(DirectorEvent event) {
    call.begin(System.nanoTime());
    try {
      listener.on(event);
    } catch (Throwable thrown) { // whatever it was: the next event is told
      LOG.atWarn().addKeyValue("listener", name()).setCause(thrown).log("a listener failed");
    } finally {
      call.end();
      boolean _ = Thread.interrupted(); // one that a listener has left behind
    }
  }

  /** What is to be alarmed: it holds its thread for longer than it may. */
  Optional<BundleInventory.Failure> failure(long nanos) {
    if (!ending && !thread.isAlive()) {
      return Optional.of(
          new BundleInventory.Failure(name(), "the thread that tells its listener has ended"));
    }
    long taken = call.taken(nanos);
    return taken <= call.patience()
        ? Optional.empty()
        : Optional.of(
            new BundleInventory.Failure(
                name(), "a listener of it has not come back for longer than 30 s"));
  }

  /** Events it was not told. */
  long dropped() {
    return dropped.get();
  }

  /** Tells what waits, for as long at most, and no more. */
  void finish(Duration most) {
    ending = true;
    boolean told = waiting.offer(Optional.empty());
    try {
      if (!told || !thread.join(most)) {
        close();
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      close();
    }
  }

  /** Tells no more; a call that is under way comes to its end. */
  @Override
  public void close() {
    ending = true;
    waiting.clear();
    boolean _ = waiting.offer(Optional.empty());
  }
}
