package org.strowger.simulation;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerView;

/** The list of real servers as the scheduler sees it, and the clock. */
final class RealList implements RealServerView {
  private final List<Real> reals = new ArrayList<>();
  private long nanos;

  void addFirst(Real real) {
    reals.addFirst(real);
  }

  void addLast(Real real) {
    reals.addLast(real);
  }

  void remove(Real real) {
    reals.remove(real);
  }

  boolean contains(Real real) {
    return reals.contains(real);
  }

  Real get(int index) {
    return reals.get(index);
  }

  void pass(long passedNanos) {
    nanos += passedNanos;
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
    return reals.get(index).weight();
  }

  @Override
  public boolean available(int index) {
    return !reals.get(index).overloaded();
  }

  @Override
  public long active(int index) {
    return reals.get(index).active();
  }

  @Override
  public long inactive(int index) {
    return reals.get(index).inactive();
  }

  @Override
  public long nanoTime() {
    return nanos;
  }
}
