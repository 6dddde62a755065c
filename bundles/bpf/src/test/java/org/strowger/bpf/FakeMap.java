package org.strowger.bpf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.strowger.api.BpfMap;
import org.strowger.api.BpfRing;
import org.strowger.api.KernelException;

/** A map as the kernel has it: an array whose cells are there from the beginning, or a hash. */
final class FakeMap implements BpfMap {
  static final int CPUS = 2;

  /** Arrays made with BPF_F_MMAPABLE. */
  private static final Set<String> SHARED = Set.of("picks", "heads", "loads", "service_loads");

  private final String name;
  private final int keySize;
  private final int valueSize;
  private final int maxEntries;
  private final boolean array;
  private final int cpus;
  private final Map<Path, Object> pins;
  final FakeRing ring = new FakeRing();
  private final Optional<ByteBuffer> memory;
  private final Map<ByteBuffer, byte[]> entries = new ConcurrentSkipListMap<>();
  final AtomicLong writes = new AtomicLong();

  /** What the programs do at the worst moment: whenever an entry was just read. */
  volatile Consumer<ByteBuffer> afterLookup = _ -> {};

  FakeMap(
      String name,
      int keySize,
      int valueSize,
      int maxEntries,
      boolean array,
      int cpus,
      Map<Path, Object> pins) {
    this.name = name;
    this.keySize = keySize;
    this.valueSize = valueSize;
    this.maxEntries = maxEntries;
    this.array = array;
    this.cpus = cpus;
    this.pins = pins;
    memory =
        SHARED.contains(name)
            ? Optional.of(Octets.order(ByteBuffer.allocateDirect(valueSize * maxEntries)))
            : Optional.empty();
  }

  private static ByteBuffer copy(ByteBuffer of, int size) {
    byte[] octets = new byte[size];
    of.get(of.position(), octets);
    return ByteBuffer.wrap(octets);
  }

  private ByteBuffer key(ByteBuffer of) {
    ByteBuffer key = copy(of, keySize);
    // Indexes in big endian, so that the map's order is theirs.
    return array ? ByteBuffer.allocate(4).putInt(0, Octets.order(key).getInt(0)) : key;
  }

  private boolean outside(ByteBuffer key) {
    return array && Integer.compareUnsigned(key.getInt(0), maxEntries) >= 0;
  }

  @Override
  public boolean lookup(ByteBuffer key, ByteBuffer value) {
    ByteBuffer wanted = key(key);
    if (memory.isPresent() && !outside(wanted)) {
      value.put(value.position(), memory.get(), wanted.getInt(0) * valueSize, valueSize);
      return true;
    }
    byte[] found = entries.get(wanted);
    if (found == null && (!array || outside(wanted))) {
      return false;
    }
    value.put(value.position(), found == null ? new byte[stride() * cpus] : found);
    afterLookup.accept(key);
    return true;
  }

  /** As a program does, in the entry itself. */
  void add(ByteBuffer key, int at, long by) {
    entries.computeIfPresent(
        key(key),
        (_, value) -> {
          ByteBuffer next = Octets.order(ByteBuffer.wrap(value.clone()));
          next.putLong(at, next.getLong(at) + by);
          return next.array();
        });
  }

  @Override
  public boolean lookupAndDelete(ByteBuffer key, ByteBuffer value) {
    return lookup(key, value) && delete(key);
  }

  @Override
  public Stored update(ByteBuffer key, ByteBuffer value, Mode mode) {
    ByteBuffer wanted = key(key);
    boolean there = array ? !outside(wanted) : entries.containsKey(wanted);
    if (mode == Mode.NEW && there) {
      return Stored.EXISTS;
    }
    if ((mode == Mode.EXISTING || array) && !there) {
      return Stored.MISSING;
    }
    if (!there && entries.size() >= maxEntries) {
      return Stored.FULL;
    }
    writes.incrementAndGet();
    if (memory.isPresent()) {
      memory.get().put(wanted.getInt(0) * valueSize, value, value.position(), valueSize);
      return Stored.STORED;
    }
    entries.put(wanted, copy(value, stride() * cpus).array());
    return Stored.STORED;
  }

  @Override
  public boolean delete(ByteBuffer key) {
    writes.incrementAndGet();
    return entries.remove(key(key)) != null;
  }

  @Override
  public boolean nextKey(ByteBuffer key, ByteBuffer next) {
    throw new UnsupportedOperationException("the plane does not ask");
  }

  @Override
  public long forEach(Visitor visitor) {
    long shown = 0;
    for (ByteBuffer key : keys()) {
      ByteBuffer octets = Octets.zeros(keySize);
      if (array) {
        octets.putInt(0, key.getInt(0));
      } else {
        octets.put(0, key, 0, keySize);
      }
      ByteBuffer value = Octets.zeros(stride() * cpus);
      if (!lookup(octets, value)) {
        continue; // gone meanwhile
      }
      shown++;
      if (!visitor.entry(octets, value)) {
        break;
      }
    }
    return shown;
  }

  private List<ByteBuffer> keys() {
    if (!array) {
      return List.copyOf(entries.keySet());
    }
    List<ByteBuffer> keys = new ArrayList<>();
    for (int i = 0; i < maxEntries; i++) {
      keys.add(ByteBuffer.allocate(4).putInt(0, i));
    }
    return keys;
  }

  int entries() {
    return entries.size();
  }

  @Override
  public int updateAll(ByteBuffer keys, ByteBuffer values, int count) {
    for (int i = 0; i < count; i++) {
      ByteBuffer key = keys.duplicate().position(keys.position() + i * keySize);
      ByteBuffer value = values.duplicate().position(values.position() + i * valueSize);
      if (update(key, value, Mode.ANY) != Stored.STORED) {
        return i;
      }
    }
    return count;
  }

  @Override
  public int deleteAll(ByteBuffer keys, int count) {
    int deleted = 0;
    for (int i = 0; i < count; i++) {
      deleted += delete(keys.duplicate().position(keys.position() + i * keySize)) ? 1 : 0;
    }
    return deleted;
  }

  @Override
  public ByteBuffer memory() throws KernelException {
    return memory.orElseThrow(
        () -> new KernelException("map " + name + " is not made to be shared", 22));
  }

  @Override
  public BpfRing ring() throws KernelException {
    if (!name.equals("events")) {
      throw new KernelException("map " + name + " is no ring", 22);
    }
    return ring;
  }

  @Override
  public void pin(Path pin) throws KernelException {
    pin(pins, pin, this);
  }

  /** Gives anything a name; the file stands for it. */
  static void pin(Map<Path, Object> pins, Path pin, Object what) throws KernelException {
    try {
      Files.createFile(pin);
    } catch (IOException e) {
      throw new KernelException("cannot pin at " + pin, 17);
    }
    pins.put(pin, what);
  }

  /** What is pinned there; a pin whose file was deleted is none. */
  static <T> T pinned(Map<Path, Object> pins, Path pin, Class<T> type) throws KernelException {
    if (!Files.exists(pin)) {
      pins.remove(pin);
    }
    Object what = pins.get(pin);
    if (!type.isInstance(what)) {
      throw new KernelException("nothing is pinned at " + pin, 2);
    }
    return type.cast(what);
  }

  @Override
  public BpfMap duplicate() {
    return this;
  }

  @Override
  public void close() {}

  @Override
  public String name() {
    return name;
  }

  @Override
  public int id() {
    return System.identityHashCode(this);
  }

  @Override
  public int type() {
    return 0;
  }

  @Override
  public int flags() {
    return 0;
  }

  @Override
  public int keySize() {
    return keySize;
  }

  @Override
  public int valueSize() {
    return valueSize;
  }

  @Override
  public int maxEntries() {
    return maxEntries;
  }

  @Override
  public int cpus() {
    return cpus;
  }

  @Override
  public int stride() {
    return cpus == 1 ? valueSize : (valueSize + 7) / 8 * 8;
  }

  static UncheckedIOException unchecked(IOException e) {
    return new UncheckedIOException(e);
  }
}
