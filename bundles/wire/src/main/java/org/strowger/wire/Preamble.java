package org.strowger.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The beginning of a connection from a trusted source: collects the PROXY protocol header, which
 * may come in pieces, and keeps what came with it. One connection's; touched by its loop only.
 */
final class Preamble {
  private static final Logger log = LoggerFactory.getLogger(Preamble.class);

  private final LiveConnection connection;
  private @Nullable ByteBuf collected;
  private @Nullable ScheduledFuture<?> deadline;

  Preamble(LiveConnection connection) {
    this.connection = connection;
  }

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

  /** Waits for the header, but not for ever. */
  void begin() {
    deadline =
        connection
            .loop()
            .events()
            .schedule(this::expired, Limits.PROXY_HEADER_MILLIS, TimeUnit.MILLISECONDS);
    connection.clientSide().read();
  }

  /** Takes what was read; the bytes are this object's from now on. */
  void read(ByteBuf bytes) {
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
    switch (result) {
      case ProxyReader.Partial _ -> {}
      case ProxyReader.Whole header -> done(header);
      case ProxyReader.Bad(String why) -> bad(why);
    }
  }

  private void done(ProxyReader.Whole header) {
    ByteBuf rest = collected;
    collected = null;
    drop();
    if (rest != null && !rest.isReadable()) {
      rest.release();
      rest = null;
    }
    connection.introduced(header, rest);
  }

  private void bad(String why) {
    if (connection.exchange().mayWarn()) {
      log.atWarn()
          .addKeyValue("service", connection.service())
          .addKeyValue("source", connection.client())
          .log("no valid PROXY protocol header: {}", why);
    }
    connection.refuse(Contract.BAD_PROXY_HEADER);
  }

  private void expired() {
    bad("it did not come within " + Limits.PROXY_HEADER_MILLIS + " ms");
  }

  /** The source says no more. One that never said anything only knocked. */
  void ended() {
    if (collected == null) {
      connection.refuse(Contract.CLIENT_GONE);
    } else {
      bad("the connection ended within it");
    }
  }

  /** Lets go of what was collected, and of the deadline. */
  void drop() {
    if (collected != null) {
      collected.release();
      collected = null;
    }
    if (deadline != null) {
      deadline.cancel(false);
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
