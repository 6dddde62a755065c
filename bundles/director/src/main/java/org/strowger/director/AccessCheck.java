package org.strowger.director;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.strowger.api.AccessList;
import org.strowger.api.Prefix;

/**
 * An access list made ready for each new connection: one hash table for each prefix length that
 * occurs, the longest first, so that the cost grows with the lengths in use (33 or 129 at most) and
 * not with the prefixes. Immutable.
 */
final class AccessCheck {
  /**
   * What the list says of a client.
   *
   * @param why the entry that decided, for people
   */
  record Answer(boolean allowed, String why) {}

  /** An address cut to a length; IPv4 in the lower half. */
  private record Bits(long high, long low) {}

  /** All prefixes of one length: true for those that deny. */
  private record Level(int length, Map<Bits, Boolean> denies) {}

  private final AccessList list;
  private final boolean open;
  private final Level[] ipv4;
  private final Level[] ipv6;

  AccessCheck(AccessList list) {
    this.list = list;
    this.open = list.allow().isEmpty();
    this.ipv4 = levels(Integer.SIZE);
    this.ipv6 = levels(2 * Long.SIZE);
  }

  /** The check of an edited list; this one if nothing of it changed. */
  AccessCheck edited(AccessList wanted) {
    return list.equals(wanted) ? this : new AccessCheck(wanted);
  }

  private Level[] levels(int bits) {
    TreeMap<Integer, Map<Bits, Boolean>> levels = new TreeMap<>();
    enter(list.allow(), bits, false, levels);
    enter(list.deny(), bits, true, levels); // after the others: deny wins
    return levels.descendingMap().entrySet().stream()
        .map(level -> new Level(level.getKey(), level.getValue()))
        .toArray(Level[]::new);
  }

  private static void enter(
      List<Prefix> prefixes, int bits, boolean deny, Map<Integer, Map<Bits, Boolean>> levels) {
    for (Prefix prefix : prefixes) {
      byte[] address = prefix.address().getAddress();
      if (address.length * Byte.SIZE == bits) {
        levels
            .computeIfAbsent(prefix.length(), length -> new HashMap<>())
            .put(cut(address, prefix.length()), deny);
      }
    }
  }

  boolean allows(InetAddress client) {
    if (ipv4.length + ipv6.length == 0) {
      return open;
    }
    byte[] address = client.getAddress();
    for (Level level : levels(address)) {
      Boolean denies = level.denies.get(cut(address, level.length));
      if (denies != null) {
        return !denies;
      }
    }
    return open;
  }

  /** As {@link #allows}, with the entry that decided. */
  Answer explain(InetAddress client) {
    byte[] address = client.getAddress();
    for (Level level : levels(address)) {
      Boolean denies = level.denies.get(cut(address, level.length));
      if (denies != null) {
        Prefix prefix = new Prefix(client, level.length);
        return new Answer(!denies, (denies ? "denied by " : "allowed by ") + prefix);
      }
    }
    return new Answer(
        open, open ? "allowed: no entry denies the client" : "denied: no entry allows the client");
  }

  private Level[] levels(byte[] address) {
    return address.length == Integer.BYTES ? ipv4 : ipv6;
  }

  private static Bits cut(byte[] address, int length) {
    if (address.length == Integer.BYTES) {
      return new Bits(0, number(address, 0, Integer.BYTES) & mask(Integer.SIZE - length));
    }
    int behind = 2 * Long.SIZE - length;
    return new Bits(
        number(address, 0, Long.BYTES) & mask(behind - Long.SIZE),
        number(address, Long.BYTES, Long.BYTES) & mask(behind));
  }

  /** All bits set but the lowest {@code zeros}. */
  private static long mask(int zeros) {
    return zeros <= 0 ? -1L : zeros >= Long.SIZE ? 0L : -1L << zeros;
  }

  private static long number(byte[] bytes, int from, int count) {
    long number = 0;
    for (int i = from; i < from + count; i++) {
      number = (number << Byte.SIZE) | (bytes[i] & 0xff);
    }
    return number;
  }
}
