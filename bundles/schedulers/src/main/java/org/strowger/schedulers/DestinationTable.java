package org.strowger.schedulers;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.strowger.api.RealServerView;

/**
 * Remembers which real servers each destination keeps to, for a bounded number of destinations.
 *
 * <p>Built like a processor's cache: a keyed hash finds one of many sets, each with room for eight
 * destinations, and a new one takes the place of the one in its set that was unused longest. So a
 * flood of destinations costs neither memory nor time, and needs no sweep. The hash stands for the
 * destination: two of 2^64 are taken for one with a chance nobody will see.
 */
final class DestinationTable {
  private static final int WAYS = 8;

  private final int sets;
  private final long expiryNanos;
  private final @Nullable Entry[] entries;
  private long evictions;

  DestinationTable(int capacity, long expiryNanos) {
    this.sets = capacity / WAYS;
    this.expiryNanos = expiryNanos;
    this.entries = new @Nullable Entry[sets * WAYS];
  }

  /** The entry of a destination, without members if it is new or was unused too long. */
  Entry entry(long destination, long now) {
    int first = Hash.reduce(destination, sets) * WAYS;
    int oldest = first;
    for (int i = first; i < first + WAYS; i++) {
      Entry entry = entries[i];
      if (entry == null) {
        oldest = i;
        break;
      }
      if (entry.destination == destination) {
        return entry.used(now, expiryNanos);
      }
      Entry other = entries[oldest];
      if (other != null && entry.usedAt - other.usedAt < 0) {
        oldest = i;
      }
    }
    Entry old = entries[oldest];
    if (old != null && now - old.usedAt <= expiryNanos) {
      evictions++;
    }
    Entry fresh = new Entry(destination, now);
    entries[oldest] = fresh;
    return fresh;
  }

  /** Destinations that were given up for others before they expired. */
  long evictions() {
    return evictions;
  }

  void renumber(int[] renumbered) {
    for (Entry entry : entries) {
      if (entry != null) {
        entry.renumber(renumbered);
      }
    }
  }

  /** The real servers of one destination, newest last. */
  static final class Entry {
    private final long destination;
    private long usedAt;
    private long changedAt;
    private int[] members = new int[1];
    private int size;

    private Entry(long destination, long now) {
      this.destination = destination;
      this.usedAt = now;
    }

    private Entry(Entry original) {
      destination = original.destination;
      usedAt = original.usedAt;
      changedAt = original.changedAt;
      members = original.members.clone();
      size = original.size;
    }

    private Entry used(long now, long expiryNanos) {
      if (now - usedAt > expiryNanos) {
        size = 0;
      }
      usedAt = now;
      return this;
    }

    int size() {
      return size;
    }

    /** When the last member joined. */
    long changedAt() {
      return changedAt;
    }

    void clear() {
      size = 0;
    }

    void add(int index, long now) {
      for (int k = 0; k < size; k++) {
        if (members[k] == index) {
          return;
        }
      }
      if (size == members.length) {
        members = Arrays.copyOf(members, 2 * size);
      }
      members[size++] = index;
      changedAt = now;
    }

    /** The least loaded eligible member, the newest of equal ones; -1 if there is none. */
    int least(RealServerView reals) {
      int best = -1;
      for (int k = size - 1; k >= 0; k--) {
        int index = members[k];
        if (Eligible.at(reals, index) && (best < 0 || moreLoaded(reals, best, index))) {
          best = index;
        }
      }
      return best;
    }

    /** Gives the most loaded member with a weight up, the newest of equal ones. */
    void removeMost(RealServerView reals) {
      int most = -1;
      for (int k = size - 1; k >= 0; k--) {
        if (reals.weight(members[k]) > 0
            && (most < 0 || moreLoaded(reals, members[k], members[most]))) {
          most = k;
        }
      }
      if (most >= 0) {
        System.arraycopy(members, most + 1, members, most, size - most - 1);
        size--;
      }
    }

    private static boolean moreLoaded(RealServerView reals, int one, int other) {
      return Load.more(
          Load.CONNECTIONS.of(reals, one),
          reals.weight(one),
          Load.CONNECTIONS.of(reals, other),
          reals.weight(other));
    }

    private void renumber(int[] renumbered) {
      int left = 0;
      for (int k = 0; k < size; k++) {
        int index = renumbered[members[k]];
        if (index != Renumbering.GONE) {
          members[left++] = index;
        }
      }
      size = left;
    }
  }

  /** An independent table with the same entries. */
  DestinationTable copy() {
    DestinationTable copy = new DestinationTable(sets * WAYS, expiryNanos);
    for (int i = 0; i < entries.length; i++) {
      Entry entry = entries[i];
      copy.entries[i] = entry == null ? null : new Entry(entry);
    }
    return copy;
  }
}
