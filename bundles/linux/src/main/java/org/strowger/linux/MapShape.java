package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import org.strowger.api.KernelException;

/**
 * What the kernel says about a map ({@code struct bpf_map_info}).
 *
 * @param cpus values of one entry
 * @param stride bytes from one of them to the next
 */
record MapShape(
    String name,
    int id,
    int type,
    int flags,
    int keySize,
    int valueSize,
    int maxEntries,
    int cpus,
    int stride) {
  static final int ARRAY = 2;
  static final int PER_CPU_ARRAY = 6;
  static final int RING = 27;

  /** BPF_F_MMAPABLE. */
  static final int MAPPABLE = 1 << 10;

  /** BPF_MAP_TYPE_PERCPU_HASH, PERCPU_ARRAY, LRU_PERCPU_HASH. */
  private static final Set<Integer> PER_CPU = Set.of(5, 6, 10);

  static MapShape of(Descriptor map) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(88, 8);
      BpfCall.info(map, "a map", info);
      int type = info.get(JAVA_INT, 0);
      int valueSize = info.get(JAVA_INT, 12);
      boolean perCpu = PER_CPU.contains(type);
      return new MapShape(
          BpfCall.name(info, 24),
          info.get(JAVA_INT, 4),
          type,
          info.get(JAVA_INT, 20),
          info.get(JAVA_INT, 8),
          valueSize,
          info.get(JAVA_INT, 16),
          perCpu ? Cpus.possible() : 1,
          perCpu ? rounded(valueSize) : valueSize);
    }
  }

  /** The values of one entry. */
  int valueBytes() {
    return cpus == 1 ? stride : Math.multiplyExact(cpus, stride);
  }

  static int rounded(int size) {
    return Math.addExact(size, 7) & ~7;
  }

  @Override
  public String toString() {
    return "map '" + name + "'";
  }
}
