package org.strowger.bpf;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * A frame written from a line of words, as {@link FrameText} reads frames back:
 *
 * <pre>
 * tcp 10.1.0.5:40000 > 10.0.0.1:80 S
 * udp [2001:db8::5]:40000 > [2001:db8::1]:53 data 100 ttl 3
 * </pre>
 *
 * After the addresses: TCP's flags out of {@code SAFRP}, SCTP's chunk {@code chunk N}; {@code data
 * N} octets, {@code ttl N}, {@code df}, {@code mss N}, {@code id N} with {@code more} or {@code at
 * OFFSET} for fragments, {@code options} for IPv4 options or IPv6 extension headers, {@code nosum}
 * for UDP without a checksum.
 */
final class Frame {
  static final int ETHERNET = 14;

  private final String protocol;
  private final Place source;
  private final Place destination;
  private String flags = "";
  private int data;
  private int ttl = 64;
  private int mss;
  private int id;
  private int at;
  private int chunk = -1;
  private boolean more;
  private boolean whole;
  private boolean options;
  private boolean noSum;

  /** An address and a port. */
  record Place(InetAddress host, int port) {
    byte[] address() {
      return host.getAddress();
    }

    static Place read(String word) {
      int colon = word.lastIndexOf(':');
      String host = word.substring(0, colon).replaceAll("[\\[\\]]", "");
      return new Place(named(host), Integer.parseInt(word.substring(colon + 1)));
    }
  }

  private Frame(String protocol, Place source, Place destination) {
    this.protocol = protocol;
    this.source = source;
    this.destination = destination;
  }

  static byte[] octets(String address) {
    return named(address).getAddress();
  }

  private static InetAddress named(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address, e);
    }
  }

  /** The frame of a line, to the station 00:00:00:00:00:00: that of the loopback device. */
  static ByteBuffer of(String line) {
    return ByteBuffer.wrap(read(line).frame());
  }

  private static Frame read(String line) {
    String[] words = line.trim().split(" +");
    Frame frame = new Frame(words[0], Place.read(words[1]), Place.read(words[3]));
    for (int i = 4; i < words.length; i++) {
      switch (words[i]) {
        case "data" -> frame.data = Integer.parseInt(words[++i]);
        case "ttl" -> frame.ttl = Integer.parseInt(words[++i]);
        case "mss" -> frame.mss = Integer.parseInt(words[++i]);
        case "id" -> frame.id = Integer.parseInt(words[++i]);
        case "at" -> frame.at = Integer.parseInt(words[++i]);
        case "chunk" -> frame.chunk = Integer.parseInt(words[++i]);
        case "more" -> frame.more = true;
        case "df" -> frame.whole = true;
        case "options" -> frame.options = true;
        case "nosum" -> frame.noSum = true;
        default -> frame.flags = words[i];
      }
    }
    return frame;
  }

  private boolean ipv6() {
    return source.address().length == 16;
  }

  private int number() {
    return switch (protocol) {
      case "tcp" -> 6;
      case "udp" -> 17;
      case "sctp" -> 132;
      default -> throw new IllegalArgumentException(protocol);
    };
  }

  private byte[] frame() {
    byte[] transport = at > 0 ? filled(data) : transport();
    byte[] ip = ipv6() ? ipv6(transport) : ipv4(transport);
    byte[] frame = new byte[ETHERNET + ip.length];
    frame[6] = 2; // from a station of local make
    frame[12] = (byte) (ipv6() ? 0x86 : 0x08);
    frame[13] = (byte) (ipv6() ? 0xdd : 0x00);
    System.arraycopy(ip, 0, frame, ETHERNET, ip.length);
    return frame;
  }

  /** The packet without Ethernet: for what quotes it. */
  static byte[] packet(String line) {
    byte[] frame = read(line).frame();
    return java.util.Arrays.copyOfRange(frame, ETHERNET, frame.length);
  }

  private static byte[] filled(int octets) {
    byte[] filled = new byte[octets];
    for (int i = 0; i < octets; i++) {
      filled[i] = (byte) (i * 7);
    }
    return filled;
  }

  private byte[] transport() {
    return switch (protocol) {
      case "tcp" -> tcp();
      case "udp" -> udp();
      default -> sctp();
    };
  }

  private byte[] tcp() {
    int header = mss > 0 ? 28 : 20;
    ByteBuffer tcp = ByteBuffer.allocate(header + data);
    tcp.putShort((short) source.port).putShort((short) destination.port).putInt(1000).putInt(2000);
    tcp.put((byte) ((header / 4) << 4)).put((byte) flagBits()).putShort((short) 64_000).putInt(0);
    if (mss > 0) { // behind three octets of nothing, so that it stands at an odd place
      tcp.put(new byte[] {1, 1, 1, 2, 4}).putShort((short) mss).put((byte) 0);
    }
    tcp.put(filled(data));
    tcp.putShort(16, sum(tcp.array()));
    return tcp.array();
  }

  private int flagBits() {
    int bits = 0;
    for (int i = 0; i < flags.length(); i++) {
      bits |= 1 << "FSRPA".indexOf(flags.charAt(i));
    }
    return bits;
  }

  private byte[] udp() {
    ByteBuffer udp = ByteBuffer.allocate(8 + data);
    udp.putShort((short) source.port).putShort((short) destination.port);
    udp.putShort((short) udp.capacity()).putShort((short) 0).put(filled(data));
    if (!noSum) {
      short sum = sum(udp.array());
      udp.putShort(6, sum == 0 ? (short) 0xffff : sum);
    }
    return udp.array();
  }

  private byte[] sctp() {
    ByteBuffer sctp = ByteBuffer.allocate(12 + 4 + data);
    sctp.putShort((short) source.port).putShort((short) destination.port).putInt(7).putInt(0);
    sctp.put((byte) chunk).put((byte) 0).putShort((short) (4 + data)).put(filled(data));
    if (!noSum) {
      CRC32C crc = new CRC32C();
      crc.update(sctp.array());
      sctp.putInt(8, Integer.reverseBytes((int) crc.getValue()));
    }
    return sctp.array();
  }

  private short sum(byte[] transport) {
    return (short) ~Sums.transport(source.address(), destination.address(), number(), transport);
  }

  private byte[] ipv4(byte[] payload) {
    int header = options ? 24 : 20;
    ByteBuffer ip = ByteBuffer.allocate(header + payload.length);
    ip.put((byte) (0x40 | (header / 4))).put((byte) 0).putShort((short) ip.capacity());
    ip.putShort((short) id);
    ip.putShort((short) ((whole ? 0x4000 : 0) | (more ? 0x2000 : 0) | (at / 8)));
    ip.put((byte) ttl).put((byte) number()).putShort((short) 0);
    ip.put(source.address()).put(destination.address());
    if (options) {
      ip.put(new byte[] {1, 1, 1, 0});
    }
    ip.putShort(10, (short) ~Sums.of(ip.array(), 0, header));
    ip.put(payload);
    return ip.array();
  }

  private byte[] ipv6(byte[] payload) {
    ByteArrayOutputStream behind = new ByteArrayOutputStream();
    boolean fragment = more || at > 0;
    if (options) {
      behind.writeBytes(new byte[] {(byte) (fragment ? 44 : number()), 0, 1, 4, 0, 0, 0, 0});
    }
    if (fragment) {
      ByteBuffer extension = ByteBuffer.allocate(8).put((byte) number()).put((byte) 0);
      extension.putShort((short) (at | (more ? 1 : 0))).putInt(id);
      behind.writeBytes(extension.array());
    }
    behind.writeBytes(payload);
    ByteBuffer ip = ByteBuffer.allocate(40 + behind.size());
    int first = options ? 60 : fragment ? 44 : number();
    ip.putInt(0x60000000).putShort((short) behind.size()).put((byte) first).put((byte) ttl);
    ip.put(source.address()).put(destination.address()).put(behind.toByteArray());
    return ip.array();
  }

  /**
   * An ICMP error.
   *
   * @param line {@code 10.1.0.254 > 10.0.0.1}
   * @param quoted line of the packet it is about; the first 28 (48) octets of it are quoted
   */
  static ByteBuffer error(String line, int type, int code, int mtu, String quoted) {
    String[] words = line.split(" > ");
    byte[] from = octets(words[0]);
    byte[] to = octets(words[1]);
    byte[] whole = packet(quoted);
    int most = Math.min(whole.length, from.length == 16 ? 60 : 40);
    ByteBuffer icmp = ByteBuffer.allocate(8 + most);
    icmp.put((byte) type).put((byte) code).putShort((short) 0).putInt(mtu).put(whole, 0, most);
    boolean six = from.length == 16;
    int sum =
        six
            ? Sums.transport(from, to, 58, icmp.array())
            : Sums.of(icmp.array(), 0, icmp.capacity());
    icmp.putShort(2, (short) ~sum);
    ByteBuffer frame = ByteBuffer.allocate(ETHERNET + (six ? 40 : 20) + icmp.capacity());
    frame.put(6, (byte) 2).putShort(12, (short) (six ? 0x86dd : 0x0800)).position(ETHERNET);
    if (six) {
      frame.putInt(0x60000000).putShort((short) icmp.capacity()).put((byte) 58).put((byte) 64);
      frame.put(from).put(to).put(icmp.array());
    } else {
      frame.put((byte) 0x45).put((byte) 0).putShort((short) (20 + icmp.capacity())).putInt(0);
      frame.put((byte) 64).put((byte) 1).putShort((short) 0).put(from).put(to).put(icmp.array());
      frame.putShort(ETHERNET + 10, (short) ~Sums.of(frame.array(), ETHERNET, 20));
    }
    return frame.flip();
  }

  /** For messages. */
  static String hex(ByteBuffer frame) {
    byte[] octets = new byte[frame.remaining()];
    frame.duplicate().get(octets);
    return HexFormat.of().formatHex(octets);
  }
}
