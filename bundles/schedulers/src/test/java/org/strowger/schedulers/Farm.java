package org.strowger.schedulers;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.strowger.api.Flow;
import org.strowger.api.Protocol;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;

/** Real servers that a test can change and load; server i of the start has the address 10.2.i.2. */
final class Farm implements RealServerView {
  /** A real server. */
  static final class Real {
    final RealServerId id;
    InetSocketAddress address;
    int weight;

    /** 0: as {@code weight}. */
    int configuredWeight;

    boolean available = true;
    long active;
    long inactive;
    long latencyNanos;

    Real(int number, int weight) {
      this.id = new RealServerId("pool", "r" + number);
      this.address = at("10.2." + number / 250 + "." + (number % 250 + 2), 80);
      this.weight = weight;
    }
  }

  final List<Real> reals = new ArrayList<>();
  long nanos;
  private int added;

  static Farm of(int... weights) {
    Farm farm = new Farm();
    for (int weight : weights) {
      farm.add(weight);
    }
    return farm;
  }

  static Farm equal(int size) {
    Farm farm = new Farm();
    for (int i = 0; i < size; i++) {
      farm.add(1);
    }
    return farm;
  }

  static InetSocketAddress at(String address, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(address), port);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  static Flow flow(String client, int port) {
    return new Flow(Protocol.TCP, at(client, port), at("10.9.9.9", 80));
  }

  Real add(int weight) {
    Real real = new Real(added++, weight);
    reals.add(real);
    return real;
  }

  Real get(int index) {
    return reals.get(index);
  }

  /** Picks and counts the connection as active; the number of the real server, or -1. */
  int open(Scheduler scheduler, Flow flow, java.util.random.RandomGenerator random) {
    int index = scheduler.pick(flow, this, random);
    if (index >= 0) {
      reals.get(index).active++;
    }
    return index;
  }

  @Override
  public int size() {
    return reals.size();
  }

  @Override
  public RealServerId id(int index) {
    return reals.get(index).id;
  }

  @Override
  public InetSocketAddress address(int index) {
    return reals.get(index).address;
  }

  @Override
  public int weight(int index) {
    return reals.get(index).weight;
  }

  @Override
  public int configuredWeight(int index) {
    return Math.max(reals.get(index).configuredWeight, reals.get(index).weight);
  }

  @Override
  public boolean available(int index) {
    return reals.get(index).available;
  }

  @Override
  public long active(int index) {
    return reals.get(index).active;
  }

  @Override
  public long inactive(int index) {
    return reals.get(index).inactive;
  }

  @Override
  public long latencyNanos(int index) {
    return reals.get(index).latencyNanos;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }
}
