package org.strowger.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The functions of libbpf that an {@link ObjectLoader} needs, by their C names; version 1.0 or
 * newer (its pointers are NULL on failure). Functions only: the structs of libbpf grow with its
 * version.
 */
// Native access is granted to this bundle, whose purpose it is.
@SuppressWarnings("restricted")
final class Libbpf {
  private static final String LIBRARY = "libbpf.so.1";

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();

  private static volatile @Nullable Libbpf opened;

  private final SymbolLookup library;
  final MethodHandle setPrint;
  final MethodHandle open;
  final MethodHandle load;
  final MethodHandle close;
  final MethodHandle nextMap;
  final MethodHandle mapName;
  final MethodHandle mapType;
  final MethodHandle mapKeySize;
  final MethodHandle mapValueSize;
  final MethodHandle mapFlags;
  final MethodHandle mapDescriptor;
  final MethodHandle mapIsInternal;
  final MethodHandle mapInitialValue;
  final MethodHandle mapSetMaxEntries;
  final MethodHandle mapSetPinPath;
  final MethodHandle mapReuse;
  final MethodHandle nextProgram;
  final MethodHandle programName;
  final MethodHandle programDescriptor;
  final MethodHandle programSetAutoload;
  final MethodHandle programSetLog;
  final MethodHandle format;

  private Libbpf(SymbolLookup library) {
    this.library = library;
    setPrint = function("libbpf_set_print", FunctionDescriptor.of(ADDRESS, ADDRESS));
    open =
        LINKER.downcallHandle(
            library.findOrThrow("bpf_object__open_mem"),
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS),
            Linker.Option.captureCallState("errno"));
    load = function("bpf_object__load", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    close = function("bpf_object__close", FunctionDescriptor.ofVoid(ADDRESS));
    nextMap = function("bpf_object__next_map", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    FunctionDescriptor number = FunctionDescriptor.of(JAVA_INT, ADDRESS);
    FunctionDescriptor text = FunctionDescriptor.of(ADDRESS, ADDRESS);
    mapName = function("bpf_map__name", text);
    mapType = function("bpf_map__type", number);
    mapKeySize = function("bpf_map__key_size", number);
    mapValueSize = function("bpf_map__value_size", number);
    mapFlags = function("bpf_map__map_flags", number);
    mapDescriptor = function("bpf_map__fd", number);
    mapIsInternal = function("bpf_map__is_internal", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS));
    mapInitialValue =
        function("bpf_map__initial_value", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    FunctionDescriptor setNumber = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT);
    mapSetMaxEntries = function("bpf_map__set_max_entries", setNumber);
    mapSetPinPath =
        function("bpf_map__set_pin_path", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    mapReuse = function("bpf_map__reuse_fd", setNumber);
    nextProgram =
        function("bpf_object__next_program", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    programName = function("bpf_program__name", text);
    programDescriptor = function("bpf_program__fd", number);
    programSetAutoload =
        function(
            "bpf_program__set_autoload", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_BOOLEAN));
    programSetLog =
        function(
            "bpf_program__set_log_buf",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
    format =
        LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("vsnprintf"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
  }

  private MethodHandle function(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(library.findOrThrow(name), type);
  }

  /** What {@link #ofThisMachine} found. */
  record Found(Optional<Libbpf> library, String why) {}

  /** Opens the library once; it stays open until this class goes. Safe on any thread. */
  static Found ofThisMachine() {
    String missing =
        "the library "
            + LIBRARY
            + " cannot be used: install the package libbpf1 (Debian 12), "
            + "libbpf 1.0 or newer";
    Libbpf known = opened;
    if (known != null) {
      return new Found(Optional.of(known), "");
    }
    try {
      Libbpf library = new Libbpf(SymbolLookup.libraryLookup(LIBRARY, Arena.ofAuto()));
      opened = library;
      return new Found(Optional.of(library), "");
    } catch (IllegalArgumentException notThere) { // the one exception libraryLookup has for this
      return new Found(Optional.empty(), missing);
    } catch (java.util.NoSuchElementException tooOld) {
      return new Found(Optional.empty(), missing + " (" + tooOld.getMessage() + ")");
    }
  }

  static int errno(MemorySegment state) {
    return (int) STATE.varHandle(MemoryLayout.PathElement.groupElement("errno")).get(state, 0L);
  }

  /** Calls one of the functions; they throw nothing themselves. */
  static Object call(MethodHandle function, Object... arguments) {
    try {
      return function.invokeWithArguments(List.of(arguments));
    } catch (Throwable impossible) { // a downcall declares Throwable but throws nothing
      throw new LinkageError("libbpf", impossible);
    }
  }

  static int number(MethodHandle function, Object... arguments) {
    return (int) call(function, arguments);
  }

  static MemorySegment pointer(MethodHandle function, Object... arguments) {
    return (MemorySegment) call(function, arguments);
  }

  /** A text of libbpf. */
  static String text(MethodHandle function, Object... arguments) {
    return pointer(function, arguments).reinterpret(MAX_TEXT).getString(0);
  }

  /** Names in an object file are shorter, and so is what libbpf says. */
  private static final long MAX_TEXT = 4096;
}
