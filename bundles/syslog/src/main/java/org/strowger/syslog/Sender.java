package org.strowger.syslog;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Management.SyslogTarget;
import org.strowger.api.Syslog;

/**
 * Sends to one syslog server, in order, on a thread of its own. While the server cannot be reached
 * messages wait; when {@link #QUEUE_LIMIT} wait, the oldest is dropped and counted. A server that
 * takes nothing without refusing is found out by that: {@link #problem} says so.
 */
final class Sender {
  /** Messages that wait for one server. */
  static final int QUEUE_LIMIT = 1_024;

  private static final long SHORTEST_PAUSE_MILLIS = 500;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;
  private static final Duration LAST_SENDS = Duration.ofSeconds(2);
  private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

  private final SyslogTarget target;
  private final Wire.Opening opening;
  private final String host;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Deque<Message> waiting = new ArrayDeque<>();
  private long dropped;
  private long sent;
  private boolean stopping;
  private volatile Optional<String> problem = Optional.empty();

  /**
   * @param host name of this director, as HOSTNAME
   */
  Sender(SyslogTarget target, Wire.Opening opening, String host) {
    this.target = target;
    this.opening = opening;
    this.host = host;
    this.thread = Thread.ofVirtual().name("syslog-" + target.name()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  SyslogTarget target() {
    return target;
  }

  String host() {
    return host;
  }

  /** Takes a message; returns at once. Any thread. */
  void offer(Message message) {
    lock.lock();
    try {
      if (waiting.size() >= QUEUE_LIMIT) {
        waiting.remove();
        dropped++;
        if (problem.isEmpty()) {
          problem = Optional.of(QUEUE_LIMIT + " messages wait: it takes none");
        }
      }
      waiting.add(message);
      filled.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Why the server cannot be reached, or empty. */
  Optional<String> problem() {
    return problem;
  }

  /** How it stands, for those who watch. */
  Syslog.Server state() {
    lock.lock();
    try {
      return new Syslog.Server(
          target.name(),
          target.transport(),
          target.address(),
          target.port(),
          problem.orElse(""),
          sent,
          dropped,
          waiting.size());
    } finally {
      lock.unlock();
    }
  }

  /** Messages that were dropped, as too many waited. */
  long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    long pause = SHORTEST_PAUSE_MILLIS;
    Connection connection = new Connection();
    try {
      while (true) {
        Message next = first();
        if (next == null) {
          return;
        }
        try {
          connection.send(next.octets(target.facility(), host));
          done(next);
          pause = SHORTEST_PAUSE_MILLIS;
        } catch (IOException | RuntimeException e) { // a fault of ours must not end it in silence
          connection.drop();
          failed(e);
          pause(pause);
          pause = Math.min(LONGEST_PAUSE_MILLIS, 2 * pause);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connection.drop();
    }
  }

  /** The wire while there is one. */
  private final class Connection {
    private @Nullable Wire wire;

    void send(byte[] octets) throws IOException {
      Wire open = wire;
      if (open == null) {
        open = opening.open();
        wire = open;
      }
      open.send(octets);
    }

    void drop() {
      Wire open = wire;
      wire = null;
      try {
        if (open != null) {
          open.close();
        }
      } catch (IOException e) {
        LOG.atDebug().addKeyValue("server", target.name()).setCause(e).log("not closed");
      }
    }
  }

  /** The oldest, which stays until it is sent; null at the end. */
  private @Nullable Message first() throws InterruptedException {
    lock.lock();
    try {
      while (waiting.isEmpty() && !stopping) {
        filled.await();
      }
      return waiting.peek();
    } finally {
      lock.unlock();
    }
  }

  private void done(Message message) {
    lock.lock();
    try {
      waiting.removeFirstOccurrence(message); // it may have been dropped meanwhile
      sent++;
    } finally {
      lock.unlock();
    }
    if (problem.isPresent()) {
      problem = Optional.empty();
      LOG.atInfo()
          .addKeyValue("server", target.name())
          .addKeyValue("dropped", dropped())
          .log("syslog server is reached");
    }
  }

  private void failed(Exception e) {
    String why = String.valueOf(e.getMessage());
    if (problem.isEmpty()) {
      LOG.atWarn()
          .addKeyValue("server", target.name())
          .log("syslog server is not reached: {}", why);
    }
    problem = Optional.of(why);
  }

  private void pause(long millis) throws InterruptedException {
    lock.lock();
    try {
      if (stopping) {
        throw new InterruptedException("nobody to send to");
      }
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (left > 0 && !stopping) {
        left = filled.awaitNanos(left); // a message that comes meanwhile waits as the others do
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends after what waits was sent, if that does not take long. */
  void stop() {
    lock.lock();
    try {
      stopping = true;
      filled.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      if (!thread.join(LAST_SENDS)) {
        thread.interrupt();
        LOG.atDebug().addKeyValue("server", target.name()).log("stopped while messages waited");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Messages that were handed to the network. */
  long sent() {
    lock.lock();
    try {
      return sent;
    } finally {
      lock.unlock();
    }
  }
}
