package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.strowger.api.BpfMap;
import org.strowger.api.BpfRing;
import org.strowger.api.KernelException;

/**
 * A map by its descriptor. Attributes, key and value of the calls lie in memory of its own, laid
 * out once, so that a call copies a few bytes and allocates nothing.
 */
final class KernelMap implements BpfMap {
  private static final int FLAGS = 24;

  private final Descriptor descriptor;
  private final MapShape shape;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment attributes = arena.allocate(BpfCall.ATTRIBUTES, 8);
  private final MemorySegment state = SystemCall.state(arena);
  private final ByteBuffer key;
  private final ByteBuffer value;

  /** Where the kernel writes the key after another one. */
  private final ByteBuffer next;

  /** Of the calls that have no value. */
  private final MemorySegment keyAttributes = arena.allocate(BpfCall.ATTRIBUTES, 8);

  private final long keyAddress;
  private final long nextAddress;
  private @Nullable Mapping mapping;
  private boolean closed;

  /** Takes the descriptor, and closes it if this fails. */
  static KernelMap of(Descriptor descriptor) throws KernelException {
    try {
      return new KernelMap(descriptor, MapShape.of(descriptor));
    } catch (KernelException | RuntimeException e) {
      descriptor.close();
      throw e;
    }
  }

  private KernelMap(Descriptor descriptor, MapShape shape) {
    this.descriptor = descriptor;
    this.shape = shape;
    MemorySegment keyMemory = arena.allocate(Math.max(1, shape.keySize()), 8);
    MemorySegment nextMemory = arena.allocate(Math.max(1, shape.keySize()), 8);
    MemorySegment valueMemory = arena.allocate(Math.max(1, shape.valueBytes()), 8);
    keyAddress = keyMemory.address();
    nextAddress = nextMemory.address();
    key = keyMemory.asByteBuffer().order(ByteOrder.nativeOrder());
    next = nextMemory.asByteBuffer().order(ByteOrder.nativeOrder());
    value = valueMemory.asByteBuffer().order(ByteOrder.nativeOrder());
    attributes.set(JAVA_INT, 0, descriptor.number());
    attributes.set(JAVA_LONG, 8, shape.keySize() == 0 ? 0 : keyAddress);
    attributes.set(JAVA_LONG, 16, valueMemory.address());
    keyAttributes.set(JAVA_INT, 0, descriptor.number());
  }

  MapShape shape() {
    return shape;
  }

  synchronized Descriptor copyOfDescriptor() throws KernelException {
    return descriptor.duplicate(shape.toString());
  }

  @Override
  public String name() {
    return shape.name();
  }

  @Override
  public int id() {
    return shape.id();
  }

  @Override
  public int type() {
    return shape.type();
  }

  @Override
  public int flags() {
    return shape.flags();
  }

  @Override
  public int keySize() {
    return shape.keySize();
  }

  @Override
  public int valueSize() {
    return shape.valueSize();
  }

  @Override
  public int maxEntries() {
    return shape.maxEntries();
  }

  @Override
  public int cpus() {
    return shape.cpus();
  }

  @Override
  public int stride() {
    return shape.stride();
  }

  @Override
  public boolean lookup(ByteBuffer from, ByteBuffer to) throws KernelException {
    return read(BpfCall.MAP_LOOKUP, "look up an entry of ", from, to);
  }

  @Override
  public boolean lookupAndDelete(ByteBuffer from, ByteBuffer to) throws KernelException {
    return read(BpfCall.MAP_LOOKUP_AND_DELETE, "take an entry of ", from, to);
  }

  private synchronized boolean read(BpfCall call, String what, ByteBuffer from, ByteBuffer to)
      throws KernelException {
    takeKey(from);
    require(to, shape.valueBytes(), "value");
    long answer = make(call, 0);
    if (answer == -Errno.ENOENT) {
      return false;
    }
    check(answer, what);
    to.put(to.position(), value, 0, shape.valueBytes());
    return true;
  }

  @Override
  public synchronized Stored update(ByteBuffer from, ByteBuffer content, Mode mode)
      throws KernelException {
    takeKey(from);
    require(content, shape.valueBytes(), "value");
    value.put(0, content, content.position(), shape.valueBytes());
    long flag =
        switch (mode) {
          case ANY -> 0;
          case NEW -> 1;
          case EXISTING -> 2;
        };
    int answer = (int) make(BpfCall.MAP_UPDATE, flag);
    return switch (-answer) {
      case 0 -> Stored.STORED;
      case Errno.EEXIST -> Stored.EXISTS;
      case Errno.ENOENT -> Stored.MISSING;
      case Errno.E2BIG -> full();
      case Errno.ENOSPC -> Stored.FULL; // the longest prefix match says it so
      default -> throw Errno.refused("write an entry of " + shape, answer);
    };
  }

  /** An array has room for all its entries; one beyond its end is a fault of the caller. */
  private Stored full() throws KernelException {
    if (shape.type() == MapShape.ARRAY || shape.type() == MapShape.PER_CPU_ARRAY) {
      throw Errno.refused(
          "write entry %d of %s with %d entries"
              .formatted(key.getInt(0), shape, shape.maxEntries()),
          Errno.E2BIG);
    }
    return Stored.FULL;
  }

  @Override
  public synchronized boolean delete(ByteBuffer from) throws KernelException {
    takeKey(from);
    keyAttributes.set(JAVA_LONG, 8, keyAddress);
    keyAttributes.set(JAVA_LONG, 16, 0); // the kernel insists on no value
    long answer = BpfCall.MAP_DELETE.make(state, keyAttributes);
    if (answer == -Errno.ENOENT) {
      return false;
    }
    check(answer, "delete an entry of ");
    return true;
  }

  @Override
  public synchronized boolean nextKey(ByteBuffer from, ByteBuffer to) throws KernelException {
    boolean first = !from.hasRemaining();
    if (!first) {
      takeKey(from);
    }
    require(to, shape.keySize(), "key");
    open();
    keyAttributes.set(JAVA_LONG, 8, first ? 0 : keyAddress);
    keyAttributes.set(JAVA_LONG, 16, nextAddress);
    long answer = BpfCall.MAP_NEXT_KEY.make(state, keyAttributes);
    if (answer == -Errno.ENOENT) {
      return false;
    }
    check(answer, "walk ");
    to.put(to.position(), next, 0, shape.keySize());
    return true;
  }

  @Override
  public long forEach(Visitor visitor) throws KernelException {
    return new MapBatch(this).forEach(visitor);
  }

  @Override
  public int updateAll(ByteBuffer keys, ByteBuffer values, int count) throws KernelException {
    require(keys, Math.multiplyExact(count, shape.keySize()), "keys");
    require(values, Math.multiplyExact(count, shape.valueBytes()), "values");
    return new MapBatch(this).update(keys, values, count);
  }

  @Override
  public int deleteAll(ByteBuffer keys, int count) throws KernelException {
    require(keys, Math.multiplyExact(count, shape.keySize()), "keys");
    return new MapBatch(this).delete(keys, count);
  }

  /** A call with attributes of somebody else, while this map cannot be closed. */
  synchronized long make(BpfCall call, MemorySegment others, int descriptorAt) {
    open();
    others.set(JAVA_INT, descriptorAt, descriptor.number());
    return call.make(state, others);
  }

  @Override
  public synchronized ByteBuffer memory() throws KernelException {
    open();
    if (shape.type() != MapShape.ARRAY || (shape.flags() & MapShape.MAPPABLE) == 0) {
      throw new KernelException(
          "cannot share the memory of " + shape + ": it is no array made with BPF_F_MMAPABLE", 0);
    }
    Mapping shared = mapping;
    if (shared == null) {
      long bytes = (long) MapShape.rounded(shape.valueSize()) * shape.maxEntries();
      shared = Mapping.of(descriptor, 0, bytes, true, shape.toString());
      mapping = shared;
    }
    return shared.buffer();
  }

  @Override
  public BpfRing ring() throws KernelException {
    if (shape.type() != MapShape.RING) {
      throw new KernelException(
          "cannot read events of " + shape + ": it is no BPF_MAP_TYPE_RINGBUF", 0);
    }
    return KernelRing.of(copyOfDescriptor(), shape);
  }

  @Override
  public synchronized void pin(Path pin) throws KernelException {
    BpfCall.pin(descriptor, shape.toString(), pin);
  }

  @Override
  public BpfMap duplicate() throws KernelException {
    return of(copyOfDescriptor());
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      if (mapping != null) {
        mapping.close();
      }
      descriptor.close();
      arena.close();
    }
  }

  private void open() {
    if (closed) {
      throw new IllegalStateException(shape + " is used after it was closed");
    }
  }

  private void takeKey(ByteBuffer from) {
    open();
    require(from, shape.keySize(), "key");
    key.put(0, from, from.position(), shape.keySize());
  }

  private void require(ByteBuffer buffer, int bytes, String what) {
    if (buffer.remaining() < bytes) {
      throw new IllegalArgumentException(
          "%s of %s: %d bytes instead of %d".formatted(what, shape, buffer.remaining(), bytes));
    }
  }

  private long make(BpfCall call, long flags) {
    open();
    attributes.set(JAVA_LONG, FLAGS, flags);
    return call.make(state, attributes);
  }

  private void check(long answer, String operation) throws KernelException {
    if (answer < 0) {
      throw Errno.refused(operation + shape, answer);
    }
  }
}
