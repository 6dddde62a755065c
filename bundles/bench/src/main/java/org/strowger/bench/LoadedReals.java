package org.strowger.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerView;

/** Real servers with weights of 1 to 10 and up to 1,000 connections each, all available. */
final class LoadedReals implements RealServerView {
  private final RealServerId[] ids;
  private final InetSocketAddress[] addresses;
  private final int[] weights;
  private final long[] active;
  private final BitSet up;

  LoadedReals(int size, SplittableRandom random) {
    ids = new RealServerId[size];
    addresses = new InetSocketAddress[size];
    weights = new int[size];
    active = new long[size];
    up = new BitSet(size);
    up.set(0, size);
    for (int i = 0; i < size; i++) {
      ids[i] = new RealServerId("pool", "r" + i);
      addresses[i] = new InetSocketAddress(numbered(i), 80);
      weights[i] = 1 + random.nextInt(10);
      active[i] = random.nextInt(1000);
    }
  }

  private static InetAddress numbered(int number) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 2, (byte) (number >>> 8), (byte) number});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  @Override
  public int size() {
    return ids.length;
  }

  @Override
  public RealServerId id(int index) {
    return ids[index];
  }

  @Override
  public InetSocketAddress address(int index) {
    return addresses[index];
  }

  @Override
  public int weight(int index) {
    return weights[index];
  }

  @Override
  public boolean available(int index) {
    return up.get(index);
  }

  @Override
  public long active(int index) {
    return active[index];
  }

  @Override
  public long inactive(int index) {
    return active[index] / 4;
  }

  @Override
  public long latencyNanos(int index) {
    return 1_000_000 + active[index];
  }
}
