package org.strowger.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a connection from a trusted source: collects the PROXY protocol header, which
 * may come in pieces, and keeps what came with it. One connection's; touched by its loop only.
 */
final class Preamble {
  private @Nullable ByteBuf collected;

  /** Whether a client's connection must begin with a header. */
  static boolean wanted(WantedService service, InetAddress client) {
    List<Map.Entry<InetAddress, Integer>> from = service.proxyFrom();
    if (from.isEmpty()) {
      return false;
    }
    byte[] address = client.getAddress();
    for (Map.Entry<InetAddress, Integer> prefix : from) {
      if (inPrefix(address, prefix.getKey().getAddress(), prefix.getValue())) {
        return true;
      }
    }
    return false;
  }

  private static boolean inPrefix(byte[] address, byte[] wanted, int bits) {
    if (address.length != wanted.length) {
      return false;
    }
    int whole = bits / 8;
    int rest = bits % 8;
    return java.util.Arrays.equals(address, 0, whole, wanted, 0, whole)
        && (rest == 0 || ((address[whole] ^ wanted[whole]) & 0xff) >>> (8 - rest) == 0);
  }

  /**
   * Takes what was read; the bytes are this object's from now on.
   *
   * @return whether the header is whole or wrong by now
   */
  ProxyReader.Result take(ByteBuf bytes) {
    ByteBuf all = collected;
    if (all == null) {
      all = bytes;
    } else {
      all.writeBytes(bytes);
      bytes.release();
    }
    ProxyReader.Result result = ProxyReader.read(all);
    if (result instanceof ProxyReader.Partial && collected == null) {
      // Not kept as it is: it may be one of the few large buffers of the ring.
      all = Unpooled.buffer(ProxyHeader.FIXED_BYTES + bytes.readableBytes()).writeBytes(bytes);
      bytes.release();
    }
    collected = all;
    return result;
  }

  /** Nothing has come yet. */
  boolean empty() {
    return collected == null;
  }

  /** What came after the header, or null; the caller's from now on. */
  @Nullable ByteBuf rest() {
    ByteBuf rest = collected;
    collected = null;
    if (rest != null && !rest.isReadable()) {
      rest.release();
      return null;
    }
    return rest;
  }

  /** Lets go of what was collected. */
  void release() {
    if (collected != null) {
      collected.release();
      collected = null;
    }
  }

  /** Where both addresses are known from the header, else from the socket. */
  record Ends(InetSocketAddress client, InetSocketAddress destination) {
    Ends told(ProxyReader.Whole header) {
      return header.client() != null && header.destination() != null
          ? new Ends(header.client(), header.destination())
          : this;
    }
  }
}
