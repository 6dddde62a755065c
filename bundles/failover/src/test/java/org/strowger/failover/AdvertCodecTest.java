package org.strowger.failover;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.strowger.failover.AdvertCodec.Read;

class AdvertCodecTest {
  private static final InetAddress FOUR = InetAddress.ofLiteral("10.77.0.1");
  private static final InetAddress GROUP_FOUR = InetAddress.ofLiteral("224.0.0.18");
  private static final InetAddress SIX = InetAddress.ofLiteral("fe80::1");
  private static final InetAddress GROUP_SIX = InetAddress.ofLiteral("ff02::12");
  private static final int HOPS = AdvertCodec.HOPS;

  private static Advert advert(int version, InetAddress... addresses) {
    long interval = version == 2 ? Advert.SECOND : 10 * Advert.CENTISECOND;
    return new Advert(version, 77, 150, interval, List.of(addresses));
  }

  private static Advert three() {
    return advert(3, InetAddress.ofLiteral("10.77.0.100"));
  }

  /** Seen on the wire: keepalived 2.2.7 resigns. */
  @Test
  void theBytesAreThoseOfKeepalived() {
    Advert resigns =
        new Advert(3, 77, 0, Advert.SECOND, List.of(InetAddress.ofLiteral("10.77.0.100")));
    byte[] seen = HexFormat.of().parseHex("314d00010064d8bf0a4d0064");
    assertArrayEquals(seen, AdvertCodec.write(resigns, FOUR, GROUP_FOUR, true));
    assertEquals(new Read.Taken(resigns), AdvertCodec.read(seen, FOUR, GROUP_FOUR, HOPS));
  }

  @Test
  void bothChecksumsOfVersion3OverIpv4AreUnderstood() {
    for (boolean pseudo : List.of(true, false)) {
      byte[] bytes = AdvertCodec.write(three(), FOUR, GROUP_FOUR, pseudo);
      assertEquals(new Read.Taken(three()), AdvertCodec.read(bytes, FOUR, GROUP_FOUR, HOPS));
    }
  }

  @Test
  void whatIsWrittenIsRead() {
    Advert two = advert(2, InetAddress.ofLiteral("10.77.0.100"), FOUR);
    byte[] old = AdvertCodec.write(two, FOUR, GROUP_FOUR, true);
    assertEquals(8 + 8 + 8, old.length, "with eight empty bytes of authentication");
    assertEquals(new Read.Taken(two), AdvertCodec.read(old, FOUR, GROUP_FOUR, HOPS));
    Advert six = advert(3, InetAddress.ofLiteral("fe80::77"), InetAddress.ofLiteral("fd77::100"));
    byte[] bytes = AdvertCodec.write(six, SIX, GROUP_SIX, false);
    assertEquals(new Read.Taken(six), AdvertCodec.read(bytes, SIX, GROUP_SIX, HOPS));
    Advert resigns = new Advert(3, 255, 0, 4_095 * Advert.CENTISECOND, List.of(FOUR));
    byte[] last = AdvertCodec.write(resigns, FOUR, GROUP_FOUR, true);
    assertEquals(new Read.Taken(resigns), AdvertCodec.read(last, FOUR, GROUP_FOUR, HOPS));
  }

  private static void refused(Refusal why, byte[] bytes, int hops) {
    assertEquals(new Read.Refused(why), AdvertCodec.read(bytes, FOUR, GROUP_FOUR, hops));
  }

  @Test
  void eachFaultHasItsWord() {
    byte[] good = AdvertCodec.write(three(), FOUR, GROUP_FOUR, true);
    refused(Refusal.HOPS, good, 254);
    refused(Refusal.LENGTH, Arrays.copyOf(good, 7), HOPS);
    refused(Refusal.LENGTH, Arrays.copyOf(good, good.length + 1), HOPS);
    refused(Refusal.LENGTH, with(good, 3, 0), HOPS);
    refused(Refusal.LENGTH, with(good, 3, 255), HOPS);
    refused(Refusal.LENGTH, with(good, 0, 0x32), HOPS); // type 2
    refused(Refusal.VERSION, with(good, 0, 0x41), HOPS);
    refused(Refusal.CHECKSUM, with(good, 2, 255), HOPS);
    Advert never = new Advert(2, 77, 150, 0, List.of(FOUR));
    refused(Refusal.INTERVAL, AdvertCodec.write(never, FOUR, GROUP_FOUR, true), HOPS);
  }

  @Test
  void version2WithAuthenticationIsRefused() {
    byte[] bytes = AdvertCodec.write(advert(2, FOUR), FOUR, GROUP_FOUR, true);
    bytes[4] = 1;
    int sum = (Byte.toUnsignedInt(bytes[6]) << 8) + Byte.toUnsignedInt(bytes[7]);
    int less = sum - 0x100; // what was added is taken from the checksum
    bytes[6] = (byte) (less >> 8);
    bytes[7] = (byte) less;
    refused(Refusal.AUTHENTICATION, bytes, HOPS);
  }

  @Test
  void version2OverIpv6DoesNotExist() {
    byte[] bytes = AdvertCodec.write(advert(2, SIX), SIX, GROUP_SIX, true);
    assertEquals(new Read.Refused(Refusal.VERSION), AdvertCodec.read(bytes, SIX, GROUP_SIX, HOPS));
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] other = bytes.clone();
    other[at] = (byte) value;
    return other;
  }

  @Test
  void whateverComesIsReadOrRefusedAndEachSingleWrongBitIsSeen() {
    Random random = new Random(1);
    IntStream.range(0, 200_000)
        .forEach(
            i -> {
              byte[] bytes = new byte[random.nextInt(64)];
              random.nextBytes(bytes);
              if (bytes.length > 0 && random.nextBoolean()) {
                bytes[0] = (byte) (random.nextBoolean() ? 0x31 : 0x21);
              }
              var _ = AdvertCodec.read(bytes, FOUR, GROUP_FOUR, HOPS);
              var _ = AdvertCodec.read(bytes, SIX, GROUP_SIX, HOPS);
            });
    byte[] good = AdvertCodec.write(three(), FOUR, GROUP_FOUR, true);
    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] bad = with(good, bit / 8, good[bit / 8] ^ (1 << bit % 8));
      Read read = AdvertCodec.read(bad, FOUR, GROUP_FOUR, HOPS);
      assertEquals(Read.Refused.class, read.getClass(), "bit " + bit);
    }
  }
}
