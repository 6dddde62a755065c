package org.strowger.bpf;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * What another director was told of which connection, in some 16 octets for each: a hash of its key
 * of 64 bits, what was told, and when. With two million connections, that two have one hash and one
 * of them is not told is a matter of one run in ten million.
 *
 * <p>An open-addressed table, never more than half full. Any thread.
 */
final class Journal {
  private static final int SMALLEST = 1_024;
  private static final long SECOND = 1_000_000_000L;
  private static final int NOTHING = 0;

  private final long[] seeds = new long[2];
  private long[] hashes = new long[SMALLEST];

  /** What was told: state, and 24 bits of when it began; 0: it ended. */
  private int[] told = new int[SMALLEST];

  private int[] seconds = new int[SMALLEST];
  private byte[] rounds = new byte[SMALLEST];
  private byte round;
  private int size;

  Journal(RandomGenerator random) {
    seeds[0] = random.nextLong();
    seeds[1] = random.nextLong();
  }

  /**
   * Whether this is to be told, and remembers that it was.
   *
   * @param now of the clock that began and last are of, in nanoseconds
   * @param again so long after it was told it is told again, if there was a packet since
   */
  synchronized boolean news(ByteBuffer key, ByteBuffer value, long now, long again) {
    int at = place(hash(key));
    int what = what(value);
    int second = (int) (now / SECOND);
    rounds[at] = round;
    boolean old =
        told[at] == what
            && (now - seconds[at] * SECOND < again || Flows.last(value) < seconds[at] * SECOND);
    if (old) {
      return false;
    }
    told[at] = what;
    seconds[at] = second;
    return true;
  }

  /** It ended; whether it was told. */
  synchronized boolean ended(ByteBuffer key) {
    int at = place(hash(key));
    boolean was = told[at] != NOTHING;
    told[at] = NOTHING;
    return was;
  }

  /** A look at all connections begins. */
  synchronized void begin() {
    round++;
  }

  /** It is over: what was not seen is forgotten. */
  synchronized void end() {
    long[] oldHashes = hashes;
    int[] oldTold = told;
    int[] oldSeconds = seconds;
    byte[] oldRounds = rounds;
    int kept = 0;
    for (int i = 0; i < oldHashes.length; i++) {
      kept += oldHashes[i] != 0 && oldRounds[i] == round ? 1 : 0;
    }
    resize(Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, kept)) * 4));
    for (int i = 0; i < oldHashes.length; i++) {
      if (oldHashes[i] != 0 && oldRounds[i] == round) {
        put(oldHashes[i], oldTold[i], oldSeconds[i], oldRounds[i]);
      }
    }
  }

  /** Nobody knows anything. */
  synchronized void clear() {
    resize(SMALLEST);
  }

  private void resize(int room) {
    hashes = new long[room];
    told = new int[room];
    seconds = new int[room];
    rounds = new byte[room];
    size = 0;
  }

  private void put(long hash, int what, int second, byte seen) {
    int at = place(hash);
    told[at] = what;
    seconds[at] = second;
    rounds[at] = seen;
  }

  /** Where it stands; it is put there if it does not. */
  private int place(long hash) {
    if (size * 2 >= hashes.length) {
      grow();
    }
    int mask = hashes.length - 1;
    int at = (int) (hash >>> 32) & mask;
    while (hashes[at] != 0 && hashes[at] != hash) {
      at = (at + 1) & mask;
    }
    if (hashes[at] == 0) {
      hashes[at] = hash;
      rounds[at] = round;
      size++;
    }
    return at;
  }

  private void grow() {
    long[] oldHashes = hashes;
    int[] oldTold = told;
    int[] oldSeconds = seconds;
    byte[] oldRounds = rounds;
    resize(oldHashes.length * 2);
    for (int i = 0; i < oldHashes.length; i++) {
      if (oldHashes[i] != 0) {
        put(oldHashes[i], oldTold[i], oldSeconds[i], oldRounds[i]);
      }
    }
  }

  private static int what(ByteBuffer value) {
    return Flows.state(value) << 24 | ((int) (Flows.begun(value) >>> 10) & 0xffffff);
  }

  private long hash(ByteBuffer key) {
    long hash = seeds[0];
    for (int at = key.position(); at + Long.BYTES <= key.limit(); at += Long.BYTES) {
      hash = mixed(hash ^ key.getLong(at)) + seeds[1];
    }
    return hash == 0 ? 1 : hash;
  }

  /** The finalizer of SplitMix64. */
  private static long mixed(long word) {
    long z = (word ^ (word >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
