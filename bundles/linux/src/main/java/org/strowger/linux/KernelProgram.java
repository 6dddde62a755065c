package org.strowger.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HexFormat;
import org.strowger.api.BpfProgram;
import org.strowger.api.BpfProgramStatistics;
import org.strowger.api.BpfTestRun;
import org.strowger.api.KernelException;

/** A program by its descriptor ({@code struct bpf_prog_info}). */
final class KernelProgram implements BpfProgram {
  /** BPF_PROG_TYPE_SCHED_CLS and BPF_PROG_TYPE_XDP. */
  static final int TRAFFIC_CONTROL = 3;

  static final int EXPRESS_DATA_PATH = 6;

  private static final int INFO_BYTES = 232;

  /** A program may make a packet longer: by outer headers, at most so much. */
  private static final int GROWTH = 512;

  private static final int MAX_REPEAT = 100_000_000;

  private final Descriptor descriptor;
  private final String name;
  private final int id;
  private final int type;
  private final String tag;

  private KernelProgram(Descriptor descriptor, MemorySegment info) {
    this.descriptor = descriptor;
    type = info.get(JAVA_INT, 0);
    id = info.get(JAVA_INT, 4);
    tag = HexFormat.of().formatHex(info.asSlice(8, 8).toArray(JAVA_BYTE));
    name = BpfCall.name(info, 64);
  }

  /** Takes the descriptor, and closes it if this fails. */
  static KernelProgram of(Descriptor descriptor) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      return new KernelProgram(descriptor, info(descriptor, arena));
    } catch (KernelException | RuntimeException e) {
      descriptor.close();
      throw e;
    }
  }

  private static MemorySegment info(Descriptor descriptor, Arena arena) throws KernelException {
    MemorySegment info = arena.allocate(INFO_BYTES, 8);
    BpfCall.info(descriptor, "a program", info);
    return info;
  }

  int descriptor() {
    return descriptor.number();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int id() {
    return id;
  }

  @Override
  public int type() {
    return type;
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public synchronized BpfTestRun testRun(ByteBuffer packet, ByteBuffer context, int repeat)
      throws KernelException {
    if (repeat < 1 || repeat > MAX_REPEAT) {
      throw new IllegalArgumentException("repeat " + repeat + ": expected 1 to " + MAX_REPEAT);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment in = copy(arena, packet);
      MemorySegment out = arena.allocate(in.byteSize() + GROWTH, 8);
      MemorySegment contextIn = copy(arena, context);
      MemorySegment contextOut = arena.allocate(Math.max(1, contextIn.byteSize()), 8);
      MemorySegment attributes = arena.allocate(BpfCall.ATTRIBUTES, 8);
      attributes.set(JAVA_INT, 0, descriptor.number());
      attributes.set(JAVA_INT, 8, (int) in.byteSize());
      attributes.set(JAVA_INT, 12, (int) out.byteSize());
      attributes.set(ADDRESS, 16, in);
      attributes.set(ADDRESS, 24, out);
      attributes.set(JAVA_INT, 32, repeat);
      if (contextIn.byteSize() > 0) {
        attributes.set(JAVA_INT, 40, (int) contextIn.byteSize());
        attributes.set(JAVA_INT, 44, (int) contextIn.byteSize());
        attributes.set(ADDRESS, 48, contextIn);
        attributes.set(ADDRESS, 56, contextOut);
      }
      long answer = BpfCall.PROGRAM_TEST.make(SystemCall.state(arena), attributes);
      if (answer < 0) {
        throw Errno.refused(
            "run program '%s' on a packet of %d bytes".formatted(name, in.byteSize()), answer);
      }
      return new BpfTestRun(
          attributes.get(JAVA_INT, 4),
          copy(out, attributes.get(JAVA_INT, 12)),
          copy(contextOut, attributes.get(JAVA_INT, 44)),
          attributes.get(JAVA_INT, 36));
    }
  }

  private static MemorySegment copy(Arena arena, ByteBuffer from) {
    MemorySegment to = arena.allocate(from.remaining(), 8);
    return to.copyFrom(MemorySegment.ofBuffer(from));
  }

  private static ByteBuffer copy(MemorySegment from, int bytes) {
    byte[] copy = from.asSlice(0, bytes).toArray(JAVA_BYTE);
    return ByteBuffer.wrap(copy).order(ByteOrder.nativeOrder());
  }

  @Override
  public synchronized BpfProgramStatistics statistics() throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = info(descriptor, arena);
      return new BpfProgramStatistics(
          BpfCall.wide(info, 192),
          BpfCall.wide(info, 200),
          BpfCall.wide(info, 208),
          Integer.toUnsignedLong(info.get(JAVA_INT, 216)));
    }
  }

  @Override
  public synchronized void pin(Path pin) throws KernelException {
    BpfCall.pin(descriptor, toString(), pin);
  }

  @Override
  public synchronized void close() {
    descriptor.close();
  }

  @Override
  public String toString() {
    return "program '" + name + "'";
  }
}
