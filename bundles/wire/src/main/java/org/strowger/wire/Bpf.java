package org.strowger.wire;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The system call bpf(2), as far as {@link Steering} needs it. Commands, types and the layout of
 * the attributes are those of include/uapi/linux/bpf.h. Loaded when a service needs it first.
 */
// Native access is granted to this bundle; neither the JDK nor Netty offers this system call.
@SuppressWarnings("restricted")
final class Bpf {
  private static final int MAP_CREATE = 0;
  private static final int MAP_UPDATE = 2;
  private static final int PROGRAM_LOAD = 5;
  private static final int LINK_CREATE = 28;

  private static final int TYPE_SOCKMAP = 15;
  private static final int TYPE_SK_LOOKUP = 30;
  private static final int ATTACH_SK_LOOKUP = 36;

  /** Room for the attributes: more than the largest of these commands knows; the rest is zero. */
  private static final int ATTRIBUTES = 120;

  private static final int EPERM = 1;
  private static final int EINVAL = 22;
  private static final int ENOSYS = 38;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle SYSCALL =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("syscall"),
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(1),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle OPEN =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("open"),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2));

  private Bpf() {}

  /** The number of bpf(2) for this processor. */
  private static long number() throws IOException {
    return switch (System.getProperty("os.arch")) {
      case "amd64", "x86_64" -> 321;
      case "aarch64" -> 280;
      case String other ->
          throw new IOException("the kernel's socket lookup is not known for processor " + other);
    };
  }

  private interface Fill {
    void into(MemorySegment attributes, Arena arena);
  }

  /** Makes the call; {@code what} is the verb of the sentence if it fails. */
  private static int call(int command, String what, Fill fill) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(ATTRIBUTES, 8);
      fill.into(attributes, arena);
      MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
      long answer;
      try {
        answer = (long) SYSCALL.invokeExact(state, number(), command, attributes, ATTRIBUTES);
      } catch (IOException e) {
        throw e;
      } catch (Throwable impossible) { // a downcall declares Throwable but throws nothing
        throw new LinkageError("bpf", impossible);
      }
      if (answer < 0) {
        throw failure(what, errno(state));
      }
      return (int) answer;
    }
  }

  private static int errno(MemorySegment state) {
    return (int)
        Linker.Option.captureStateLayout()
            .varHandle(MemoryLayout.PathElement.groupElement("errno"))
            .get(state, 0L);
  }

  private static IOException failure(String what, int errno) {
    String why =
        switch (errno) {
          case EPERM ->
              "the process needs CAP_NET_ADMIN and CAP_BPF: start it as root or, with systemd,"
                  + " AmbientCapabilities=CAP_NET_ADMIN CAP_BPF";
          case EINVAL, ENOSYS -> "the kernel must be 5.9 or newer, with CONFIG_BPF_SYSCALL";
          default -> "error " + errno;
        };
    return new IOException("the kernel's socket lookup cannot " + what + ": " + why);
  }

  /** A map of sockets; its descriptor. */
  static int socketMap(int size) throws IOException {
    return call(
        MAP_CREATE,
        "make its map",
        (attributes, arena) -> {
          attributes.set(JAVA_INT, 0, TYPE_SOCKMAP);
          attributes.set(JAVA_INT, 4, Integer.BYTES);
          attributes.set(JAVA_INT, 8, Integer.BYTES);
          attributes.set(JAVA_INT, 12, size);
        });
  }

  static void put(int map, int index, int socket) throws IOException {
    int _ =
        call(
            MAP_UPDATE,
            "take a listening socket",
            (attributes, arena) -> {
              attributes.set(JAVA_INT, 0, map);
              attributes.set(ADDRESS, 8, arena.allocateFrom(JAVA_INT, index));
              attributes.set(ADDRESS, 16, arena.allocateFrom(JAVA_INT, socket));
            });
  }

  /** Has the kernel check and take the program; its descriptor. */
  static int load(byte[] program) throws IOException {
    return call(
        PROGRAM_LOAD,
        "load its program",
        (attributes, arena) -> {
          attributes.set(JAVA_INT, 0, TYPE_SK_LOOKUP);
          attributes.set(JAVA_INT, 4, program.length / 8);
          attributes.set(
              ADDRESS,
              8,
              arena.allocateFrom(
                  JAVA_LONG.withOrder(java.nio.ByteOrder.nativeOrder()), longs(program)));
          attributes.set(ADDRESS, 16, arena.allocateFrom("Apache-2.0"));
          attributes.set(JAVA_INT, 68, ATTACH_SK_LOOKUP);
        });
  }

  private static long[] longs(byte[] bytes) {
    long[] longs = new long[bytes.length / 8];
    java.nio.ByteBuffer.wrap(bytes)
        .order(java.nio.ByteOrder.nativeOrder())
        .asLongBuffer()
        .get(longs);
    return longs;
  }

  /** Runs the program for this process's network namespace, as long as the descriptor is open. */
  static int attachToOwnNamespace(int program) throws IOException {
    int namespace = open("/proc/self/ns/net");
    try {
      return call(
          LINK_CREATE,
          "be attached",
          (attributes, arena) -> {
            attributes.set(JAVA_INT, 0, program);
            attributes.set(JAVA_INT, 4, namespace);
            attributes.set(JAVA_INT, 8, ATTACH_SK_LOOKUP);
          });
    } finally {
      new io.netty.channel.unix.FileDescriptor(namespace).close();
    }
  }

  private static int open(String path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int descriptor;
      try {
        descriptor = (int) OPEN.invokeExact(arena.allocateFrom(path), 0);
      } catch (Throwable impossible) { // a downcall declares Throwable but throws nothing
        throw new LinkageError("open", impossible);
      }
      if (descriptor < 0) {
        throw new IOException("cannot open " + path);
      }
      return descriptor;
    }
  }
}
