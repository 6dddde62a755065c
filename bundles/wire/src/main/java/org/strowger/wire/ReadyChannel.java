package org.strowger.wire;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A datagram socket of the JDK on a loop, which says when there is something to read.
 *
 * <p>Why not a datagram channel of Netty (4.2.18): epoll and NIO drop empty datagrams silently, in
 * both directions; io_uring pins a receive buffer of the greatest size and two arrays of 256
 * message headers a socket, some 150 KiB a flow. A channel of the JDK costs under 1 KiB, reads and
 * writes through one buffer a loop, and can be handed to another wire as it is.
 *
 * <p>Touched by its loop only.
 */
final class ReadyChannel implements NioIoHandle {
  private static final Logger log = LoggerFactory.getLogger(ReadyChannel.class);

  private final DatagramChannel channel;
  private final Runnable whenReadable;
  private @Nullable IoRegistration registration;
  private boolean paused;
  private boolean open = true;

  /**
   * @param channel owned by this one until {@link #leave}
   * @param whenReadable called on the loop; it reads what it likes
   */
  ReadyChannel(DatagramChannel channel, Runnable whenReadable) {
    this.channel = channel;
    this.whenReadable = whenReadable;
  }

  /**
   * A socket connected to a real server; on the loop.
   *
   * @throws IOException if there is no way to it, or this machine is short of descriptors
   */
  static ReadyChannel to(InetSocketAddress address, Loop loop, Runnable whenReadable)
      throws IOException {
    DatagramChannel channel =
        DatagramChannel.open(
            address.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6);
    try {
      channel.configureBlocking(false);
      channel.connect(address);
      ReadyChannel ready = new ReadyChannel(channel, whenReadable);
      ready.register(loop);
      return ready;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Begins to listen for readiness; on the loop. */
  void register(Loop loop) throws IOException {
    Future<IoRegistration> registered = ((IoEventLoop) loop.events()).register(this);
    IoRegistration now = registered.getNow(); // on the loop it is done at once
    if (now == null) {
      throw new IOException("cannot watch a datagram socket: " + registered.cause());
    }
    registration = now;
    want(paused ? NioIoOps.NONE : NioIoOps.READ);
  }

  private void want(NioIoOps ops) {
    IoRegistration present = registration;
    if (present != null && present.isValid()) {
      present.submit(ops);
    }
  }

  /** Lets the kernel keep what comes, or reads on. */
  void pause(boolean pausing) {
    paused = pausing;
    want(pausing ? NioIoOps.NONE : NioIoOps.READ);
  }

  boolean open() {
    return open;
  }

  DatagramChannel channel() {
    return channel;
  }

  /** The next datagram into the buffer, and who sent it; null if there is none. */
  @Nullable InetSocketAddress receive(ByteBuffer into) throws IOException {
    into.clear();
    SocketAddress from = channel.receive(into);
    into.flip();
    return (InetSocketAddress) from;
  }

  /**
   * Sends to the connected address.
   *
   * @return false if the socket's buffer is full: the datagram is lost then
   */
  boolean send(ByteBuffer data, InetSocketAddress connected) throws IOException {
    int length = data.remaining();
    if (length > 0 && channel.isConnected()) {
      return channel.write(data) > 0;
    }
    // The JDK does not send an empty datagram on a connected socket, and throws away what has come
    // when one is connected again. So it stays without, on the same port: what a stranger sends is
    // known by its source; a refusal is not heard any more.
    channel.disconnect();
    return channel.send(data, connected) == length;
  }

  /** Leaves the socket to somebody else, open as it is. */
  void leave() {
    open = false;
    cancel();
  }

  private void cancel() {
    IoRegistration present = registration;
    registration = null;
    if (present != null) {
      present.cancel();
    }
  }

  @Override
  public void close() {
    if (!open) {
      return;
    }
    leave();
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("closing a datagram socket: {}", e.toString());
    }
  }

  @Override
  public SelectableChannel selectableChannel() {
    return channel;
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    if (open && !paused) {
      whenReadable.run();
    }
  }
}
