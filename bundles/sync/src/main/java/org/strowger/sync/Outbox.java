package org.strowger.sync;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What waits for one director, and what it has not acknowledged. Changes find room or are given up,
 * a copy of everything waits for room: so a change is never far behind. Any thread.
 */
final class Outbox {
  /** Most bytes of changes that wait. */
  static final int MOST_BYTES = 8 * 1024 * 1024;

  /** A copy goes on while less waits. */
  static final int MOST_OF_BULK = 128 * 1024;

  /** Most messages that are not acknowledged. */
  static final int WINDOW = 32;

  /** Entries of one message, in bytes. */
  static final int BATCH_BYTES = 16 * 1024;

  private static final long SECOND = 1_000_000_000L;

  /** Bytes that go at once after a pause, in seconds of the rate. */
  private static final double BURST = 0.05;

  /** Entries of one message. */
  record Batch(
      String plane, List<Message.Entry> entries, long since, boolean begins, boolean ends) {}

  private record Sent(long number, long since, int entries) {}

  private static final class Open {
    final String plane;
    final List<Message.Entry> entries = new ArrayList<>();
    final long since;
    boolean begins;
    boolean ends;
    int bytes;

    Open(String plane, long since) {
      this.plane = plane;
      this.since = since;
    }
  }

  private final LongSupplier clock;
  private final Deque<Open> waiting = new ArrayDeque<>();
  private final Deque<Sent> sent = new ArrayDeque<>();
  private long bytes;
  private long number;
  private double allowed;
  private long allowedAt;
  private boolean closed;

  Outbox(LongSupplier clock) {
    this.clock = clock;
    allowedAt = clock.getAsLong();
  }

  /** A change; false if there is no room. */
  synchronized boolean offer(String plane, Message.Entry entry) {
    if (closed || bytes + entry.size() > MOST_BYTES) {
      return false;
    }
    add(plane, entry);
    return true;
  }

  /**
   * A connection of a copy; waits for room.
   *
   * @return false if nobody takes it any more
   */
  synchronized boolean put(String plane, Message.Entry entry) throws InterruptedException {
    while (!closed && bytes > MOST_OF_BULK) {
      wait(1_000);
    }
    if (!closed) {
      add(plane, entry);
    }
    return !closed;
  }

  private void add(String plane, Message.Entry entry) {
    Open last = last(plane);
    if (last.bytes + entry.size() > BATCH_BYTES && !last.entries.isEmpty()) {
      last = new Open(plane, clock.getAsLong());
      waiting.add(last);
    }
    last.entries.add(entry);
    last.bytes += entry.size();
    bytes += entry.size();
  }

  private Open last(String plane) {
    Open last = waiting.peekLast();
    if (last == null || !last.plane.equals(plane) || last.ends) {
      last = new Open(plane, clock.getAsLong());
      waiting.add(last);
    }
    return last;
  }

  /** A copy begins, or ends, here. */
  synchronized void mark(String plane, boolean begins) {
    Open at = new Open(plane, clock.getAsLong());
    at.begins = begins;
    at.ends = !begins;
    waiting.add(at);
  }

  /**
   * What is to be sent now, if that is allowed.
   *
   * @param bytesPerSecond at most
   */
  synchronized Optional<Batch> next(long bytesPerSecond) {
    long now = clock.getAsLong();
    allowed =
        Math.min(
            Math.max(bytesPerSecond * BURST, BATCH_BYTES),
            allowed + (double) (now - allowedAt) * bytesPerSecond / SECOND);
    allowedAt = now;
    Open first = waiting.peekFirst();
    if (first == null || sent.size() >= WINDOW || allowed < Math.min(first.bytes, BATCH_BYTES)) {
      return Optional.empty();
    }
    waiting.removeFirst();
    allowed -= first.bytes;
    bytes -= first.bytes;
    notifyAll();
    sent.add(new Sent(++number, first.since, first.entries.size()));
    return Optional.of(
        new Batch(first.plane, List.copyOf(first.entries), first.since, first.begins, first.ends));
  }

  /** Of the batch that was taken last. */
  synchronized long number() {
    return number;
  }

  /** It was taken over there; entries acknowledged by this. */
  synchronized int acknowledged(long upTo) {
    int entries = 0;
    while (!sent.isEmpty() && sent.getFirst().number <= upTo) {
      entries += sent.removeFirst().entries;
    }
    return entries;
  }

  /** Age of the oldest that is not acknowledged, in nanoseconds; 0 if there is none. */
  synchronized long lag() {
    long now = clock.getAsLong();
    if (!sent.isEmpty()) {
      return Math.max(0, now - sent.getFirst().since);
    }
    return waiting.isEmpty() ? 0 : Math.max(0, now - waiting.getFirst().since);
  }

  synchronized long bytes() {
    return bytes;
  }

  synchronized boolean empty() {
    return waiting.isEmpty() && sent.isEmpty();
  }

  /** Nobody is there any more; who waits is told. */
  synchronized void close() {
    closed = true;
    waiting.clear();
    sent.clear();
    bytes = 0;
    notifyAll();
  }
}
