package org.strowger.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.api.MacAddress;

/** What can be tried without a kernel. */
class FormatsTest {
  @ParameterizedTest
  @CsvSource({"0, 1", "0-3, 4", "'0-1,4', 3", "'0-3,8-11', 8"})
  void cpusAreCounted(String list, int count) {
    assertEquals(count, Cpus.count(list));
  }

  @Test
  void anEthernetAddressIsReadAndWritten() {
    MacAddress mac = MacAddress.parse("02:A0:5e:10:00:ff").orElseThrow();
    assertEquals(0x02a05e1000ffL, mac.bits());
    assertEquals("02:a0:5e:10:00:ff", mac.toString());
    assertEquals(mac, MacAddress.of(mac.bytes()));
    for (String wrong :
        List.of("", "02:a0:5e:10:00", "02:a0:5e:10:00:ff:00", "02-a0-5e-10-00-ff")) {
      assertTrue(MacAddress.parse(wrong).isEmpty(), wrong);
    }
    assertThrows(IllegalArgumentException.class, () -> new MacAddress(1L << 48));
  }

  /** Frames as Wireshark takes them apart, the checksum computed by hand. */
  @Test
  void anAddressIsAnnouncedAsTheStandardsSay() {
    MacAddress mac = MacAddress.parse("02:00:00:00:00:01").orElseThrow();
    assertEquals(
        List.of(
            "ffffffffffff02000000000108060001080006040001"
                + "0200000000010a0000010000000000000a000001",
            "ffffffffffff02000000000108060001080006040002"
                + "0200000000010a000001ffffffffffff0a000001"),
        hex(Announcement.frames(mac, InetAddress.ofLiteral("10.0.0.1"))));
    List<String> six = hex(Announcement.frames(mac, InetAddress.ofLiteral("fd00::1")));
    assertEquals(1, six.size());
    assertTrue(
        six.getFirst().startsWith("33330000000102000000000186dd60000000" + "00203aff"),
        six::getFirst);
    assertTrue(six.getFirst().endsWith("0201020000000001"), six::getFirst);
  }

  private static List<String> hex(List<ByteBuffer> frames) {
    return frames.stream()
        .map(
            f -> {
              byte[] bytes = new byte[f.remaining()];
              f.get(bytes);
              return HexFormat.of().formatHex(bytes);
            })
        .toList();
  }

  @Test
  void aMessageThatIsCutShortGivesWhatIsThere() {
    ByteBuffer body = ByteBuffer.allocate(32).order(ByteOrder.nativeOrder());
    body.putInt(11).putShort((short) 8).putShort((short) 1).putInt(22);
    body.putShort((short) 80).putShort((short) 2).putInt(33);
    for (int length = 0; length <= 32; length++) {
      NetlinkMessage message =
          NetlinkMessage.of(16, 0, body.duplicate().position(0).limit(length), 4);
      assertEquals(length >= 12 ? 22 : -1, message.number(1, -1));
      assertEquals(-1, message.number(2, -1));
    }
  }

  @Test
  void aDamagedObjectFileIsRefused() {
    byte[] elf = new byte[200];
    assertThrows(IllegalArgumentException.class, () -> ElfSymbols.of(ByteBuffer.wrap(elf)));
    byte[] start = HexFormat.of().parseHex("7f454c460201");
    System.arraycopy(start, 0, elf, 0, start.length);
    elf[0x28] = 100; // the table of sections, which would reach beyond the end
    elf[0x3a] = 64;
    elf[0x3c] = 40;
    assertThrows(IllegalArgumentException.class, () -> ElfSymbols.of(ByteBuffer.wrap(elf)));
  }

  @Test
  void errorsAreSentences() {
    assertEquals(
        "cannot pin map 'a' as /b: it is there already (EEXIST)",
        Errno.refused("pin map 'a' as /b", -17).getMessage());
    assertEquals("error 4000", Errno.words(4000));
  }
}
