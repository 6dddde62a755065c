package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;

/** The memory pages of this machine. */
final class Pages {
  private static final int SIZE = ask();

  private Pages() {}

  /** Bytes of one. */
  static int size() {
    return SIZE;
  }

  @SuppressWarnings("restricted") // native access is granted to this bundle, whose purpose it is
  private static int ask() {
    Linker linker = Linker.nativeLinker();
    try {
      return (int)
          linker
              .downcallHandle(
                  linker.defaultLookup().findOrThrow("getpagesize"),
                  FunctionDescriptor.of(JAVA_INT))
              .invokeExact();
    } catch (Throwable impossible) { // a downcall declares Throwable but throws nothing
      throw new LinkageError("getpagesize", impossible);
    }
  }
}
