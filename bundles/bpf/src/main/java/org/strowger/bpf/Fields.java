package org.strowger.bpf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Fields as they travel to another director: a tag, a length, so many octets, in network order. Who
 * does not know a tag passes over it, so that the release before and the one after understand it.
 */
final class Fields {
  private static final int MOST = 1_024;

  private final Map<Integer, byte[]> fields = new HashMap<>();

  private Fields() {}

  /** Writes them. */
  static final class Writer {
    private final ByteBuffer octets = ByteBuffer.allocate(MOST);

    Writer put(int tag, byte[] value) {
      octets.put((byte) tag).put((byte) value.length).put(value);
      return this;
    }

    Writer put(int tag, String value) {
      return put(tag, value.getBytes(StandardCharsets.UTF_8));
    }

    Writer number(int tag, int octetsOfIt, long value) {
      octets.put((byte) tag).put((byte) octetsOfIt);
      for (int i = octetsOfIt - 1; i >= 0; i--) {
        octets.put((byte) (value >>> (i * Byte.SIZE)));
      }
      return this;
    }

    byte[] written() {
      return Arrays.copyOf(octets.array(), octets.position());
    }
  }

  /** Reads them; empty if a length leads beyond the end. */
  static Optional<Fields> read(ByteBuffer octets) {
    Fields read = new Fields();
    while (octets.hasRemaining()) {
      if (octets.remaining() < 2) {
        return Optional.empty();
      }
      int tag = octets.get() & 0xff;
      int length = octets.get() & 0xff;
      if (length > octets.remaining()) {
        return Optional.empty();
      }
      byte[] value = new byte[length];
      octets.get(value);
      read.fields.put(tag, value);
    }
    return Optional.of(read);
  }

  Optional<byte[]> bytes(int tag) {
    return Optional.ofNullable(fields.get(tag));
  }

  Optional<String> text(int tag) {
    return bytes(tag).map(value -> new String(value, StandardCharsets.UTF_8));
  }

  /** A number of at most 8 octets; 0 if it is missing, or longer. */
  long number(int tag) {
    byte[] value = fields.getOrDefault(tag, new byte[0]);
    long number = 0;
    if (value.length <= Long.BYTES) {
      for (byte each : value) {
        number = number << Byte.SIZE | (each & 0xff);
      }
    }
    return number;
  }
}
