package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/**
 * The system calls of this bundle, all through the C library's syscall(2), so that one downcall
 * serves them all. Numbers: asm/unistd_64.h (x86-64) and asm-generic/unistd.h (AArch64).
 */
enum SystemCall {
  READ(0, 63),
  WRITE(1, 64),
  CLOSE(3, 57),
  MMAP(9, 222),
  MUNMAP(11, 215),
  SOCKET(41, 198),
  SENDTO(44, 206),
  RECVFROM(45, 207),
  SENDMSG(46, 211),
  RECVMSG(47, 212),
  BIND(49, 200),
  SETSOCKOPT(54, 208),
  GETSOCKOPT(55, 209),
  FCNTL(72, 25),
  SCHED_SETSCHEDULER(144, 119),
  STATFS(137, 43),
  ADJTIMEX(159, 171),
  MOUNT(165, 40),
  UMOUNT(166, 39),
  PPOLL(271, 73),
  EVENTFD2(290, 19),
  BPF(321, 280);

  private static final String PROCESSOR = System.getProperty("os.arch", "");
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SYSCALL = syscall();

  private final long intel;
  private final long arm;

  SystemCall(long intel, long arm) {
    this.intel = intel;
    this.arm = arm;
  }

  // Native access is granted to this bundle, whose purpose it is.
  @SuppressWarnings("restricted")
  private static MethodHandle syscall() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("syscall"),
        FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
        Linker.Option.firstVariadicArg(1),
        Linker.Option.captureCallState("errno"));
  }

  /** Why no call can be made on this machine; empty if they can. */
  static Optional<String> unknownProcessor() {
    return switch (PROCESSOR) {
      case "amd64", "x86_64", "aarch64" -> Optional.empty();
      default ->
          Optional.of(
              "the kernel plane knows the processors x86-64 and AArch64 only, not " + PROCESSOR);
    };
  }

  /** Room for what {@link #make} notes besides its answer: one for each thread that calls. */
  static MemorySegment state(Arena arena) {
    return arena.allocate(STATE);
  }

  /**
   * Makes the call. Addresses are passed as numbers: the caller keeps their segments alive.
   *
   * @return what the kernel answers; its error number negated, if it refuses
   */
  long make(MemorySegment state, long a, long b, long c, long d, long e, long f) {
    long number = PROCESSOR.equals("aarch64") ? arm : intel;
    long answer;
    try {
      answer = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e, f);
    } catch (Throwable impossible) { // a downcall declares Throwable but throws nothing
      throw new LinkageError("syscall", impossible);
    }
    return answer == -1 ? -(int) ERRNO.get(state, 0L) : answer;
  }

  /** The same for calls that are rare; up to six arguments. */
  long make(long... arguments) {
    long[] all = java.util.Arrays.copyOf(arguments, 6);
    try (Arena arena = Arena.ofConfined()) {
      return make(state(arena), all[0], all[1], all[2], all[3], all[4], all[5]);
    }
  }
}
