package org.strowger.bpf;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.strowger.api.BpfMap;

/** What the program does to heads and loads when connections of one service begin and end. */
final class SimulatedKernel {
  final long[] active;
  int empty;
  private final KernelMaps maps;
  private final BoundService service;
  private final Map<Integer, Integer> places = new HashMap<>();
  private final List<Integer> chosen = new ArrayList<>();
  private long head;

  SimulatedKernel(KernelMaps maps, BoundService service) {
    this.maps = maps;
    this.service = service;
    active = new long[service.reals().size()];
    service.reals().forEach(real -> places.put(real.index(), places.size()));
  }

  private ByteBuffer get(String name, int index) {
    ByteBuffer value = Octets.zeros(maps.map(name).stride());
    lookup(name, index, value);
    return value;
  }

  private void lookup(String name, int index, ByteBuffer value) {
    try {
      maps.map(name).lookup(Octets.key(index), value);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void put(String name, int index, ByteBuffer value) {
    try {
      maps.map(name).update(Octets.key(index), value, BpfMap.Mode.ANY);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  int begin() {
    Cells ring = service.cell().ring();
    long pick = get("picks", ring.offset() + (int) (head & (ring.size() - 1))).getLong(0);
    int index;
    if ((int) (pick >>> 32) == (int) (head + 1)) {
      index = (int) pick;
      put("heads", service.index(), Octets.zeros(8).putLong(0, ++head));
    } else {
      empty++;
      index = service.reals().getFirst().index();
    }
    count(index, 1);
    chosen.add(index);
    return chosen.size() - 1;
  }

  void end(int connection) {
    count(chosen.get(connection), -1);
  }

  private void count(int index, int by) {
    active[places.get(index)] += by;
    ByteBuffer loads = get("loads", index);
    put("loads", index, loads.putLong(8, loads.getLong(8) + by));
  }
}
