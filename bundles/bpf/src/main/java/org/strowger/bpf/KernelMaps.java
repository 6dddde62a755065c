package org.strowger.bpf;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.strowger.api.BpfMap;
import org.strowger.api.KernelException;

/** The maps of strowger.h by their names there, and the few ways in which they are written. */
record KernelMaps(Map<String, BpfMap> all) {
  /** All that the plane needs; those that only the programs share are not among them. */
  static final List<String> NAMES =
      List.of(
          "services",
          "timeouts",
          "reals",
          "tables",
          "picks",
          "heads",
          "sources",
          "settings",
          "access_list",
          "peers",
          "devices",
          "connections",
          "halfopen",
          "fragments",
          "persistence",
          "loads",
          "service_loads",
          "corrections",
          "service_corrections",
          "buckets",
          "counters",
          "real_counters",
          "plane_counters",
          "events");

  /** Cells written by one call of the kernel. */
  private static final int BATCH = 4096;

  private static final int ENOSPC = 28;

  KernelMaps {
    all = Map.copyOf(all);
  }

  BpfMap map(String name) {
    return Objects.requireNonNull(all.get(name), name);
  }

  int size(String name) {
    return map(name).maxEntries();
  }

  /** Writes a cell of an array, or a value of a hash. */
  void put(String name, ByteBuffer key, ByteBuffer value) throws KernelException {
    if (map(name).update(key, value, BpfMap.Mode.ANY) == BpfMap.Stored.FULL) {
      throw new KernelException(
          "map " + name + " is full: it takes " + size(name) + " entries", ENOSPC);
    }
  }

  /** A value, or null if there is none. */
  @org.jspecify.annotations.Nullable
  ByteBuffer get(String name, ByteBuffer key) throws KernelException {
    BpfMap map = map(name);
    ByteBuffer value = Octets.zeros(map.stride() * map.cpus());
    return map.lookup(key, value) ? value : null;
  }

  /** Writes 32-bit cells of an array from {@code offset} on. */
  void putInts(String name, int offset, int[] cells) throws KernelException {
    for (int from = 0; from < cells.length; from += BATCH) {
      int count = Math.min(BATCH, cells.length - from);
      ByteBuffer keys = Octets.zeros(count * Integer.BYTES);
      ByteBuffer values = Octets.zeros(count * Integer.BYTES);
      for (int i = 0; i < count; i++) {
        keys.putInt(i * Integer.BYTES, offset + from + i);
        values.putInt(i * Integer.BYTES, cells[from + i]);
      }
      putAll(name, keys, values, count);
    }
  }

  /** Writes many values with one call of the kernel. */
  void putAll(String name, ByteBuffer keys, ByteBuffer values, int count) throws KernelException {
    int written = map(name).updateAll(keys, values, count);
    if (written < count) {
      throw new KernelException(
          "map " + name + " took " + written + " of " + count + " entries", ENOSPC);
    }
  }
}
