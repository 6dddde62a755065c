package org.strowger.sync;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What directors say to each other. On the wire: a byte with the version of who wrote it, a byte
 * with the oldest version that can read it, a byte with its kind, the session that it is meant for,
 * and fields: a tag, a length of 4 octets, so many octets; in network order. Who does not know a
 * tag passes over it, so that two releases in a row understand each other.
 *
 * @param kind one of those below; others are of a later release, and passed over
 * @param session of the receiver: what was recorded and is played again is of an older one
 */
record Message(int kind, long session, Map<Integer, byte[]> fields) {
  /** Who is there: its name, its release, the session it gives, and the one that it was given. */
  static final int HELLO = 1;

  /** Connections. */
  static final int TELL = 2;

  /** What became of one {@link #TELL}. */
  static final int ACKNOWLEDGE = 3;

  /** How many there are, and how late they are told. */
  static final int STATUS = 4;

  /** Everything is to be told anew. */
  static final int WANT_ALL = 5;

  static final int NAME = 1;
  static final int RELEASE = 2;

  /** What the receiver is to put into its messages: of this contact, and no other. */
  static final int SESSION = 3;

  /** The session that the receiver gave to the sender; 0: the sender holds none. */
  static final int KNOWN = 4;

  static final int PLANE = 5;
  static final int NUMBER = 6;
  static final int ENTRIES = 7;
  static final int BULK_BEGINS = 8;
  static final int BULK_ENDS = 9;
  static final int REFUSED = 10;
  static final int TAKEN = 11;
  static final int OWN = 12;
  static final int LAG = 13;

  /** An answer is wanted: the sender does not know yet that the receiver knows it. */
  static final int ASKS = 14;

  /** The longest that is read, in bytes. */
  static final int MOST = 65_536;

  private static final int VERSION = 1;
  private static final int OLDEST = 1;
  private static final int HEAD = 11;

  /** One connection that was told or, without a value, ended. */
  static final class Entry {
    private final byte[] key;
    private final Optional<byte[]> value;

    Entry(byte[] key, Optional<byte[]> value) {
      this.key = key;
      this.value = value;
    }

    byte[] key() {
      return key;
    }

    Optional<byte[]> value() {
      return value;
    }

    int size() {
      return 4 + key.length + value.map(octets -> octets.length).orElse(0);
    }
  }

  static Message of(int kind, long session) {
    return new Message(kind, session, new HashMap<>());
  }

  Message with(int tag, byte[] value) {
    fields.put(tag, value);
    return this;
  }

  Message with(int tag, String value) {
    return with(tag, value.getBytes(StandardCharsets.UTF_8));
  }

  Message with(int tag, long value) {
    return with(tag, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
  }

  Message with(List<Entry> entries) {
    ByteBuffer octets = ByteBuffer.allocate(entries.stream().mapToInt(Entry::size).sum());
    for (Entry each : entries) {
      octets.putShort((short) each.key.length).put(each.key);
      octets.putShort((short) each.value.map(value -> value.length).orElse(-1).intValue());
      each.value.ifPresent(octets::put);
    }
    return with(ENTRIES, octets.array());
  }

  byte[] octets() {
    int size = fields.values().stream().mapToInt(value -> 5 + value.length).sum();
    ByteBuffer octets = ByteBuffer.allocate(HEAD + size);
    octets.put((byte) VERSION).put((byte) OLDEST).put((byte) kind).putLong(session);
    fields.forEach((tag, value) -> octets.put(tag.byteValue()).putInt(value.length).put(value));
    return octets.array();
  }

  /** Empty if it cannot be read. */
  static Optional<Message> read(byte[] from) {
    ByteBuffer octets = ByteBuffer.wrap(from);
    if (from.length < HEAD || from.length > MOST || octets.get() < 1 || octets.get() > VERSION) {
      return Optional.empty();
    }
    Message read = of(octets.get(), octets.getLong());
    while (octets.hasRemaining()) {
      if (octets.remaining() < 5) {
        return Optional.empty();
      }
      int tag = octets.get() & 0xff;
      int length = octets.getInt();
      if (length < 0 || length > octets.remaining()) {
        return Optional.empty();
      }
      byte[] value = new byte[length];
      octets.get(value);
      read.fields.put(tag, value);
    }
    return Optional.of(read);
  }

  boolean has(int tag) {
    return fields.containsKey(tag);
  }

  String text(int tag) {
    return new String(fields.getOrDefault(tag, new byte[0]), StandardCharsets.UTF_8);
  }

  /** 0 if it is missing, or no number. */
  long number(int tag) {
    byte[] value = fields.getOrDefault(tag, new byte[0]);
    return value.length == Long.BYTES ? ByteBuffer.wrap(value).getLong() : 0;
  }

  /** Empty if they cannot be read; an empty list if there are none. */
  Optional<List<Entry>> entries() {
    ByteBuffer octets = ByteBuffer.wrap(fields.getOrDefault(ENTRIES, new byte[0]));
    List<Entry> entries = new ArrayList<>();
    while (octets.hasRemaining()) {
      Optional<byte[]> key = part(octets);
      if (key.isEmpty() || octets.remaining() < Short.BYTES) {
        return Optional.empty();
      }
      if (octets.getShort(octets.position()) == -1) {
        octets.getShort();
        entries.add(new Entry(key.get(), Optional.empty()));
        continue;
      }
      Optional<byte[]> value = part(octets);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      entries.add(new Entry(key.get(), value));
    }
    return Optional.of(entries);
  }

  private static Optional<byte[]> part(ByteBuffer octets) {
    if (octets.remaining() < Short.BYTES) {
      return Optional.empty();
    }
    int length = octets.getShort();
    if (length < 0 || length > octets.remaining()) {
      return Optional.empty();
    }
    byte[] part = new byte[length];
    octets.get(part);
    return Optional.of(part);
  }
}
