package org.strowger.director;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Prefix;

/**
 * What is remembered of sources, in the order in which they were last seen, never more than a given
 * number. A new one beyond it takes the place of the one not seen for the longest time; sources
 * that hold connections are seen, and go to the end of the row instead, as far as a bounded look
 * finds others.
 *
 * <p>The map itself is the lock: two directors may share it for a moment, and readers count it.
 */
final class SourceTable<V> {
  /** It says nothing any more. */
  static final int WORTHLESS = 0;

  static final int WORTH_KEEPING = 1;

  /** It holds connections. */
  static final int IN_USE = 2;

  /** Entries looked at for each new one, so that the cost is bounded. */
  private static final int LOOK = 8;

  private final SequencedMap<InetAddress, V> map;
  private final int most;
  private final int prefixIpv4;
  private final int prefixIpv6;
  private final ToIntFunction<V> worth;
  private final Runnable evicted;

  /**
   * @param most entries, 1 or more
   * @param worth of an entry: one of the constants above
   * @param evicted told for each entry that went although it was worth keeping
   */
  SourceTable(
      SequencedMap<InetAddress, V> map,
      int most,
      int prefixIpv4,
      int prefixIpv6,
      ToIntFunction<V> worth,
      Runnable evicted) {
    this.map = map;
    this.most = most;
    this.prefixIpv4 = prefixIpv4;
    this.prefixIpv6 = prefixIpv6;
    this.worth = worth;
    this.evicted = evicted;
  }

  /** The prefix that a client belongs to, as its first address. */
  InetAddress source(InetAddress client) {
    return Prefix.masked(client, length(client));
  }

  /** The same for people. */
  Prefix prefix(InetAddress client) {
    return new Prefix(client, length(client));
  }

  private int length(InetAddress client) {
    return client instanceof Inet4Address ? prefixIpv4 : prefixIpv6;
  }

  /** What is remembered of a source; changes nothing. */
  @Nullable V find(InetAddress source) {
    synchronized (map) {
      return map.get(source);
    }
  }

  /** Remembers this of a source, which was seen now. */
  void put(InetAddress source, V value) {
    synchronized (map) {
      if (map.putLast(source, value) == null) {
        makeRoom(source);
      }
    }
  }

  /** After an edit: not more than may be. */
  void shrink() {
    synchronized (map) {
      while (map.size() > most) {
        var eldest = Objects.requireNonNull(map.pollFirstEntry());
        gone(eldest.getValue());
      }
    }
  }

  private void makeRoom(InetAddress newest) {
    for (int i = 0; i < LOOK; i++) {
      Map.Entry<InetAddress, V> eldest = Objects.requireNonNull(map.firstEntry());
      int value = worth.applyAsInt(eldest.getValue());
      if (eldest.getKey().equals(newest) || (value == WORTH_KEEPING && map.size() <= most)) {
        break;
      }
      if (value == IN_USE) {
        map.putLast(eldest.getKey(), eldest.getValue());
      } else {
        map.pollFirstEntry();
        gone(eldest.getValue());
      }
    }
    shrink();
  }

  private void gone(V value) {
    if (worth.applyAsInt(value) != WORTHLESS) {
      evicted.run();
    }
  }

  int size() {
    synchronized (map) {
      return map.size();
    }
  }
}
