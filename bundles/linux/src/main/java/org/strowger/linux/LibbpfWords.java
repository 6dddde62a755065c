package org.strowger.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes down what libbpf would print to the standard error output, as long as it is open. The
 * {@code va_list} that it hands over is passed on as it comes: on both processors it is a pointer.
 */
final class LibbpfWords implements AutoCloseable {
  private static final int WARN = 0; // LIBBPF_WARN
  private static final int MAX_LINES = 20;
  private static final int MAX_BYTES = 1024;

  private final Libbpf library;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment line = arena.allocate(MAX_BYTES);
  private final List<String> lines = new ArrayList<>();

  @SuppressWarnings("restricted") // native access is granted to this bundle, whose purpose it is
  LibbpfWords(Libbpf library) {
    this.library = library;
    MemorySegment stub;
    try {
      stub =
          Linker.nativeLinker()
              .upcallStub(
                  MethodHandles.lookup()
                      .findVirtual(
                          LibbpfWords.class,
                          "print",
                          MethodType.methodType(
                              int.class, int.class, MemorySegment.class, MemorySegment.class))
                      .bindTo(this),
                  FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS),
                  arena);
    } catch (ReflectiveOperationException impossible) { // the method stands below
      throw new LinkageError("print", impossible);
    }
    var _ = Libbpf.pointer(library.setPrint, stub);
  }

  // Called by libbpf, on the thread that called it.
  @SuppressWarnings("unused")
  private int print(int level, MemorySegment format, MemorySegment arguments) {
    if (level == WARN && lines.size() < MAX_LINES) {
      int length = Libbpf.number(library.format, line, (long) MAX_BYTES, format, arguments);
      String text = length < 0 ? "" : line.getString(0).strip().replaceFirst("^libbpf: ", "");
      if (!text.contains("BEGIN PROG LOAD LOG") && !text.isEmpty()) {
        lines.add(text);
      }
    }
    return 0;
  }

  /** What it said, to go on with a sentence. */
  String said() {
    return lines.isEmpty() ? "" : "; libbpf: " + String.join("; ", lines);
  }

  @Override
  public void close() {
    var _ = Libbpf.pointer(library.setPrint, MemorySegment.NULL);
    arena.close();
  }
}
