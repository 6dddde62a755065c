package org.strowger.wire;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * Duplicates file descriptors. Two wires that share one listening socket each need a descriptor of
 * their own, because each closes what it has; neither the JDK nor Netty offers that.
 */
final class Descriptors {
  private static final int F_DUPFD_CLOEXEC = 1030;

  private Descriptors() {}

  /** Another descriptor of the same open socket. */
  @SuppressWarnings("restricted") // the one system call of this bundle; native access is granted
  static int duplicate(int descriptor) throws IOException {
    Linker linker = Linker.nativeLinker();
    MethodHandle fcntl =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("fcntl"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    int copy;
    try {
      copy = (int) fcntl.invokeExact(descriptor, F_DUPFD_CLOEXEC, 0);
    } catch (Throwable impossible) { // a downcall declares Throwable but throws nothing
      throw new LinkageError("fcntl", impossible);
    }
    if (copy < 0) {
      throw new IOException("cannot duplicate descriptor " + descriptor + " (limit reached?)");
    }
    return copy;
  }
}
