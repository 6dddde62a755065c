package org.strowger.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PROXY protocol headers, with Netty's codec as the other opinion. */
class ProxyReaderTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  private static InetSocketAddress at(String literal, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
  }

  private static ByteBuf text(String text) {
    return Unpooled.copiedBuffer(text, ISO_8859_1);
  }

  private static ByteBuf hex(String hex) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 192.0.2.1, 40000, 198.51.100.7, 80",
    "2, 192.0.2.1, 40000, 198.51.100.7, 80",
    "1, 2001:db8::1, 65535, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, 1",
    "2, 2001:db8::1, 65535, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, 1",
  })
  void whatWeWriteIsReadByNettyAndByUs(int version, String from, int port, String to, int toPort) {
    ByteBuf header = ProxyHeader.of(version, at(from, port), at(to, toPort));
    EmbeddedChannel netty = new EmbeddedChannel(new HAProxyMessageDecoder());
    netty.writeInbound(header.copy());
    HAProxyMessage theirs = netty.readInbound();
    assertEquals(version, theirs.protocolVersion() == HAProxyProtocolVersion.V1 ? 1 : 2);
    assertEquals(InetAddress.ofLiteral(from), InetAddress.ofLiteral(theirs.sourceAddress()));
    assertEquals(port, theirs.sourcePort());
    assertEquals(InetAddress.ofLiteral(to), InetAddress.ofLiteral(theirs.destinationAddress()));
    assertEquals(toPort, theirs.destinationPort());
    theirs.release();
    assertEquals(new ProxyReader.Whole(at(from, port), at(to, toPort)), ProxyReader.read(header));
    assertEquals(0, header.readableBytes());
  }

  @ParameterizedTest
  @CsvSource({
    "V1, TCP4, 192.0.2.1, 198.51.100.7",
    "V2, TCP4, 192.0.2.1, 198.51.100.7",
    "V1, TCP6, 2001:db8::1, 2001:db8::2",
    "V2, TCP6, 2001:db8::1, 2001:db8::2"
  })
  void whatNettyWritesIsReadFromAnyPiecesAndThePayloadStays(
      HAProxyProtocolVersion version, HAProxyProxiedProtocol protocol, String from, String to) {
    EmbeddedChannel netty = new EmbeddedChannel(HAProxyMessageEncoder.INSTANCE);
    netty.writeOutbound(
        new HAProxyMessage(version, HAProxyCommand.PROXY, protocol, from, to, 1234, 443));
    ByteBuf header = netty.readOutbound();
    int length = header.readableBytes();
    ByteBuf all = Unpooled.buffer().writeBytes(header).writeBytes(text("payload\r\n"));
    for (int cut = 0; cut < length; cut++) {
      ByteBuf part = all.copy(0, cut);
      assertInstanceOf(ProxyReader.Partial.class, ProxyReader.read(part), cut + " bytes");
      assertEquals(cut, part.readableBytes(), "nothing was taken");
    }
    assertEquals(new ProxyReader.Whole(at(from, 1234), at(to, 443)), ProxyReader.read(all));
    assertEquals("payload\r\n", all.toString(ISO_8859_1));
  }

  @Test
  void mixedFamiliesAreWrittenAsMappedAddresses() {
    ByteBuf one = ProxyHeader.of(1, at("192.0.2.1", 5), at("2001:db8::1", 6));
    assertEquals(
        "PROXY TCP6 ::ffff:192.0.2.1 2001:db8:0:0:0:0:0:1 5 6\r\n", one.toString(ISO_8859_1));
    ByteBuf two = ProxyHeader.of(2, at("2001:db8::1", 5), at("192.0.2.1", 6));
    assertEquals(
        SIGNATURE
            + "21210024"
            + "20010db8000000000000000000000001"
            + "00000000000000000000ffffc0000201"
            + "00050006",
        io.netty.buffer.ByteBufUtil.hexDump(two));
    assertEquals(
        new ProxyReader.Whole(at("2001:db8::1", 5), at("192.0.2.1", 6)), ProxyReader.read(two));
  }

  @Test
  void unknownAndLocalTellNoAddress() {
    for (ByteBuf header :
        List.of(
            text("PROXY UNKNOWN\r\nx"),
            text("PROXY UNKNOWN ffff:f::1 whatever 65535 65535\r\nx"),
            hex(SIGNATURE + "20 00 0000 78"),
            hex(SIGNATURE + "20 11 0003 010203 78"),
            hex(SIGNATURE + "21 00 0002 0102 78"),
            hex(SIGNATURE + "21 31 0001 01 78"))) {
      var whole = assertInstanceOf(ProxyReader.Whole.class, ProxyReader.read(header));
      assertNull(whole.client());
      assertEquals("x", header.toString(ISO_8859_1));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n",
        "PROXY\tTCP4",
        "PROXY TCP4 192.0.2.1 198.51.100.7 80\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 1 2 3\r\n",
        "PROXY TCP4  192.0.2.1 198.51.100.7 1 2\r\n",
        "PROXY TCP4 192.0.2.256 198.51.100.7 1 2\r\n",
        "PROXY TCP4 192.0.2 198.51.100.7 1 2\r\n",
        "PROXY TCP4 192.0.02.1 198.51.100.7 1 2\r\n",
        "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
        "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP6 2001:db8:::1 2001:db8::2 1 2\r\n",
        "PROXY TCP6 fe80::1%eth0 2001:db8::2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 65536 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 +1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 01 2\r\n",
        "PROXY UDP4 192.0.2.1 198.51.100.7 1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 1 2\n",
        "PROXY \r\n",
      })
  void whatIsNoHeaderOfVersionOneIsRefused(String text) {
    ByteBuf bytes = text(text);
    assertInstanceOf(ProxyReader.Bad.class, ProxyReader.read(bytes));
    assertEquals(text.length(), bytes.readableBytes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "11 11 000c c0000201 c0000202 0001 0002", // version 1 in binary
        "22 11 000c c0000201 c0000202 0001 0002", // unknown command
        "21 11 000b c0000201 c0000202 0001 00", // too short for its addresses
        "21 21 000c c0000201 c0000202 0001 0002",
        "21 41 000c c0000201 c0000202 0001 0002", // unknown family
        "21 11 1001", // longer than the limit, refused before it comes
        "21 11 000e c0000201 c0000202 0001 0002 0400", // an extension cut off
        "21 11 0010 c0000201 c0000202 0001 0002 04 0002 00", // and one too long
        "21 11 0013 c0000201 c0000202 0001 0002 03 0004 12345678", // wrong checksum
      })
  void whatIsNoHeaderOfVersionTwoIsRefused(String rest) {
    assertInstanceOf(ProxyReader.Bad.class, ProxyReader.read(hex(SIGNATURE + rest)));
  }

  @Test
  void oneWhoNeverEndsTheLineIsRefusedAfter107Bytes() {
    String start = "PROXY UNKNOWN ";
    assertInstanceOf(ProxyReader.Partial.class, ProxyReader.read(text(start + "x".repeat(92))));
    assertInstanceOf(ProxyReader.Bad.class, ProxyReader.read(text(start + "x".repeat(93))));
  }

  @Test
  void rightChecksumAndOtherExtensionsArePassedOver() {
    byte[] header =
        HexFormat.of()
            .parseHex(
                SIGNATURE
                    + "2111001a"
                    + "c0000201c000020200010002"
                    + "04000400000000"
                    + "03000400000000");
    CRC32C sum = new CRC32C();
    sum.update(header);
    ByteBuf bytes = Unpooled.wrappedBuffer(header);
    bytes.setInt(header.length - 4, (int) sum.getValue());
    assertEquals(
        new ProxyReader.Whole(at("192.0.2.1", 1), at("192.0.2.2", 2)), ProxyReader.read(bytes));
  }
}
