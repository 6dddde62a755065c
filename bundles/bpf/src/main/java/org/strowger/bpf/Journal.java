package org.strowger.bpf;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.strowger.api.KernelException;

/**
 * What another director was told of which connection: a hash of its key of 64 bits, what was told,
 * and when. That is 17 octets and the room that a hash table needs, at most 30 for each of as many
 * as there were lately: 60 MB with two million connections. That two of these have one hash, and
 * one of them is not told, is a matter of one run in ten million.
 *
 * <p>Open-addressed tables in parts: one that grows or shrinks is copied, and that is a 64th of
 * all. Any thread.
 */
final class Journal {
  private static final int PARTS = 64;
  private static final long SECOND = 1_000_000_000L;
  private static final int NOTHING = 0;

  private final long[] seeds = new long[2];
  private final Part[] parts = new Part[PARTS];
  private byte round;

  Journal(RandomGenerator random) {
    seeds[0] = random.nextLong();
    seeds[1] = random.nextLong();
    clear();
  }

  /** When the other way of a connection had its last packet; asked only if it matters. */
  interface OtherWay {
    long last() throws KernelException;
  }

  /**
   * Whether this is to be told, and remembers that it was.
   *
   * @param now of the clock that began and last are of, in nanoseconds
   * @param again so long after it was told it is told again, if there was a packet since
   */
  synchronized boolean news(ByteBuffer key, ByteBuffer value, long now, long again, OtherWay other)
      throws KernelException {
    long hash = hash(key);
    Part part = part(hash);
    int at = part.place(hash, round);
    int what = what(value);
    part.rounds[at] = round;
    if (part.told[at] == what) {
      long told = part.seconds[at] * SECOND;
      if (now - told < again || (Flows.last(value) < told && other.last() < told)) {
        return false;
      }
    }
    part.told[at] = what;
    part.seconds[at] = (int) (now / SECOND);
    return true;
  }

  /** It ended; whether it was told. */
  synchronized boolean ended(ByteBuffer key) {
    long hash = hash(key);
    Part part = part(hash);
    int at = part.find(hash);
    boolean was = part.hashes[at] != 0 && part.told[at] != NOTHING;
    part.told[at] = NOTHING;
    return was;
  }

  /** A look at all connections begins. */
  synchronized void begin() {
    round++;
  }

  /** It is over: what was not seen is forgotten. */
  void end() {
    for (int i = 0; i < PARTS; i++) {
      synchronized (this) { // who has news need not wait for all of it
        parts[i].keep(round);
      }
    }
  }

  /** Nobody knows anything. */
  synchronized void clear() {
    for (int i = 0; i < PARTS; i++) {
      parts[i] = new Part();
    }
  }

  /** Memory that it takes, in bytes. */
  synchronized long bytes() {
    long bytes = 0;
    for (Part each : parts) {
      bytes += 17L * each.hashes.length;
    }
    return bytes;
  }

  private Part part(long hash) {
    return parts[(int) hash & (PARTS - 1)];
  }

  private static int what(ByteBuffer value) {
    return Flows.state(value) << 24 | ((int) (Flows.begun(value) >>> 10) & 0xffffff);
  }

  private long hash(ByteBuffer key) {
    long hash = seeds[0];
    for (int at = key.position(); at + Long.BYTES <= key.limit(); at += Long.BYTES) {
      hash = mixed(hash ^ key.getLong(at)) + seeds[1];
    }
    long last = mixed(hash);
    return last == 0 ? 1 : last;
  }

  /** The finalizer of SplitMix64. */
  private static long mixed(long word) {
    long z = (word ^ (word >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** A table, between three fifths and three quarters full when it is large. */
  private static final class Part {
    private static final int SMALLEST = 16;

    long[] hashes = new long[SMALLEST];

    /** What was told: state, and 24 bits of when it began; 0: it ended. */
    int[] told = new int[SMALLEST];

    int[] seconds = new int[SMALLEST];
    byte[] rounds = new byte[SMALLEST];
    private int size;

    /** Where it would stand if all had room: by the upper bits, the lower ones chose the part. */
    private int home(long hash) {
      return (int) (((hash >>> 32) * hashes.length) >>> 32);
    }

    private int after(int at) {
      return at + 1 == hashes.length ? 0 : at + 1;
    }

    /** Where it stands, or where nothing does. */
    int find(long hash) {
      int at = home(hash);
      while (hashes[at] != 0 && hashes[at] != hash) {
        at = after(at);
      }
      return at;
    }

    /** Where it stands; it is put there if it does not. */
    int place(long hash, byte round) {
      int at = find(hash);
      if (hashes[at] == 0) {
        if ((size + 1) * 4L > hashes.length * 3L) {
          resize(hashes.length + Math.max(SMALLEST, hashes.length / 4));
          at = find(hash);
        }
        put(at, hash, NOTHING, 0, round);
      }
      return at;
    }

    private void put(int at, long hash, int what, int second, byte seen) {
      hashes[at] = hash;
      told[at] = what;
      seconds[at] = second;
      rounds[at] = seen;
      size++;
    }

    /** Removes what was not seen in this round. */
    void keep(byte round) {
      for (int at = 0; at < hashes.length; at++) {
        while (hashes[at] != 0 && rounds[at] != round) {
          remove(at); // what follows may stand here now
        }
      }
      int fits = Math.max(SMALLEST, size + size * 2 / 3);
      if (fits < hashes.length / 2) {
        resize(fits);
      }
    }

    /** What stands behind moves up, so that it is found from its home without a gap. */
    private void remove(int at) {
      int hole = at;
      for (int next = after(hole); hashes[next] != 0; next = after(next)) {
        if (distance(home(hashes[next]), next) >= distance(hole, next)) {
          hashes[hole] = hashes[next];
          told[hole] = told[next];
          seconds[hole] = seconds[next];
          rounds[hole] = rounds[next];
          hole = next;
        }
      }
      hashes[hole] = 0;
      told[hole] = NOTHING;
      size--;
    }

    private int distance(int from, int to) {
      return to >= from ? to - from : to + hashes.length - from;
    }

    private void resize(int room) {
      long[] oldHashes = hashes;
      int[] oldTold = told;
      int[] oldSeconds = seconds;
      byte[] oldRounds = rounds;
      hashes = new long[room];
      told = new int[room];
      seconds = new int[room];
      rounds = new byte[room];
      size = 0;
      for (int i = 0; i < oldHashes.length; i++) {
        if (oldHashes[i] != 0) {
          put(find(oldHashes[i]), oldHashes[i], oldTold[i], oldSeconds[i], oldRounds[i]);
        }
      }
    }
  }
}
