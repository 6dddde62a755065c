package org.strowger.metrics;

import org.strowger.api.OperState;
import org.strowger.api.PoolState;
import org.strowger.api.Snapshot;

/** {@code strowger_pool_...{pool}}. */
final class PoolMetrics {
  static final Kind<PoolState> KIND = kind();

  private PoolMetrics() {}

  private static Kind<PoolState> kind() {
    return new Kind<>("pool", Catalogue.named("pool", Snapshot::pools))
        .state("operState", "What is observed, in one word", OperState.class, v -> v.operState())
        .gauge("realsTotal", "Real servers", v -> v.realsTotal())
        .gauge("realsUp", "Real servers that are up", v -> v.realsUp())
        .gauge("realsDraining", "Real servers that drain", v -> v.realsDraining())
        .gauge("realsDown", "Real servers that are down", v -> v.realsDown())
        .gauge("weightTotal", "Sum of the wanted weights", v -> v.weightTotal())
        .gauge("weightUp", "Sum of the weights that are up", v -> v.weightUp())
        .gauge("usedByServices", "Virtual services that use it", v -> v.usedByServices());
  }
}
