package org.strowger.snmp;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Optional;
import org.snmp4j.smi.Counter32;
import org.snmp4j.smi.Counter64;
import org.snmp4j.smi.Gauge32;
import org.snmp4j.smi.Integer32;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.TimeTicks;
import org.snmp4j.smi.Variable;
import org.strowger.api.Coded;
import org.strowger.api.Names;

/** Our values as those of the Structure of Management Information (RFC 2578, 2579, 4001). */
final class Smi {
  private static final long UNSIGNED_32 = 0xFFFF_FFFFL;
  private static final int TEXT_OCTETS = 255;
  private static final int MILLIS_PER_DECISECOND = 100;
  private static final int NANOS_PER_DECISECOND = 100_000_000;

  /** DateAndTime of no moment. */
  static final OctetString NEVER = new OctetString(new byte[8]);

  private Smi() {}

  /** Gauge32 and Unsigned32; what does not fit stays at the nearest that does (RFC 2578, 7.1.7). */
  static Variable gauge(long value) {
    return new Gauge32(Math.max(0, Math.min(UNSIGNED_32, value)));
  }

  /** Counter32: wraps. */
  static Variable counter32(long value) {
    return new Counter32(value & UNSIGNED_32);
  }

  /** Counter64, and CounterBasedGauge64 of HCNUM-TC. */
  static Variable counter64(long value) {
    return new Counter64(Math.max(0, value));
  }

  static Variable integer(int value) {
    return new Integer32(value);
  }

  /** The number a constant has in our modules. */
  static Variable code(Coded constant) {
    return new Integer32(constant.code());
  }

  /** TruthValue. */
  static Variable truth(boolean value) {
    return new Integer32(value ? 1 : 2);
  }

  /** SnmpAdminString of at most 255 octets; cut between two characters if it is longer. */
  static Variable text(String value) {
    return text(value, TEXT_OCTETS);
  }

  /** Text of at most so many octets of UTF-8; cut between two characters if it is longer. */
  static Variable text(String value, int most) {
    byte[] octets = value.getBytes(StandardCharsets.UTF_8);
    if (octets.length <= most) {
      return new OctetString(octets);
    }
    int end = most;
    while ((octets[end] & 0xC0) == 0x80) {
      end--;
    }
    return new OctetString(octets, 0, end);
  }

  /** InetAddressType: ipv4(1) or ipv6(2). */
  static Variable addressType(InetAddress address) {
    return new Integer32(address.getAddress().length == 4 ? 1 : 2);
  }

  /** InetAddress. */
  static Variable address(InetAddress address) {
    return new OctetString(address.getAddress());
  }

  /** DateAndTime with the offset from UTC, 11 octets. */
  static Variable dateAndTime(Instant instant) {
    ZonedDateTime time = instant.atZone(ZoneId.systemDefault());
    int offsetMinutes = time.getOffset().getTotalSeconds() / 60;
    int away = Math.abs(offsetMinutes);
    return new OctetString(
        new byte[] {
          (byte) (time.getYear() >> 8),
          (byte) time.getYear(),
          (byte) time.getMonthValue(),
          (byte) time.getDayOfMonth(),
          (byte) time.getHour(),
          (byte) time.getMinute(),
          (byte) time.getSecond(),
          (byte) (time.getNano() / NANOS_PER_DECISECOND),
          (byte) (offsetMinutes < 0 ? '-' : '+'),
          (byte) (away / 60),
          (byte) (away % 60)
        });
  }

  /** TimeTicks of a duration in hundredths of a second; wraps after 497 days. */
  static TimeTicks ticks(long hundredths) {
    return new TimeTicks(hundredths & UNSIGNED_32);
  }

  /** TimeTicks of a duration in milliseconds, as TimeInterval. */
  static Variable interval(long millis) {
    return new Integer32((int) Math.min(Integer.MAX_VALUE, millis / 10));
  }

  /** TAddress of a UDP endpoint: address, then port. */
  static Variable endpoint(InetAddress address, int port) {
    byte[] host = address.getAddress();
    byte[] octets = Arrays.copyOf(host, host.length + 2);
    octets[host.length] = (byte) (port >> 8);
    octets[host.length + 1] = (byte) port;
    return new OctetString(octets);
  }

  /** The sub-identifiers of a name that is an index: its length, then its octets. */
  static OID nameIndex(String name) {
    return new OctetString(name.getBytes(StandardCharsets.UTF_8)).toSubIndex(false);
  }

  /** The name in such sub-identifiers; empty if they are those of none. */
  static Optional<String> name(OID index) {
    boolean fits = index.size() > 1 && index.get(0) == index.size() - 1;
    StringBuilder name = new StringBuilder();
    for (int i = 1; i < index.size(); i++) {
      name.append((char) index.get(i));
    }
    return Optional.of(name.toString()).filter(text -> fits && Names.valid(text));
  }

  /** The sub-identifiers of a name that is the last and IMPLIED index: its octets. */
  static OID impliedIndex(String name) {
    return new OctetString(name.getBytes(StandardCharsets.UTF_8)).toSubIndex(true);
  }

  /** Hundredths of a second in so many milliseconds. */
  static long hundredths(long millis) {
    return millis / (MILLIS_PER_DECISECOND / 10);
  }
}
