package org.strowger.failover;

import java.net.InetAddress;
import java.util.List;

/**
 * What an active director tells the others.
 *
 * @param version 2 or 3
 * @param priority 0 resigns
 * @param intervalNanos until its next one
 */
record Advert(
    int version, int routerId, int priority, long intervalNanos, List<InetAddress> addresses) {
  static final long CENTISECOND = 10_000_000;
  static final long SECOND = 100 * CENTISECOND;

  Advert {
    addresses = List.copyOf(addresses);
  }
}
