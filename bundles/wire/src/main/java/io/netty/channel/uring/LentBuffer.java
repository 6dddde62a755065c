package io.netty.channel.uring;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.NullUnmarked;

/**
 * A buffer of {@link LentBuffers}: the kernel fills it, a connection sends it on, and with its last
 * release it goes back to the kernel. Nothing is allocated for a read.
 */
@NullUnmarked // like the Netty class it extends
final class LentBuffer extends UnpooledDirectByteBuf {
  private final LentBuffers owner;
  private final short id;
  private final long address;

  LentBuffer(LentBuffers owner, short id, ByteBuffer memory) {
    super(UnpooledByteBufAllocator.DEFAULT, memory, memory.capacity());
    this.owner = owner;
    this.id = id;
    this.address = MemorySegment.ofBuffer(memory).address();
  }

  short id() {
    return id;
  }

  /** Where its first byte is; {@link #memoryAddress} may not be offered. */
  long address() {
    return address;
  }

  /** Filled by the kernel. */
  LentBuffer lend(int bytes) {
    resetRefCnt();
    setIndex(0, bytes);
    return this;
  }

  @Override
  protected void deallocate() {
    owner.giveBack(this);
  }
}
