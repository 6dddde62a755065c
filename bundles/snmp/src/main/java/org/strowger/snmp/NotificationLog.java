package org.strowger.snmp;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The last notifications of this start of the agent, whoever was told of them (RFC 3014): also
 * those that are of no alarm, which the history of alarms does not have. Written by the agent's
 * thread, read by any.
 */
final class NotificationLog {
  /** Notifications that are kept; with the next the oldest goes. */
  static final int LIMIT = 500;

  /**
   * A notification.
   *
   * @param number from 1, one more than that of the one before
   */
  record Entry(long number, Instant time, Notification notification) {}

  /**
   * What is kept.
   *
   * @param logged how many there were
   */
  record Kept(List<Entry> entries, long logged) {
    /** How many went to make room. */
    long bumped() {
      return logged - entries.size();
    }
  }

  private volatile Kept kept = new Kept(List.of(), 0);

  void add(Notification notification) {
    Kept before = kept;
    List<Entry> entries = new ArrayList<>(before.entries());
    if (entries.size() >= LIMIT) {
      entries.removeFirst();
    }
    long number = before.logged() + 1;
    entries.add(new Entry(number, Instant.now(), notification));
    kept = new Kept(List.copyOf(entries), number);
  }

  Kept kept() {
    return kept;
  }
}
