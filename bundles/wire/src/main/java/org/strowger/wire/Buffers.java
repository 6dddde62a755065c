package org.strowger.wire;

/**
 * The bytes that wait on one loop for readers slower than their partners, and their budget. Beyond
 * it, whoever has anything waiting is not given more until all of it was sent, so that many slow
 * readers cost one read each; readers that keep up notice nothing. On its loop only, but {@link
 * #over}.
 */
final class Buffers {
  private final long budget;
  private final Tally wire;
  private volatile long held;

  /**
   * @param wire this loop's row of the wire's own page
   * @param budget bytes
   */
  Buffers(Tally wire, long budget) {
    this.wire = wire;
    this.budget = budget;
  }

  /** So many bytes wait for this side now. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // written by its loop's thread only
  void waiting(SideState side, long bytes) {
    long delta = bytes - side.buffered();
    if (delta != 0) {
      side.buffered(bytes);
      held += delta;
      wire.add(Contract.BUFFER_BYTES, delta);
    }
  }

  /** More waits than the budget allows; any thread. */
  boolean over() {
    return held > budget;
  }

  /** A connection is not read for the sake of the budget. */
  void paused() {
    wire.add(Contract.BUFFER_PAUSES, 1);
  }

  @Override
  public String toString() {
    return held + " bytes wait for slow readers, " + budget + " are allowed";
  }
}
