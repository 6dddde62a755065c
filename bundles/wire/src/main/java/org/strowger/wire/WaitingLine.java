package org.strowger.wire;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The connections of one virtual service that wait for a place on a real server, of all loops, in
 * the order in which they came.
 *
 * <p>When a place may be free the first one is asked for again on its loop; if it got one, the next
 * one is, until one has to wait on. Only one is asked for at a time. Newcomers of that moment are
 * held back until it is over, so that they do not take the place away. Any thread; what is asked is
 * asked on the loops, never under the lock.
 */
final class WaitingLine {
  private final LinkedHashSet<Search> waiting = new LinkedHashSet<>();
  private final List<Search> heldBack = new ArrayList<>();
  private boolean asking;
  private boolean askAgain;
  private boolean ticking;

  /** Grows with each place that may have become free. */
  private volatile long freed;

  private volatile boolean empty = true;

  long freed() {
    return freed;
  }

  /**
   * Stands at the end of the line.
   *
   * @param room most that may wait
   * @param seen {@link #freed} before it was told to wait: a place that was freed since then is not
   *     missed
   * @return false if there is no room
   */
  boolean join(Search search, int room, long seen) {
    boolean missed;
    synchronized (this) {
      if (waiting.size() >= room) {
        return false;
      }
      waiting.add(search);
      empty = false;
      missed = seen != freed;
      if (!ticking) {
        ticking = true;
        search.loop().later(Limits.WAIT_TICK_MILLIS, () -> tick(search.loop()));
      }
    }
    if (missed) {
      ask();
    }
    return true;
  }

  /** Waits no more; false if it did not. */
  synchronized boolean leave(Search search) {
    boolean was = waiting.remove(search);
    empty = waiting.isEmpty();
    return was;
  }

  synchronized boolean holds(Search search) {
    return waiting.contains(search);
  }

  /** A newcomer while a place is being given away: it is decided right after that. */
  synchronized boolean holdBack(Search newcomer, int room) {
    return asking && heldBack.size() < room && heldBack.add(newcomer);
  }

  /** A place on a real server may have become free. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
  void placeFreed() {
    synchronized (this) {
      freed++;
    }
    if (!empty) {
      ask();
    }
  }

  private void ask() {
    Search first;
    synchronized (this) {
      if (asking) {
        askAgain = true;
        return;
      }
      if (waiting.isEmpty()) {
        return;
      }
      asking = true;
      first = waiting.iterator().next();
    }
    first.loop().events().execute(first::askAgain);
  }

  /**
   * The first one has been asked for.
   *
   * @param served it does not wait any more
   */
  void asked(boolean served) {
    List<Search> released = List.of();
    boolean more;
    synchronized (this) {
      asking = false;
      more = (served || askAgain) && !waiting.isEmpty();
      askAgain = false;
      if (!more) {
        released = List.copyOf(heldBack);
        heldBack.clear();
      }
    }
    if (more) {
      ask();
    }
    released.forEach(newcomer -> newcomer.loop().events().execute(newcomer::decideNow));
  }

  /**
   * Lets go who has waited too long, and asks for the first one in case that a place was missed.
   */
  private void tick(Loop loop) {
    List<Search> expired = new ArrayList<>();
    synchronized (this) {
      long now = System.nanoTime();
      Iterator<Search> all = waiting.iterator();
      while (all.hasNext()) {
        Search search = all.next();
        if (now - search.waitingSince() < TimeUnit.MILLISECONDS.toNanos(search.mayWaitMillis())) {
          break; // those behind it came later
        }
        expired.add(search);
        all.remove();
      }
      ticking = !waiting.isEmpty();
      empty = waiting.isEmpty();
      if (ticking) {
        loop.later(Limits.WAIT_TICK_MILLIS, () -> tick(loop));
      }
    }
    expired.forEach(search -> search.loop().events().execute(search::expired));
    ask();
  }
}
