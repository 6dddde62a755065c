package org.strowger.api;

import java.util.List;

/**
 * A hashing scheduler as data, from which a kernel program makes the same choice as the scheduler
 * itself.
 *
 * <p>The hash is SipHash-2-4 under the two halves of the key. Its message is, of IPv4, one 64-bit
 * word: the address in the lower and the port in the upper half; of IPv6 three: the upper and the
 * lower half of the address, and the port. Without {@code withPort} the port is 0. The bucket is
 * {@code ((hash >>> 32) * size) >>> 32}. While the owner is not eligible the next hash is that of
 * SplitMix64's step and mixer over the one before, {@code probes} times at most; then, if there are
 * probes at all, the list is searched from {@code reduce(hash, real servers)} on.
 *
 * @param key0 first half of the key, as SipHash's k0
 * @param key1 second half
 * @param byDestination the virtual service's address is hashed, not the client's
 * @param withPort the port is hashed too
 * @param probes further buckets tried while the owner is not eligible; 0: it is refused then
 * @param owners owner of each bucket, by index; empty if there is nobody
 */
public record LookupTable(
    long key0,
    long key1,
    boolean byDestination,
    boolean withPort,
    int probes,
    List<Integer> owners) {
  public LookupTable {
    owners = List.copyOf(owners);
  }

  /** The same table of real servers whose indexes begin at {@code offset}. */
  public LookupTable shifted(int offset) {
    return offset == 0
        ? this
        : new LookupTable(
            key0,
            key1,
            byDestination,
            withPort,
            probes,
            owners.stream().map(owner -> owner + offset).toList());
  }
}
