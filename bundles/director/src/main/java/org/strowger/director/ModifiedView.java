package org.strowger.director;

import java.net.InetSocketAddress;
import java.util.BitSet;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerView;

/**
 * The real servers as the modifiers let any scheduler see them: weights in slow start, and
 * available only those of one stage of {@link Serving} whose thresholds are not closed. Used by the
 * holder of the scheduler's lock.
 */
final class ModifiedView implements RealServerView {
  private final RealServerView plain;
  private final int[] weights;
  private final ThresholdLatch[] latches;
  private BitSet stage = new BitSet();

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

  /** Notes a choice, for the thresholds. */
  void chosen(int index) {
    latches[index].chosen(connections(index) + 1);
  }

  private long connections(int index) {
    return plain.active(index) + plain.inactive(index);
  }

  @Override
  public int weight(int index) {
    return weights[index];
  }

  @Override
  public boolean available(int index) {
    return stage.get(index) && plain.available(index) && !latches[index].closed(connections(index));
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
