package org.strowger.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.strowger.api.BpfMap;
import org.strowger.api.BpfSource;
import org.strowger.api.KernelException;

/**
 * Loads one object by libbpf, which knows relocations and types. What comes of it is kept by
 * descriptors of our own; libbpf's object ends with the load.
 */
final class ObjectLoader {
  /** Room for the verifier's words about one program; when full, it keeps the end (6.4). */
  private static final int LOG_BYTES = 1 << 18;

  /** {@code struct bpf_object_open_opts}, as far as the name: the start is the same for ever. */
  private static final int OPTIONS_BYTES = 16;

  private final Libbpf library;
  private final BpfSource source;
  private final Arena arena;
  private final Map<String, MemorySegment> maps = new LinkedHashMap<>();
  private final Map<String, MemorySegment> programs = new LinkedHashMap<>();
  private final Map<String, MemorySegment> logs = new LinkedHashMap<>();

  private ObjectLoader(Libbpf library, BpfSource source, Arena arena) {
    this.library = library;
    this.source = source;
    this.arena = arena;
  }

  /** One at a time: what libbpf prints goes to one place for the whole process. */
  static synchronized LoadedObject load(Libbpf library, BpfSource source) throws KernelException {
    try (Arena arena = Arena.ofConfined();
        LibbpfWords words = new LibbpfWords(library)) {
      return new ObjectLoader(library, source, arena).load(words);
    }
  }

  private KernelException refused(String why, int errno) {
    return new KernelException("cannot load BPF object '" + source.name() + "': " + why, errno);
  }

  private LoadedObject load(LibbpfWords words) throws KernelException {
    MemorySegment object = open(words);
    try {
      collect(object);
      known("map", source.maxEntries().keySet(), maps.keySet());
      known("map", source.reuse().keySet(), maps.keySet());
      known("program", source.programs(), programs.keySet());
      setConstants();
      setMaps();
      choosePrograms();
      int answer = Libbpf.number(library.load, object);
      if (answer < 0) {
        throw refused(Errno.words(-answer) + words.said() + endOfLog(), -answer);
      }
      return keep();
    } finally {
      var _ = Libbpf.call(library.close, object);
    }
  }

  private MemorySegment open(LibbpfWords words) throws KernelException {
    ByteBuffer elf = source.elf();
    MemorySegment bytes = arena.allocate(elf.remaining(), 16);
    bytes.copyFrom(MemorySegment.ofBuffer(elf));
    MemorySegment options = arena.allocate(OPTIONS_BYTES, 8);
    options.set(JAVA_LONG, 0, OPTIONS_BYTES);
    options.set(ADDRESS, 8, arena.allocateFrom(source.name()));
    MemorySegment state = SystemCall.state(arena);
    MemorySegment object = Libbpf.pointer(library.open, state, bytes, bytes.byteSize(), options);
    if (object.equals(MemorySegment.NULL)) {
      int errno = Libbpf.errno(state);
      throw refused("it is no BPF object file: " + Errno.words(errno) + words.said(), errno);
    }
    return object;
  }

  private void collect(MemorySegment object) {
    MemorySegment map = Libbpf.pointer(library.nextMap, object, MemorySegment.NULL);
    while (!map.equals(MemorySegment.NULL)) {
      maps.put(nameOfMap(map), map);
      map = Libbpf.pointer(library.nextMap, object, map);
    }
    MemorySegment program = Libbpf.pointer(library.nextProgram, object, MemorySegment.NULL);
    while (!program.equals(MemorySegment.NULL)) {
      programs.put(Libbpf.text(library.programName, program), program);
      program = Libbpf.pointer(library.nextProgram, object, program);
    }
  }

  /** Variables lie in maps that libbpf names after the object: here their section is the name. */
  private String nameOfMap(MemorySegment map) {
    String name = Libbpf.text(library.mapName, map);
    boolean internal = (boolean) Libbpf.call(library.mapIsInternal, map);
    return internal ? name.substring(Math.max(0, name.indexOf('.'))) : name;
  }

  private void known(String what, Set<String> wanted, Set<String> there) throws KernelException {
    for (String name : new TreeSet<>(wanted)) {
      if (!there.contains(name)) {
        throw refused("it has no " + what + " '" + name + "'; it has " + there, Errno.EINVAL);
      }
    }
  }

  // The size of the memory is the one that libbpf names with it.
  @SuppressWarnings("restricted")
  private void setConstants() throws KernelException {
    if (source.constants().isEmpty()) {
      return;
    }
    Map<String, ElfSymbols.Variable> variables = ElfSymbols.of(source.elf());
    known("variable", source.constants().keySet(), variables.keySet());
    for (Map.Entry<String, Long> each : source.constants().entrySet()) {
      ElfSymbols.Variable variable =
          java.util.Objects.requireNonNull(variables.get(each.getKey()), "checked above");
      MemorySegment map = maps.get(variable.section());
      if (map == null || !variable.section().startsWith(".rodata")) {
        throw refused("variable '" + each.getKey() + "' is not constant", Errno.EINVAL);
      }
      MemorySegment size = arena.allocate(JAVA_LONG);
      MemorySegment values =
          Libbpf.pointer(library.mapInitialValue, map, size).reinterpret(size.get(JAVA_LONG, 0));
      values
          .asSlice(variable.offset(), variable.bytes())
          .copyFrom(MemorySegment.ofArray(bytes(each.getKey(), each.getValue(), variable.bytes())));
    }
  }

  private byte[] bytes(String name, long value, int size) throws KernelException {
    boolean fits =
        switch (size) {
          case 1, 2, 4 -> {
            int bits = size * 8;
            yield value >= -(1L << (bits - 1)) && value < 1L << bits;
          }
          case 8 -> true;
          default -> false;
        };
    if (!fits) {
      throw refused(
          "constant '%s' has %d bytes, which do not hold %d".formatted(name, size, value),
          Errno.EINVAL);
    }
    byte[] all = new byte[8];
    ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
    byte[] bytes = java.util.Arrays.copyOf(all, size);
    if (ByteOrder.nativeOrder().equals(ByteOrder.BIG_ENDIAN)) {
      for (int i = 0; i < size; i++) {
        bytes[i] = all[size - 1 - i];
      }
    }
    return bytes;
  }

  private void setMaps() throws KernelException {
    for (Map.Entry<String, MemorySegment> each : maps.entrySet()) {
      String name = each.getKey();
      MemorySegment map = each.getValue();
      // Where to pin is for the caller to say, not for the object.
      done(Libbpf.number(library.mapSetPinPath, map, MemorySegment.NULL), "not pin map " + name);
      Integer size = source.maxEntries().get(name);
      if (size != null) {
        done(
            Libbpf.number(library.mapSetMaxEntries, map, size),
            "give map '%s' %d entries".formatted(name, size));
      }
      BpfMap given = source.reuse().get(name);
      if (given != null) {
        reuse(name, map, KernelBpf.ours(given));
      }
    }
  }

  private void reuse(String name, MemorySegment map, KernelMap given) throws KernelException {
    List<Integer> wanted =
        List.of(
            Libbpf.number(library.mapType, map),
            Libbpf.number(library.mapKeySize, map),
            Libbpf.number(library.mapValueSize, map),
            Libbpf.number(library.mapFlags, map));
    MapShape shape = given.shape();
    List<Integer> there = List.of(shape.type(), shape.keySize(), shape.valueSize(), shape.flags());
    if (!wanted.equals(there)) {
      throw refused(
          "map '%s' cannot be the given one: type, key size, value size, flags %s instead of %s"
              .formatted(name, there, wanted),
          Errno.EINVAL);
    }
    try (Descriptor copy = given.copyOfDescriptor()) {
      done(Libbpf.number(library.mapReuse, map, copy.number()), "take the given map " + name);
    }
  }

  private void done(int answer, String operation) throws KernelException {
    if (answer < 0) {
      throw refused("cannot " + operation + ": " + Errno.words(-answer), -answer);
    }
  }

  private void choosePrograms() throws KernelException {
    for (Map.Entry<String, MemorySegment> each : programs.entrySet()) {
      boolean wanted = wanted(each.getKey());
      done(
          Libbpf.number(library.programSetAutoload, each.getValue(), wanted),
          "choose program " + each.getKey());
      if (wanted) {
        MemorySegment log = arena.allocate(LOG_BYTES);
        logs.put(each.getKey(), log);
        done(
            Libbpf.number(library.programSetLog, each.getValue(), log, (long) LOG_BYTES),
            "log program " + each.getKey());
      }
    }
  }

  private boolean wanted(String program) {
    return source.programs().isEmpty() || source.programs().contains(program);
  }

  /** The last lines of what the verifier said about the programs it looked at. */
  private String endOfLog() {
    List<String> all = new ArrayList<>();
    logs.forEach(
        (program, log) -> {
          log.set(JAVA_BYTE, LOG_BYTES - 1, (byte) 0);
          String text = log.getString(0).strip();
          if (!text.isEmpty()) {
            List<String> lines = text.lines().toList();
            all.add("program '" + program + "', the verifier's last words:");
            all.addAll(lines.subList(Math.max(0, lines.size() - 20), lines.size()));
          }
        });
    return all.isEmpty() ? "" : "\n" + String.join("\n", all);
  }

  private LoadedObject keep() throws KernelException {
    LoadedObject object = new LoadedObject(source.name());
    try {
      for (Map.Entry<String, MemorySegment> each : maps.entrySet()) {
        int descriptor = Libbpf.number(library.mapDescriptor, each.getValue());
        if (descriptor >= 0) {
          object.add(each.getKey(), KernelMap.of(Descriptor.copyOf(descriptor, each.getKey())));
        }
      }
      for (Map.Entry<String, MemorySegment> each : programs.entrySet()) {
        if (wanted(each.getKey())) {
          int descriptor = Libbpf.number(library.programDescriptor, each.getValue());
          object.add(each.getKey(), KernelProgram.of(Descriptor.copyOf(descriptor, each.getKey())));
        }
      }
      return object;
    } catch (KernelException | RuntimeException e) {
      object.close();
      throw e;
    }
  }
}
