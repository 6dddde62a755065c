package org.strowger.bpf;

import org.strowger.api.RealServerId;

/**
 * A real server of one virtual service at its place in the maps.
 *
 * @param index in {@code reals}, {@code loads} and {@code real_counters}
 * @param cell as it was written last
 */
record BoundReal(int index, RealServerId id, RealCell cell) {
  BoundReal with(RealCell other) {
    return new BoundReal(index, id, other);
  }
}
