package org.strowger.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.strowger.api.KernelException;

/**
 * Memory that a map shares with this process; whoever uses a buffer of it after its end is told.
 */
final class Mapping implements AutoCloseable {
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int MAP_SHARED = 1;

  private final Arena arena;
  private final MemorySegment memory;

  private Mapping(Arena arena, MemorySegment memory) {
    this.arena = arena;
    this.memory = memory;
  }

  /**
   * @param offset into the map, a multiple of the page size
   * @param bytes up to 2 GiB
   */
  // Native access is granted to this bundle; the segment has the size that was mapped.
  @SuppressWarnings("restricted")
  static Mapping of(Descriptor map, long offset, long bytes, boolean writable, String what)
      throws KernelException {
    if (bytes > Integer.MAX_VALUE) {
      throw new KernelException(
          "cannot share the memory of %s: %d bytes are more than 2 GiB".formatted(what, bytes), 0);
    }
    int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    long address = SystemCall.MMAP.make(0, bytes, protection, MAP_SHARED, map.number(), offset);
    if (address < 0 && address > -4096) {
      throw Errno.refused("share the memory of " + what, address);
    }
    Arena arena = Arena.ofShared();
    MemorySegment memory =
        MemorySegment.ofAddress(address)
            .reinterpret(bytes, arena, _ -> SystemCall.MUNMAP.make(address, bytes));
    return new Mapping(arena, writable ? memory : memory.asReadOnly());
  }

  MemorySegment memory() {
    return memory;
  }

  /** A view of its own, in the byte order of the machine. */
  ByteBuffer buffer() {
    return memory.asByteBuffer().order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    arena.close();
  }
}
