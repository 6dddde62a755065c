package org.strowger.bpf;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What a frame says, in the words of {@link Frame}: {@code tcp 10.1.0.5:40000 > 10.0.1.1:80 S ttl
 * 63}. What stands inside is told behind a bar; a checksum or length that is wrong is told too, so
 * that no line of a test that matches hides one.
 */
final class FrameText {
  private final byte[] octets;
  private final List<String> words = new ArrayList<>();

  private FrameText(byte[] octets) {
    this.octets = octets;
  }

  static String of(ByteBuffer frame) {
    byte[] octets = new byte[frame.remaining()];
    frame.duplicate().get(octets);
    FrameText text = new FrameText(octets);
    text.ip(Frame.ETHERNET, false);
    int type = text.number16(12);
    int version = (octets[Frame.ETHERNET] & 0xff) >> 4;
    if (type != (version == 6 ? 0x86dd : 0x0800)) {
      text.words.add("WRONG-ETHERNET-TYPE");
    }
    return String.join(" ", text.words);
  }

  private int number16(int at) {
    return ByteBuffer.wrap(octets).getShort(at) & 0xffff;
  }

  private byte[] part(int from, int length) {
    return java.util.Arrays.copyOfRange(octets, from, from + length);
  }

  private static String name(byte[] address) {
    try {
      String text = InetAddress.getByAddress(address).getHostAddress();
      return address.length == 16
          ? text.replaceAll("(^|:)(0:)+0?", "::").replace(":::", "::")
          : text;
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String place(byte[] address, int port) {
    return (address.length == 16 ? "[" + name(address) + "]" : name(address)) + ":" + port;
  }

  private void ip(int start, boolean quoted) {
    if ((octets[start] & 0xf0) == 0x60) {
      ipv6(start, quoted);
    } else {
      ipv4(start, quoted);
    }
  }

  private void ipv4(int start, boolean quoted) {
    int header = (octets[start] & 15) * 4;
    byte[] from = part(start + 12, 4);
    byte[] to = part(start + 16, 4);
    int total = number16(start + 2);
    int place = number16(start + 6);
    body(start + header, octets[start + 9] & 0xff, from, to, total - header, place, quoted);
    words.add("ttl " + octets[start + 8]);
    if ((place & 0x4000) != 0) {
      words.add("df");
    }
    if (Sums.of(octets, start, header) != 0xffff) {
      words.add("BAD-IP-CHECKSUM");
    }
    if (!quoted && start + total > octets.length) {
      words.add("BAD-LENGTH");
    }
  }

  private void ipv6(int start, boolean quoted) {
    byte[] from = part(start + 8, 16);
    byte[] to = part(start + 24, 16);
    int payload = number16(start + 4);
    int next = octets[start + 6] & 0xff;
    int at = start + 40;
    int place = 0;
    while (next == 60 || next == 44) {
      if (next == 44) {
        int word = number16(at + 2);
        place = word >> 3 | (word & 1) << 13;
      }
      next = octets[at] & 0xff;
      at += 8;
    }
    body(at, next, from, to, payload - (at - start - 40), place, quoted);
    words.add("ttl " + octets[start + 7]);
    if (!quoted && start + 40 + payload != octets.length) {
      words.add("BAD-LENGTH");
    }
  }

  private void body(
      int at, int protocol, byte[] from, byte[] to, int length, int place, boolean quoted) {
    if ((place & 0x1fff) != 0) {
      words.add("fragment " + name(from) + " > " + name(to) + " at " + (place & 0x1fff) * 8);
      return;
    }
    boolean whole = !quoted && (place & 0x2000) == 0;
    switch (protocol) {
      case 6, 17, 132 -> transport(at, protocol, from, to, whole ? length : -1);
      case 4, 41 -> {
        words.add("ipip " + name(from) + " > " + name(to) + " |");
        ip(at, false);
        words.add("| outer");
      }
      case 1, 58 -> icmp(at, protocol, from, to, length);
      default -> words.add("protocol " + protocol);
    }
    if ((place & 0x2000) != 0) {
      words.add("more");
    }
  }

  private void transport(int at, int protocol, byte[] from, byte[] to, int length) {
    int port = number16(at + 2);
    if (protocol == 17 && port == 6080) {
      gue(at, from, to, length);
      return;
    }
    String name = protocol == 6 ? "tcp " : protocol == 17 ? "udp " : "sctp ";
    words.add(name + place(from, number16(at)) + " > " + place(to, port));
    if (protocol == 6) {
      String flags = flags(at);
      if (!flags.isEmpty()) {
        words.add(flags);
      }
    }
    if (length >= 0 && !right(at, protocol, from, to, length)) {
      words.add("BAD-CHECKSUM");
    }
  }

  private String flags(int at) {
    StringBuilder flags = new StringBuilder();
    int bits = octets[at + 13];
    for (int i = 0; i < 5; i++) {
      if ((bits >> i & 1) != 0) {
        flags.append("FSRPA".charAt(i));
      }
    }
    if (octets[at + 12] >> 4 == 7 && octets[at + 23] == 2) {
      flags.append(" mss ").append(number16(at + 25));
    }
    return flags.toString();
  }

  private void gue(int at, byte[] from, byte[] to, int length) {
    int protocol = octets[at + 9] & 0xff;
    words.add("gue " + name(from) + " > " + name(to) + (protocol == 41 ? " 6 |" : " 4 |"));
    if (number16(at + 4) != length || octets[at + 8] != 0 || number16(at) < 0xc000) {
      words.add("BAD-GUE");
    }
    ip(at + 12, false);
    words.add("| outer");
  }

  private boolean right(int at, int protocol, byte[] from, byte[] to, int length) {
    byte[] segment = part(at, length);
    if (protocol == 132) {
      int told = Integer.reverseBytes(ByteBuffer.wrap(segment).getInt(8));
      if (told == 0) {
        return true; // a card makes it, or nobody
      }
      java.util.Arrays.fill(segment, 8, 12, (byte) 0);
      CRC32C crc = new CRC32C();
      crc.update(segment);
      return told == (int) crc.getValue();
    }
    boolean none = protocol == 17 && number16(at + 6) == 0;
    return none || Sums.transport(from, to, protocol, segment) == 0xffff;
  }

  private void icmp(int at, int protocol, byte[] from, byte[] to, int length) {
    byte[] message = part(at, length);
    int sum =
        protocol == 58 ? Sums.transport(from, to, protocol, message) : Sums.of(message, 0, length);
    words.add("icmp " + name(from) + " > " + name(to));
    words.add((octets[at] & 0xff) + "/" + octets[at + 1] + " mtu " + number16(at + 6));
    if (sum != 0xffff) {
      words.add("BAD-CHECKSUM");
    }
    words.add("|");
    ip(at + 8, true);
    words.add("| outer");
  }
}
