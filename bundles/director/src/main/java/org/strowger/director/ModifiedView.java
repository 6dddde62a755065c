package org.strowger.director;

import java.net.InetSocketAddress;
import java.util.BitSet;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerView;

/**
 * The real servers as the modifiers let any scheduler see them: weights in slow start, and
 * available only those of one stage of {@link Serving} whose thresholds are not closed. Used by the
 * holder of the service's lock.
 */
final class ModifiedView implements RealServerView {
  private final RealServerView plain;
  private final int[] weights;
  private final ThresholdLatch[] latches;
  private BitSet stage = new BitSet();
  private boolean onlyLooking;

  /**
   * @param plain by itself available whatever its health: not excluded for this flow
   * @param weights after slow start, by index
   * @param latches by index
   */
  ModifiedView(RealServerView plain, int[] weights, ThresholdLatch[] latches) {
    this.plain = plain;
    this.weights = weights.clone();
    this.latches = latches.clone();
  }

  void stage(BitSet of) {
    stage = of;
  }

  /** Whether the looks to come leave the thresholds as they are. */
  void onlyLooking(boolean only) {
    onlyLooking = only;
  }

  /** Its threshold lets no new connection through. */
  boolean full(int index) {
    if (!bounded(index)) {
      return false; // without reading loads, which costs
    }
    return onlyLooking
        ? latches[index].wouldBeClosed(connections(index))
        : latches[index].closed(connections(index));
  }

  /** Not excluded for this flow. */
  boolean included(int index) {
    return plain.available(index);
  }

  /** Has an upper threshold. */
  boolean bounded(int index) {
    return latches[index].upper() > 0;
  }

  /** {@code 10 of 10}, for people. */
  String fill(int index) {
    return connections(index) + " of " + latches[index].upper();
  }

  /** Notes a choice, for the thresholds. */
  void chosen(int index) {
    if (bounded(index)) {
      latches[index].chosen(connections(index) + 1);
    }
  }

  private long connections(int index) {
    return plain.active(index) + plain.inactive(index);
  }

  @Override
  public int weight(int index) {
    return weights[index];
  }

  @Override
  public int configuredWeight(int index) {
    return plain.configuredWeight(index);
  }

  @Override
  public boolean available(int index) {
    return stage.get(index) && plain.available(index) && !full(index);
  }

  @Override
  public int size() {
    return plain.size();
  }

  @Override
  public RealServerId id(int index) {
    return plain.id(index);
  }

  @Override
  public InetSocketAddress address(int index) {
    return plain.address(index);
  }

  @Override
  public long active(int index) {
    return plain.active(index);
  }

  @Override
  public long inactive(int index) {
    return plain.inactive(index);
  }

  @Override
  public long latencyNanos(int index) {
    return plain.latencyNanos(index);
  }

  @Override
  public long nanoTime() {
    return plain.nanoTime();
  }
}
