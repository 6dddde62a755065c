package org.strowger.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.strowger.api.KernelException;

/** bpf(2): commands and attributes of include/uapi/linux/bpf.h. */
enum BpfCall {
  MAP_CREATE(0),
  MAP_LOOKUP(1),
  MAP_UPDATE(2),
  MAP_DELETE(3),
  MAP_NEXT_KEY(4),
  PROGRAM_LOAD(5),
  PIN(6),
  OPEN(7),
  PROGRAM_TEST(10),
  INFO(15),
  MAP_LOOKUP_AND_DELETE(21),
  MAP_LOOKUP_BATCH(24),
  MAP_UPDATE_BATCH(26),
  MAP_DELETE_BATCH(27),
  LINK_CREATE(28),
  LINK_UPDATE(29),
  ENABLE_STATISTICS(32),
  LINK_DETACH(34);

  /** Room for the attributes: more than any of these commands knows; the rest is zero. */
  static final int ATTRIBUTES = 128;

  private final int command;

  BpfCall(int command) {
    this.command = command;
  }

  /** Writes the attributes of a command. */
  @FunctionalInterface
  interface Attributes {
    void into(MemorySegment attributes, Arena arena);
  }

  /** The call with attributes that are ready; its answer or the negated error number. */
  long make(MemorySegment state, MemorySegment attributes) {
    return SystemCall.BPF.make(
        state, command, attributes.address(), attributes.byteSize(), 0, 0, 0);
  }

  /** The same for calls that are rare. */
  long make(Attributes fill) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(ATTRIBUTES, 8);
      fill.into(attributes, arena);
      return make(SystemCall.state(arena), attributes);
    }
  }

  /** The same; {@code operation} is what could not be done, if it is refused. */
  long make(String operation, Attributes fill) throws KernelException {
    long answer = make(fill);
    if (answer < 0) {
      throw Errno.refused(operation, answer);
    }
    return answer;
  }

  /** Reads the information about a descriptor into {@code info}. */
  static void info(Descriptor descriptor, String what, MemorySegment info) throws KernelException {
    long answer =
        INFO.make(
            "ask the kernel about " + what,
            (attributes, arena) -> {
              attributes.set(JAVA_INT, 0, descriptor.number());
              attributes.set(JAVA_INT, 4, (int) info.byteSize());
              attributes.set(ADDRESS, 8, info);
            });
    if (answer != 0) {
      throw new IllegalStateException("BPF_OBJ_GET_INFO_BY_FD answers " + answer);
    }
  }

  static void pin(Descriptor descriptor, String what, Path pin) throws KernelException {
    PIN.make(
        "pin " + what + " as " + pin,
        (attributes, arena) -> {
          attributes.set(ADDRESS, 0, arena.allocateFrom(pin.toString()));
          attributes.set(JAVA_INT, 8, descriptor.number());
        });
  }

  static Descriptor open(Path pin) throws KernelException {
    return new Descriptor(
        OPEN.make(
            "open " + pin,
            (attributes, arena) -> attributes.set(ADDRESS, 0, arena.allocateFrom(pin.toString()))));
  }

  /** A name of the kernel: up to 15 bytes and a zero. */
  static String name(MemorySegment info, long offset) {
    return info.asSlice(offset, 16).getString(0);
  }

  /** A number of 64 bits at an offset that need not be aligned to it. */
  static long wide(MemorySegment info, long offset) {
    return info.get(JAVA_LONG.withByteAlignment(1), offset);
  }
}
