package org.strowger.bpf;

import java.nio.IntBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.strowger.api.ForwardedService;

/**
 * A virtual service at its place in the maps.
 *
 * @param index of counters, loads, timeouts and rate limit
 * @param reals by index of the chooser
 * @param ring null if a look-up table decides
 * @param table indexes of real servers as they stand in its cells; empty if the ring decides
 * @param fallback likewise
 */
record BoundService(
    ForwardedService forwarded,
    int index,
    ServiceKey key,
    ServiceCell cell,
    List<BoundReal> reals,
    @Nullable PickRing ring,
    IntBuffer table,
    IntBuffer fallback) {
  BoundService {
    reals = List.copyOf(reals);
  }

  String name() {
    return forwarded.service().name();
  }
}
