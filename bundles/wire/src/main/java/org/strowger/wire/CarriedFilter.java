package org.strowger.wire;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The filter of {@link Wire#connections}, read once and asked for each connection. */
final class CarriedFilter implements Predicate<Carried> {
  private final @Nullable Object service;
  private final @Nullable Object real;
  private final @Nullable Object state;
  private final byte @Nullable [] client;
  private final int clientBits;
  private final long bytes;
  private final long after;
  private final long age;
  private final long idle;
  private final long startedBefore;
  private final long activeBefore;

  /**
   * @param now by System.nanoTime, one moment for all loops
   */
  CarriedFilter(Map<String, Object> filter, long now) {
    service = filter.get(Contract.SERVICE_NAME);
    real = filter.get(Contract.REAL);
    state = filter.get(Contract.STATE);
    client = filter.get(Contract.CLIENT) instanceof InetAddress a ? a.getAddress() : null;
    clientBits =
        filter.get(Contract.CLIENT_PREFIX) instanceof Integer bits
            ? bits
            : client == null ? 0 : client.length * 8;
    bytes = number(filter, Contract.BYTES, 0);
    after = number(filter, Contract.AFTER, Long.MIN_VALUE);
    age = number(filter, Contract.AGE, 0);
    idle = number(filter, Contract.IDLE, 0);
    startedBefore = now - age * 1_000_000;
    activeBefore = now - idle * 1_000_000;
  }

  private static long number(Map<String, Object> filter, String key, long otherwise) {
    return filter.get(key) instanceof Long number ? number : otherwise;
  }

  @Override
  public boolean test(Carried carried) {
    return (service == null || service.equals(carried.service()))
        && (real == null || real.equals(carried.real()))
        && (state == null || state.equals(carried.state()))
        && (client == null || inPrefix(carried.client().getAddress().getAddress()))
        && carried.id() > after
        && (age <= 0 || carried.started() - startedBefore <= 0)
        && (idle <= 0 || carried.lastActive() - activeBefore <= 0) // else moving ones are missed
        && (bytes <= 0 || carried.bytesIn() + carried.bytesOut() >= bytes);
  }

  private boolean inPrefix(byte[] address) {
    byte[] wanted = client;
    if (wanted == null || address.length != wanted.length) {
      return false;
    }
    int whole = clientBits / 8;
    int rest = clientBits % 8;
    return Arrays.equals(address, 0, whole, wanted, 0, whole)
        && (rest == 0 || ((address[whole] ^ wanted[whole]) & 0xff) >>> (8 - rest) == 0);
  }
}
