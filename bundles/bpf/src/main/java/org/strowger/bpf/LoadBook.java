package org.strowger.bpf;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.strowger.api.KernelException;
import org.strowger.api.Loads;

/**
 * What the kernel holds, by index of the real server, or of the virtual service: its own counts
 * less what this side took away from its tables. The kernel adds up in one array and this side in
 * another, so that neither ever has to wait for the other.
 *
 * <p>A connection is active from its first packet on: one whose handshake is not done weighs on its
 * real server too, and a scheduler that did not see it would send the next one there as well.
 */
final class LoadBook {
  private static final int FIELDS = 3;
  private static final int HALFOPEN = 0;
  private static final int ACTIVE = 1;
  private static final int INACTIVE = 2;
  private static final int LOADS_SIZE = 32;

  private final KernelMaps maps;
  private final String loads;
  private final ByteBuffer memory;
  private final String corrections;
  private final long[] corrected;
  private volatile long[] counted = {};

  /** Book of the real servers. */
  static LoadBook ofReals(KernelMaps maps) throws KernelException {
    return new LoadBook(maps, "loads", "corrections");
  }

  static LoadBook ofServices(KernelMaps maps) throws KernelException {
    return new LoadBook(maps, "service_loads", "service_corrections");
  }

  private LoadBook(KernelMaps maps, String loads, String corrections) throws KernelException {
    this.maps = maps;
    this.loads = loads;
    memory = maps.map(loads).memory();
    this.corrections = corrections;
    corrected = new long[maps.size(corrections) * FIELDS];
    maps.map(corrections)
        .forEach(
            (key, value) -> {
              int at = index(key) * FIELDS;
              for (int i = 0; i < FIELDS; i++) {
                corrected[at + i] = Octets.order(value).getLong(i * Long.BYTES);
              }
              return true;
            });
  }

  private static int index(ByteBuffer key) {
    return Octets.order(key).getInt(0);
  }

  /**
   * Reads the counts up to this index.
   *
   * @return whether any changed
   */
  boolean read(int largest) {
    long[] now = new long[(largest + 1) * FIELDS];
    for (int index = 0; index <= largest; index++) {
      for (int i = 0; i < FIELDS; i++) {
        now[index * FIELDS + i] = Octets.shared(memory, index * LOADS_SIZE + i * Long.BYTES);
      }
    }
    boolean changed = !Arrays.equals(counted, now);
    counted = now;
    return changed;
  }

  private long at(int index, int field) {
    long[] now = counted;
    int at = index * FIELDS + field;
    return at >= now.length ? 0 : Math.max(0, now[at] - corrected[at]);
  }

  long active(int index) {
    return at(index, ACTIVE) + at(index, HALFOPEN);
  }

  long inactive(int index) {
    return at(index, INACTIVE);
  }

  long held(int index) {
    return active(index) + inactive(index);
  }

  long halfopen(int index) {
    return at(index, HALFOPEN);
  }

  /** Subtracts a connection that was taken away from the tables; {@code COUNTED_} of strowger.h. */
  synchronized void tookAway(int index, int countedAs) throws KernelException {
    switch (countedAs) {
      case Flows.COUNTED_HALFOPEN -> correct(index, HALFOPEN, 1);
      case Flows.COUNTED_ACTIVE -> correct(index, ACTIVE, 1);
      case Flows.COUNTED_INACTIVE -> correct(index, INACTIVE, 1);
      default -> {
        return;
      }
    }
  }

  /** The contrary: one was put into the tables that the kernel did not count. */
  synchronized void brought(int index, int countedAs) throws KernelException {
    if (countedAs == Flows.COUNTED_ACTIVE) {
      correct(index, ACTIVE, -1);
    } else if (countedAs == Flows.COUNTED_INACTIVE) {
      correct(index, INACTIVE, -1);
    }
  }

  /**
   * So many are half open, as they were counted: the kernel does not see it when one is evicted.
   */
  synchronized void recounted(int index, long halfopen) throws KernelException {
    long difference = at(index, HALFOPEN) - halfopen;
    if (difference != 0) {
      correct(index, HALFOPEN, difference);
    }
  }

  private void correct(int index, int field, long more) throws KernelException {
    corrected[index * FIELDS + field] += more;
    write(index);
  }

  /** A new one has this index: nothing is counted of it yet. */
  synchronized void begin(int index) throws KernelException {
    maps.put(loads, Octets.key(index), Octets.zeros(LOADS_SIZE));
    Arrays.fill(corrected, index * FIELDS, (index + 1) * FIELDS, 0);
    write(index);
  }

  private void write(int index) throws KernelException {
    ByteBuffer value = Octets.zeros(FIELDS * Long.BYTES);
    for (int i = 0; i < FIELDS; i++) {
      value.putLong(i * Long.BYTES, corrected[index * FIELDS + i]);
    }
    maps.put(corrections, Octets.key(index), value);
  }

  /** The loads of a virtual service's real servers, by index of its chooser; read when asked. */
  Loads of(List<BoundReal> reals) {
    int[] indexes = reals.stream().mapToInt(BoundReal::index).toArray();
    return new Loads() {
      @Override
      public long active(int index) {
        return LoadBook.this.active(indexes[index]);
      }

      @Override
      public long inactive(int index) {
        return LoadBook.this.inactive(indexes[index]);
      }

      @Override
      public long service() {
        return Arrays.stream(indexes).mapToLong(LoadBook.this::held).sum();
      }
    };
  }
}
