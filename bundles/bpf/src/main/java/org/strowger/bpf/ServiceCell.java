package org.strowger.bpf;

import java.nio.ByteBuffer;

/** {@code struct service}, field by field; the meaning of each is told there. */
record ServiceCell(
    int index,
    int flags,
    long key0,
    long key1,
    Rate rate,
    Cells ring,
    Cells table,
    Cells fallback,
    Cells sources,
    int connectionLimit,
    Persistent persistent) {
  static final int SIZE = 88;

  static final int CLOSED = 1;
  static final int ACCESS = 2;
  static final int DENY_OTHERS = 4;
  static final int HASH_DESTINATION = 8;
  static final int HASH_PORT = 16;
  static final int ONE_PACKET = 32;

  /**
   * Where another director chose by the same table a connection goes on in mid-stream: the table
   * names its real server here too.
   */
  static final int MIDSTREAM = 128;

  static final int OWNER_ONLY = 256;

  /** As the kernel counts it: time between two, and how much one may come early. */
  record Rate(long emissionNanos, long toleranceNanos) {
    private static final long SECOND = 1_000_000_000L;

    /** Zero a second is no limit; a burst of zero is one second's worth. */
    static Rate of(long perSecond, long burst) {
      if (perSecond == 0) {
        return new Rate(0, 0);
      }
      long emission = Math.max(1, SECOND / perSecond);
      return new Rate(emission, emission * (burst == 0 ? perSecond : burst));
    }
  }

  /** How the connections of a source are kept together; 0 seconds: they are not. */
  record Persistent(int seconds, int bits4, int bits6, boolean toQuiesced) {}

  ByteBuffer octets() {
    ByteBuffer octets = Octets.zeros(SIZE);
    octets.putInt(0, index);
    octets.putInt(4, flags);
    octets.putLong(8, key0);
    octets.putLong(16, key1);
    octets.putLong(24, rate.emissionNanos);
    octets.putLong(32, rate.toleranceNanos);
    put(octets, 40, ring);
    put(octets, 48, table);
    put(octets, 56, fallback);
    put(octets, 64, sources);
    octets.putInt(72, connectionLimit);
    octets.putInt(76, persistent.seconds);
    octets.put(80, (byte) persistent.bits4);
    octets.put(81, (byte) persistent.bits6);
    octets.put(82, (byte) (persistent.toQuiesced ? 1 : 0));
    return octets;
  }

  static ServiceCell read(ByteBuffer octets) {
    return new ServiceCell(
        octets.getInt(0),
        octets.getInt(4),
        octets.getLong(8),
        octets.getLong(16),
        new Rate(octets.getLong(24), octets.getLong(32)),
        cells(octets, 40),
        cells(octets, 48),
        cells(octets, 56),
        cells(octets, 64),
        octets.getInt(72),
        new Persistent(
            octets.getInt(76), octets.get(80) & 0xff, octets.get(81) & 0xff, octets.get(82) != 0));
  }

  private static void put(ByteBuffer octets, int at, Cells cells) {
    octets.putInt(at, cells.offset());
    octets.putInt(at + Integer.BYTES, cells.size());
  }

  private static Cells cells(ByteBuffer octets, int at) {
    return new Cells(octets.getInt(at), octets.getInt(at + Integer.BYTES));
  }
}
