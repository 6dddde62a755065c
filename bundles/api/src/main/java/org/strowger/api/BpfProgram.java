package org.strowger.api;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A program that the kernel has verified. Any thread may call. */
public interface BpfProgram extends AutoCloseable {
  /** The first 15 bytes of its function's name: what the kernel keeps. */
  String name();

  /** The kernel's number of it, unique while it lives. */
  int id();

  /** The kernel's type of program: {@code BPF_PROG_TYPE_} in include/uapi/linux/bpf.h. */
  int type();

  /** SHA-1 of its instructions, shortened by the kernel to 8 bytes, hexadecimal. */
  String tag();

  /**
   * Runs it on one packet, on this CPU, without a network.
   *
   * @param packet from the Ethernet header; at least 14 bytes
   */
  default BpfTestRun testRun(ByteBuffer packet, int repeat) throws KernelException {
    return testRun(packet, ByteBuffer.allocate(0), repeat);
  }

  /**
   * Runs it on one packet.
   *
   * @param packet from the Ethernet header, at least 14 bytes; each repetition begins with what the
   *     one before left
   * @param context {@code struct __sk_buff} or {@code struct xdp_md} as the program is to find it;
   *     empty: the kernel's own
   * @param repeat 1 to 100,000,000 runs, the duration is their mean
   */
  BpfTestRun testRun(ByteBuffer packet, ByteBuffer context, int repeat) throws KernelException;

  /** What was counted of it; zeros unless {@link Bpf#measure} is on. */
  BpfProgramStatistics statistics() throws KernelException;

  /** Gives it a name in a BPF file system, under which it outlives this process. */
  void pin(Path pin) throws KernelException;

  @Override
  void close();
}
