package org.strowger.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollHold;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.AdoptedIoUringServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.channel.uring.RingLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How bytes move: the fastest that this machine offers, or the one that is forced. */
enum Transport {
  IO_URING("io_uring"),
  EPOLL("epoll"),
  NIO("nio");

  private static final short RING = 1;

  static {
    // Multi-shot receive goes on after autoRead was switched off (Netty 4.2.18 re-arms it whatever
    // the channel wants), so a client that never reads would cost memory without a bound. Netty
    // offers this switch as a system property only, read when its class is loaded: now.
    System.setProperty("io.netty.iouring.recvMultiShotEnabled", "false");
  }

  /** Group of the buffers lent to sockets without channels. */
  static final short LENT_RING = 2;

  private final String word;

  Transport(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }

  /**
   * The transport to use.
   *
   * @param forced the word of one, or empty for the fastest available
   * @throws IllegalArgumentException if the forced one is unknown or not available here
   */
  static Transport choose(String forced) {
    if (forced.isEmpty() || forced.equals("auto")) {
      return Arrays.stream(values()).filter(Transport::available).findFirst().orElse(NIO);
    }
    for (Transport transport : values()) {
      if (transport.word.equals(forced)) {
        if (!transport.available()) {
          throw new IllegalArgumentException(
              "strowger.transport: '" + forced + "': not available here: " + transport.why());
        }
        return transport;
      }
    }
    String words =
        Arrays.stream(values())
            .map(Transport::word)
            .collect(Collectors.joining(", ", "auto, ", ""));
    throw new IllegalArgumentException(
        "strowger.transport: '" + forced + "': expected one of " + words);
  }

  /** Whether sockets go without Netty's channels. */
  boolean rings() {
    return this == IO_URING && RingLoop.available();
  }

  boolean available() {
    return why() == null;
  }

  private @Nullable Throwable why() {
    return switch (this) {
      case IO_URING -> IoUring.unavailabilityCause();
      case EPOLL -> Epoll.unavailabilityCause();
      case NIO -> null;
    };
  }

  IoHandlerFactory handlers() {
    return switch (this) {
      case IO_URING -> IoUringIoHandler.newFactory(ring());
      case EPOLL -> EpollIoHandler.newFactory();
      case NIO -> NioIoHandler.newFactory();
    };
  }

  private static IoUringIoHandlerConfig ring() {
    IoUringIoHandlerConfig config = new IoUringIoHandlerConfig().setCqSize(Limits.RING_COMPLETIONS);
    if (IoUring.isRegisterBufferRingSupported()) {
      config.setBufferRingConfig(
          IoUringBufferRingConfig.builder()
              .bufferGroupId(RING)
              .bufferRingSize((short) Limits.RING_BUFFERS)
              .batchSize(Limits.RING_BATCH)
              .allocator(new IoUringFixedBufferRingAllocator(Limits.READ_BYTES))
              .build());
    }
    return config;
  }

  /** A socket to be connected. */
  Channel socket() {
    Channel socket =
        switch (this) {
          case IO_URING -> new IoUringSocketChannel();
          case EPOLL -> new EpollSocketChannel();
          case NIO -> new NioSocketChannel();
        };
    prepare(socket);
    return socket;
  }

  /** What is peculiar to this transport, for accepted and for connecting sockets. */
  void prepare(Channel socket) {
    if (this == EPOLL) {
      EpollHold.keep(socket);
    } else if (this == IO_URING && IoUring.isRegisterBufferRingSupported()) {
      socket.config().setOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, RING);
    }
  }

  /** A socket to listen with, beside others on the same address: the kernel spreads over them. */
  ListeningSocket listening() throws IOException {
    return switch (this) {
      case IO_URING -> {
        Channel channel = new IoUringServerSocketChannel();
        channel.config().setOption(IoUringChannelOption.SO_REUSEPORT, true);
        yield listening(channel, null);
      }
      case EPOLL -> {
        Channel channel = new EpollServerSocketChannel();
        channel.config().setOption(EpollChannelOption.SO_REUSEPORT, true);
        yield listening(channel, null);
      }
      case NIO -> {
        ServerSocketChannel jdk = ServerSocketChannel.open();
        if (jdk.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
          jdk.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
        yield listening(new NioServerSocketChannel(jdk), jdk);
      }
    };
  }

  /** A listening socket of another wire with the same transport, as {@link #duplicate} gave it. */
  ListeningSocket adopt(Object handed) {
    return switch (this) {
      case IO_URING ->
          new ListeningSocket(new AdoptedIoUringServerSocketChannel((Integer) handed), null);
      case EPOLL -> new ListeningSocket(new EpollServerSocketChannel((Integer) handed), null);
      case NIO -> {
        ServerSocketChannel jdk = (ServerSocketChannel) handed;
        yield new ListeningSocket(new NioServerSocketChannel(jdk), jdk);
      }
    };
  }

  /** The socket for another wire; with NIO it is shared, else it is a descriptor of its own. */
  Object duplicate(ListeningSocket socket) throws IOException {
    ServerSocketChannel jdk = socket.jdk();
    return jdk != null ? jdk : Descriptors.duplicate(descriptor(socket));
  }

  /** The descriptor of the socket; not with NIO. */
  static int descriptor(ListeningSocket socket) {
    return ((UnixChannel) socket.channel()).fd().intValue();
  }

  /** The port that a socket of another wire is bound to. */
  static int port(ListeningSocket socket) {
    SocketAddress local =
        socket.jdk() != null
            ? socket.jdk().socket().getLocalSocketAddress()
            : socket.channel().localAddress();
    return local instanceof InetSocketAddress address ? address.getPort() : 0;
  }

  /** Closes a duplicate that nobody took; a shared socket is left alone. */
  static void discard(Object duplicate) throws IOException {
    if (duplicate instanceof Integer descriptor) {
      new FileDescriptor(descriptor).close();
    }
  }

  private static ListeningSocket listening(Channel channel, @Nullable ServerSocketChannel jdk) {
    channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
    channel.config().setOption(ChannelOption.SO_BACKLOG, Limits.BACKLOG);
    return new ListeningSocket(channel, jdk);
  }

  /** A listening socket; the JDK's channel below it with NIO only. */
  record ListeningSocket(Channel channel, @Nullable ServerSocketChannel jdk) {}
}
