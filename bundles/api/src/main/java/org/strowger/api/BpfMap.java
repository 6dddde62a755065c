package org.strowger.api;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A map of the kernel, shared with programs there. Keys and values are bytes; numbers in them in
 * the byte order of the machine unless the program says otherwise.
 *
 * <p>A buffer handed in is read or written from its position, exactly the size wanted; neither
 * position nor limit is moved. Heap and direct buffers both serve. A value of a per-CPU map is
 * {@link #cpus} values of {@link #valueSize} bytes, each {@link #stride} bytes from the one before.
 *
 * <p>Any thread may call; calls on one object take turns, so that a look-up or update allocates
 * nothing. A thread that must not wait for others opens an object of its own.
 */
public interface BpfMap extends AutoCloseable {
  /** The first 15 bytes of its name in the source: what the kernel keeps. */
  String name();

  /** The kernel's number of it, unique while it lives. */
  int id();

  /** The kernel's type of map: {@code BPF_MAP_TYPE_} in include/uapi/linux/bpf.h. */
  int type();

  /** Flags it was made with ({@code BPF_F_}). */
  int flags();

  int keySize();

  /** Bytes of one value, of one CPU. */
  int valueSize();

  int maxEntries();

  /** 1, or the possible CPUs for a map that has a value for each. */
  int cpus();

  /** Bytes from the value of one CPU to that of the next; {@link #valueSize} if there is one. */
  int stride();

  /** Writes the value of a key into {@code value}; false if there is none. */
  boolean lookup(ByteBuffer key, ByteBuffer value) throws KernelException;

  /**
   * Writes the value of a key into {@code value} and deletes it in one step; false if there was
   * none. Hash maps since kernel 5.14; queues and stacks with an empty key.
   */
  boolean lookupAndDelete(ByteBuffer key, ByteBuffer value) throws KernelException;

  /** Writes one entry. */
  Stored update(ByteBuffer key, ByteBuffer value, Mode mode) throws KernelException;

  /** Deletes an entry; false if there was none. */
  boolean delete(ByteBuffer key) throws KernelException;

  /**
   * Writes the key after this one into {@code next}, in no useful order; the first one if {@code
   * key} is empty (no bytes remaining) or no longer there. False at the end.
   */
  boolean nextKey(ByteBuffer key, ByteBuffer next) throws KernelException;

  /**
   * Shows every entry, read in batches where the kernel can. Entries that come and go meanwhile may
   * be missed or shown twice. The visitor may use this map.
   *
   * @return entries shown
   */
  long forEach(Visitor visitor) throws KernelException;

  /**
   * Writes many entries with one call of the kernel: {@code count} keys one after the other, and as
   * many values. Where the kernel cannot, one after the other.
   *
   * @return entries written: {@code count}, unless one could not be (the map is full)
   */
  int updateAll(ByteBuffer keys, ByteBuffer values, int count) throws KernelException;

  /**
   * Deletes many entries; those that are not there are passed over.
   *
   * @return entries deleted
   */
  int deleteAll(ByteBuffer keys, int count) throws KernelException;

  /**
   * The values of an array made with BPF_F_MMAPABLE as memory shared with the programs, each value
   * {@code valueSize} rounded up to 8 bytes from the one before, in the byte order of the machine.
   * Any thread may use it until this object is closed; {@code VarHandle} views order accesses.
   */
  ByteBuffer memory() throws KernelException;

  /** A reader of a BPF_MAP_TYPE_RINGBUF. One reader at a time: two would take events twice. */
  BpfRing ring() throws KernelException;

  /** Gives it a name in a BPF file system, under which it outlives this process. */
  void pin(Path pin) throws KernelException;

  /** Another object for the same map, independent of this one. */
  BpfMap duplicate() throws KernelException;

  @Override
  void close();

  /** Which entries an update may meet. */
  enum Mode {
    /** Writes whether there is one or not. */
    ANY,
    /** Only if there is none yet. */
    NEW,
    /** Only if there is one. */
    EXISTING
  }

  /** What became of an update. */
  enum Stored {
    STORED,
    /** Not written: there is one already. */
    EXISTS,
    /** Not written: there is none. */
    MISSING,
    /** Not written: no room is left for another entry. */
    FULL
  }

  /** Is shown entries. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Looks at one entry.
     *
     * @param key one key, from position 0 to the limit; changes after the call
     * @param value its value, or those of all CPUs, likewise
     * @return false to see no more
     */
    boolean entry(ByteBuffer key, ByteBuffer value);
  }
}
