package org.strowger.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests at fixed moments, whatever the answers do (open loop). A latency counts from the moment
 * that was planned, not from the one at which the load came to send: a director that stalls for 100
 * ms makes all the requests planned meanwhile late, and they say so. With a new connection a
 * request, the latency has the connect in it and ends with the last byte of the body.
 */
final class PacedLoad {
  /** Requests under way at once, at most: what exceeds it is counted as failed. */
  static final int UNDER_WAY_MAX = 8192;

  private static final int KEPT_CONNECTIONS = 32;

  /** What came of it; hung: not answered within the patience. */
  record Outcome(Latencies latencies, long failed, long hung) {}

  private final List<Target> targets;
  private final double perSecond;
  private final Duration length;
  private final Duration patience;
  private final AtomicLongArray nanos; // by request; 0: not answered
  private final LongAdder failed = new LongAdder();
  private final LongAdder hung = new LongAdder();

  PacedLoad(List<Target> targets, double perSecond, Duration length, Duration patience) {
    this.targets = List.copyOf(targets);
    this.perSecond = perSecond;
    this.length = length;
    this.patience = patience;
    this.nanos = new AtomicLongArray((int) Math.max(1, perSecond * length.toMillis() / 1000));
  }

  /** One connection a request. */
  Outcome newConnections() throws InterruptedException {
    Semaphore underWay = new Semaphore(UNDER_WAY_MAX);
    List<Thread> threads = new ArrayList<>();
    long begun = System.nanoTime();
    for (int i = 0; i < nanos.length(); i++) {
      int request = i;
      long planned = begun + planned(i);
      await(planned);
      if (!underWay.tryAcquire()) {
        failed.increment();
        continue;
      }
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      onNewConnection(request, planned);
                    } finally {
                      underWay.release();
                    }
                  }));
    }
    return outcome(threads);
  }

  private void onNewConnection(int request, long planned) {
    Target target = targets.get(request % targets.size());
    try (Socket socket = connect(target)) {
      socket.getOutputStream().write(HttpAnswer.request(target, false));
      new HttpAnswer(socket.getInputStream()).read(true);
      done(request, planned);
    } catch (IOException e) {
      note(e);
    }
  }

  /** On connections that stay open, each with every 32nd of the planned moments. */
  Outcome keptConnections() throws InterruptedException {
    int connections = Math.min(KEPT_CONNECTIONS, nanos.length());
    List<Thread> threads = new ArrayList<>();
    long begun = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50); // all connected by then
    for (int i = 0; i < connections; i++) {
      int first = i;
      threads.add(Thread.ofVirtual().start(() -> onKeptConnection(first, connections, begun)));
    }
    return outcome(threads);
  }

  private void onKeptConnection(int first, int step, long begun) {
    Target target = targets.get(first % targets.size());
    byte[] bytes = HttpAnswer.request(target, true);
    int request = first;
    while (request < nanos.length()) {
      int next = request;
      try (Socket socket = connect(target)) {
        HttpAnswer answers = new HttpAnswer(socket.getInputStream());
        while (request < nanos.length()) {
          long planned = begun + planned(request);
          await(planned);
          int current = request;
          request += step; // also if it fails: the next one has a connection of its own
          socket.getOutputStream().write(bytes);
          answers.read(false);
          done(current, planned);
        }
      } catch (IOException e) {
        note(e);
        if (request == next) {
          request += step; // not even connected
        }
      }
    }
  }

  private long planned(int request) {
    return (long) (request * 1e9 / perSecond);
  }

  private static void await(long moment) {
    for (long left = moment - System.nanoTime(); left > 0; left = moment - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private Socket connect(Target target) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) patience.toMillis());
      InetSocketAddress to =
          new InetSocketAddress(InetAddress.ofLiteral(target.address()), target.port());
      socket.connect(to, (int) patience.toMillis());
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void done(int request, long planned) {
    nanos.set(request, Math.max(1, System.nanoTime() - planned));
  }

  private void note(IOException e) {
    if (e instanceof SocketTimeoutException) {
      hung.increment();
    } else {
      failed.increment();
    }
  }

  private Outcome outcome(List<Thread> threads) throws InterruptedException {
    // Each socket operation ends within the patience; a kept connection may meet it many times.
    long deadline = System.nanoTime() + length.plus(patience.multipliedBy(3)).toNanos();
    for (Thread thread : threads) {
      thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
    }
    long[] answered = new long[nanos.length()];
    int count = 0;
    for (int i = 0; i < nanos.length(); i++) {
      if (nanos.get(i) > 0) {
        answered[count++] = nanos.get(i);
      }
    }
    // What has neither been answered nor failed by now hangs.
    long open = nanos.length() - count - failed.sum() - hung.sum();
    long never = hung.sum() + Math.max(0, open);
    return new Outcome(new Latencies(Arrays.copyOf(answered, count)), failed.sum(), never);
  }
}
