package org.strowger.bpf;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.strowger.api.RealServerId;

/**
 * A connection or a remembered source as it travels to another director. Services and real servers
 * go by their names: there they have other indexes. Times go as ages: there it is another clock.
 *
 * <p>The key: what it is, then addresses and ports as they are on the wire. The value: {@link
 * Fields}.
 */
final class Portable {
  static final int CONNECTION = 1;
  static final int SOURCE = 2;

  private static final int SERVICE = 1;
  private static final int REAL = 2;
  private static final int METHOD = 3;
  private static final int STATE = 4;
  private static final int AGE = 5;
  private static final int IDLE = 6;
  private static final int PACKETS = 7;
  private static final int OCTETS = 8;
  private static final int TRANSLATED = 9;
  private static final int PACKETS_BACK = 10;
  private static final int OCTETS_BACK = 11;

  private static final int IPV4 = 4;
  private static final int IPV6 = 16;
  private static final int PORTS = 4;
  private static final int HEAD = 3;

  private Portable() {}

  /**
   * A connection, away from any maps.
   *
   * @param service its name
   * @param method code of the forwarding method
   * @param state {@code enum state}
   * @param ageNanos since it began
   * @param idleNanos since its last packet
   * @param translated whom the real server sees as the client; empty: the client itself
   */
  record Connection(
      String service,
      RealServerId real,
      int method,
      int state,
      long ageNanos,
      long idleNanos,
      long packets,
      long octets,
      Optional<InetSocketAddress> translated,
      long packetsBack,
      long octetsBack) {}

  /**
   * A client that keeps to a real server.
   *
   * @param client with the bits beyond its prefix cleared
   */
  record Source(String service, InetAddress client, RealServerId real, long idleNanos) {}

  // --- keys

  /** From {@code struct flow} of the forward direction. */
  static byte[] key(ByteBuffer flow) {
    byte[] client = Octets.address(flow, 0).getAddress();
    byte[] service = Octets.address(flow, Octets.ADDRESS).getAddress();
    ByteBuffer key = ByteBuffer.allocate(HEAD + client.length + service.length + PORTS);
    key.put((byte) CONNECTION).put((byte) Flows.protocol(flow)).put((byte) client.length);
    key.put(client).put(service);
    key.putShort((short) Octets.port(flow, 32)).putShort((short) Octets.port(flow, 34));
    return key.array();
  }

  static int kind(byte[] key) {
    return key.length == 0 ? 0 : key[0];
  }

  /** Back to {@code struct flow}; empty if it is none. */
  static Optional<ByteBuffer> flow(byte[] key) {
    if (key.length < HEAD || key[0] != CONNECTION) {
      return Optional.empty();
    }
    int length = key[2];
    if ((length != IPV4 && length != IPV6) || key.length != HEAD + 2 * length + PORTS) {
      return Optional.empty();
    }
    ByteBuffer from = ByteBuffer.wrap(key);
    ByteBuffer flow = Octets.zeros(Flows.KEY);
    Octets.address(flow, 0, address(key, HEAD, length));
    Octets.address(flow, Octets.ADDRESS, address(key, HEAD + length, length));
    Octets.port(flow, 32, from.getShort(HEAD + 2 * length) & 0xffff);
    Octets.port(flow, 34, from.getShort(HEAD + 2 * length + 2) & 0xffff);
    flow.put(36, key[1]);
    return Optional.of(flow);
  }

  private static InetAddress address(byte[] from, int at, int length) {
    byte[] octets = new byte[length];
    System.arraycopy(from, at, octets, 0, length);
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 octets are an address", e);
    }
  }

  // --- values

  static byte[] value(Connection of) {
    Fields.Writer fields =
        new Fields.Writer()
            .put(SERVICE, of.service)
            .put(REAL, of.real.toString())
            .number(METHOD, 1, of.method)
            .number(STATE, 1, of.state)
            .number(AGE, Long.BYTES, of.ageNanos)
            .number(IDLE, Long.BYTES, of.idleNanos)
            .number(PACKETS, Long.BYTES, of.packets)
            .number(OCTETS, Long.BYTES, of.octets);
    of.translated.ifPresent(seen -> fields.put(TRANSLATED, octets(seen)));
    if (of.packetsBack > 0) {
      fields
          .number(PACKETS_BACK, Long.BYTES, of.packetsBack)
          .number(OCTETS_BACK, Long.BYTES, of.octetsBack);
    }
    return fields.written();
  }

  private static byte[] octets(InetSocketAddress of) {
    byte[] address = of.getAddress().getAddress();
    return ByteBuffer.allocate(address.length + Short.BYTES)
        .put(address)
        .putShort((short) of.getPort())
        .array();
  }

  static Optional<Connection> connection(byte[] value) {
    Optional<Fields> read = Fields.read(ByteBuffer.wrap(value));
    if (read.isEmpty()) {
      return Optional.empty();
    }
    Fields fields = read.get();
    Optional<String> service = fields.text(SERVICE);
    Optional<RealServerId> real = fields.text(REAL).flatMap(RealServerId::parse);
    int state = (int) fields.number(STATE);
    long age = fields.number(AGE);
    long idle = fields.number(IDLE);
    if (service.isEmpty() || real.isEmpty() || !Flows.known(state) || age < 0 || idle < 0) {
      return Optional.empty();
    }
    Optional<byte[]> seen = fields.bytes(TRANSLATED);
    if (seen.filter(octets -> octets.length != IPV4 + 2 && octets.length != IPV6 + 2).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        new Connection(
            service.get(),
            real.get(),
            (int) fields.number(METHOD),
            state,
            age,
            idle,
            fields.number(PACKETS),
            fields.number(OCTETS),
            seen.map(Portable::endpoint),
            fields.number(PACKETS_BACK),
            fields.number(OCTETS_BACK)));
  }

  private static InetSocketAddress endpoint(byte[] octets) {
    int length = octets.length - Short.BYTES;
    int port = ByteBuffer.wrap(octets).getShort(length) & 0xffff;
    return new InetSocketAddress(address(octets, 0, length), port);
  }

  // --- remembered sources

  static byte[] key(Source of) {
    byte[] client = of.client.getAddress();
    byte[] service = of.service.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(2 + client.length + service.length)
        .put((byte) SOURCE)
        .put((byte) client.length)
        .put(client)
        .put(service)
        .array();
  }

  static byte[] value(Source of) {
    return new Fields.Writer()
        .put(REAL, of.real.toString())
        .number(IDLE, Long.BYTES, of.idleNanos)
        .written();
  }

  static Optional<Source> source(byte[] key, byte[] value) {
    if (key.length < 2 || key[0] != SOURCE || (key[1] != IPV4 && key[1] != IPV6)) {
      return Optional.empty();
    }
    int length = key[1];
    Optional<Fields> read = Fields.read(ByteBuffer.wrap(value));
    if (key.length < 2 + length || read.isEmpty()) {
      return Optional.empty();
    }
    Optional<RealServerId> real = read.get().text(REAL).flatMap(RealServerId::parse);
    long idle = read.get().number(IDLE);
    String service = new String(key, 2 + length, key.length - 2 - length, StandardCharsets.UTF_8);
    return idle < 0
        ? Optional.empty()
        : real.map(id -> new Source(service, address(key, 2, length), id, idle));
  }
}
