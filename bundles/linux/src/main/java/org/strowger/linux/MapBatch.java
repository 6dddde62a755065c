package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.strowger.api.BpfMap.Mode;
import org.strowger.api.BpfMap.Stored;
import org.strowger.api.BpfMap.Visitor;
import org.strowger.api.KernelException;

/**
 * Many entries of a map with few calls. The kernel offers that for hashes, arrays and prefixes
 * (5.6, per-CPU arrays 5.13); for others, and before, it is one call an entry.
 */
final class MapBatch {
  /** Memory for the entries of one call. */
  private static final int BYTES = 1 << 20;

  private static final int MAX_ENTRIES = 4096;

  /** Attributes: where the count and the descriptor stand. */
  private static final int COUNT = 32;

  private static final int DESCRIPTOR = 36;

  private final KernelMap map;
  private final MapShape shape;

  MapBatch(KernelMap map) {
    this.map = map;
    this.shape = map.shape();
  }

  private int entries() {
    int fitting = BYTES / Math.max(1, shape.keySize() + shape.valueBytes());
    return Math.clamp(fitting, 1, Math.min(MAX_ENTRIES, Math.max(1, shape.maxEntries())));
  }

  private static boolean unsupported(long answer) {
    return answer == -Errno.ENOTSUPP || answer == -Errno.EOPNOTSUPP || answer == -Errno.EINVAL;
  }

  /** Keys, values and attributes for calls with so many entries. */
  private record Room(
      int entries, MemorySegment keys, MemorySegment values, MemorySegment attributes) {
    static Room of(Arena arena, MapShape shape, int entries) {
      MemorySegment keys = arena.allocate((long) entries * shape.keySize(), 8);
      MemorySegment values = arena.allocate((long) entries * shape.valueBytes(), 8);
      MemorySegment attributes = arena.allocate(BpfCall.ATTRIBUTES, 8);
      attributes.set(JAVA_LONG, 16, keys.address());
      attributes.set(JAVA_LONG, 24, values.address());
      return new Room(entries, keys, values, attributes);
    }

    int count() {
      return attributes.get(JAVA_INT, COUNT);
    }
  }

  private long make(BpfCall call, Room room, int count) {
    room.attributes.set(JAVA_INT, COUNT, count);
    return map.make(call, room.attributes, DESCRIPTOR);
  }

  long forEach(Visitor visitor) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      // Where to go on: a bucket for hashes, a key for the others.
      int cursorBytes = Math.max(8, shape.keySize());
      MemorySegment from = arena.allocate(cursorBytes, 8);
      MemorySegment to = arena.allocate(cursorBytes, 8);
      Room room = Room.of(arena, shape, entries());
      long shown = 0;
      boolean first = true;
      while (true) {
        room.attributes.set(JAVA_LONG, 0, first ? 0 : from.address());
        room.attributes.set(JAVA_LONG, 8, to.address());
        long answer = make(BpfCall.MAP_LOOKUP_BATCH, room, room.entries);
        if (answer == -Errno.ENOSPC) { // a bucket holds more entries than there is room for
          room = Room.of(arena, shape, Math.multiplyExact(room.entries, 2));
          continue;
        }
        if (answer == -Errno.EINTR || answer == -Errno.EAGAIN) {
          continue;
        }
        if (first && unsupported(answer)) {
          return forEachByKey(visitor);
        }
        if (answer < 0 && answer != -Errno.ENOENT) {
          throw Errno.refused("read the entries of " + shape, answer);
        }
        int count = room.count();
        int seen = show(room, count, visitor);
        shown += seen;
        if (answer == -Errno.ENOENT || seen < count || stopped) {
          return shown;
        }
        first = false;
        from.copyFrom(to);
      }
    }
  }

  private boolean stopped;

  private int show(Room room, int count, Visitor visitor) {
    ByteBuffer keys = room.keys.asByteBuffer();
    ByteBuffer values = room.values.asByteBuffer();
    for (int i = 0; i < count; i++) {
      ByteBuffer key = keys.slice(i * shape.keySize(), shape.keySize());
      ByteBuffer value = values.slice(i * shape.valueBytes(), shape.valueBytes());
      if (!visitor.entry(
          key.order(ByteOrder.nativeOrder()), value.order(ByteOrder.nativeOrder()))) {
        stopped = true;
        return i + 1;
      }
    }
    return count;
  }

  /** A walk that meets a key that is deleted meanwhile starts anew: bounded by the map's size. */
  private long forEachByKey(Visitor visitor) throws KernelException {
    ByteBuffer key = ByteBuffer.allocate(shape.keySize()).order(ByteOrder.nativeOrder());
    ByteBuffer value = ByteBuffer.allocate(shape.valueBytes()).order(ByteOrder.nativeOrder());
    ByteBuffer none = ByteBuffer.allocate(0);
    long shown = 0;
    boolean more = map.nextKey(none, key);
    for (long steps = 0; more && steps < 2L * shape.maxEntries(); steps++) {
      if (map.lookup(key, value)) {
        shown++;
        if (!visitor.entry(
            key.duplicate().order(key.order()), value.duplicate().order(value.order()))) {
          return shown;
        }
      }
      more = map.nextKey(key, key);
    }
    return shown;
  }

  int update(ByteBuffer keys, ByteBuffer values, int count) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      Room room = Room.of(arena, shape, Math.max(1, Math.min(count, entries())));
      int done = 0;
      while (done < count) {
        int part = Math.min(room.entries, count - done);
        take(room.keys, keys, done, part, shape.keySize());
        take(room.values, values, done, part, shape.valueBytes());
        long answer = make(BpfCall.MAP_UPDATE_BATCH, room, part);
        if (done == 0 && unsupported(answer)) {
          return updateByKey(keys, values, count);
        }
        done += answer == 0 ? part : Math.clamp(room.count(), 0, part);
        if (full(answer)) {
          return done;
        }
        if (answer < 0 && answer != -Errno.EINTR) {
          throw Errno.refused("write entries of " + shape, answer);
        }
      }
      return done;
    }
  }

  private static boolean full(long answer) {
    return answer == -Errno.E2BIG || answer == -Errno.ENOSPC;
  }

  private int updateByKey(ByteBuffer keys, ByteBuffer values, int count) throws KernelException {
    for (int i = 0; i < count; i++) {
      ByteBuffer key = part(keys, i, shape.keySize());
      if (map.update(key, part(values, i, shape.valueBytes()), Mode.ANY) == Stored.FULL) {
        return i;
      }
    }
    return count;
  }

  int delete(ByteBuffer keys, int count) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      Room room = Room.of(arena, shape, Math.max(1, Math.min(count, entries())));
      int deleted = 0;
      int at = 0;
      while (at < count) {
        int part = Math.min(room.entries, count - at);
        take(room.keys, keys, at, part, shape.keySize());
        long answer = make(BpfCall.MAP_DELETE_BATCH, room, part);
        if (at == 0 && unsupported(answer)) {
          return deleteByKey(keys, count);
        }
        int done = answer == 0 ? part : Math.clamp(room.count(), 0, part);
        deleted += done;
        at += answer == -Errno.ENOENT ? done + 1 : done; // one that is not there is passed over
        if (answer < 0 && answer != -Errno.ENOENT && answer != -Errno.EINTR) {
          throw Errno.refused("delete entries of " + shape, answer);
        }
      }
      return deleted;
    }
  }

  private int deleteByKey(ByteBuffer keys, int count) throws KernelException {
    int deleted = 0;
    for (int i = 0; i < count; i++) {
      if (map.delete(part(keys, i, shape.keySize()))) {
        deleted++;
      }
    }
    return deleted;
  }

  private static ByteBuffer part(ByteBuffer all, int index, int size) {
    return all.slice(all.position() + index * size, size);
  }

  private static void take(MemorySegment to, ByteBuffer from, int first, int count, int size) {
    MemorySegment.copy(
        MemorySegment.ofBuffer(from), (long) first * size, to, 0, (long) count * size);
  }
}
