package org.strowger.director;

import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongSupplier;
import org.strowger.api.Loads;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerView;

/**
 * The real servers of one pool, with the loads of the moment, as one flow may use them: available
 * are all but those it has tried in vain. Lent during a call by the holder of the service's lock.
 */
final class FlowView implements RealServerView {
  private final int offset;
  private final RealServerId[] ids;
  private final InetSocketAddress[] addresses;
  private final int[] weights;
  private final LongSupplier clock;
  private Loads loads = Loads.NONE;
  private BitSet tried = new BitSet();

  /**
   * @param offset index of the first one in the service's list, which loads and tries count by
   */
  FlowView(List<RealServer> reals, int offset, LongSupplier clock) {
    this.offset = offset;
    this.clock = clock;
    ids = reals.stream().map(RealServer::id).toArray(RealServerId[]::new);
    addresses =
        reals.stream()
            .map(real -> new InetSocketAddress(real.address(), real.port()))
            .toArray(InetSocketAddress[]::new);
    weights = reals.stream().mapToInt(RealServer::weight).toArray();
  }

  void lend(Loads now, BitSet without) {
    loads = now;
    tried = without;
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
    return !tried.get(offset + index);
  }

  @Override
  public long active(int index) {
    return loads.active(offset + index);
  }

  @Override
  public long inactive(int index) {
    return loads.inactive(offset + index);
  }

  @Override
  public long latencyNanos(int index) {
    return loads.latencyNanos(offset + index);
  }

  @Override
  public long nanoTime() {
    return clock.getAsLong();
  }
}
