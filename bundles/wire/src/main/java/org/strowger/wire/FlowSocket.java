package org.strowger.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/**
 * The socket of a flow towards its real server, connected. It passes on what the real server says,
 * and that it refuses. Touched by its loop only.
 */
final class FlowSocket {
  private final DatagramFlow flow;
  private final InetSocketAddress address;
  private final ReadyChannel channel;

  /**
   * A new one, which is read from now on.
   *
   * @throws IOException if there is no way to it, or this machine is short of descriptors
   */
  FlowSocket(DatagramFlow flow, InetSocketAddress address) throws IOException {
    this.flow = flow;
    this.address = address;
    this.channel = ReadyChannel.to(address, flow.loop(), this::readable);
  }

  /** One that another wire had; it is read from {@link #register} on. */
  FlowSocket(DatagramFlow flow, InetSocketAddress address, DatagramChannel connected) {
    this.flow = flow;
    this.address = address;
    this.channel = new ReadyChannel(connected, this::readable);
  }

  void register() throws IOException {
    channel.register(flow.loop());
  }

  /** The real server's. */
  InetSocketAddress address() {
    return address;
  }

  HandedFlow.Bound handed() {
    Account account = flow.account();
    return new HandedFlow.Bound(account.real(), address, channel.channel(), account.tallies());
  }

  /**
   * Sends what the buffer has, and leaves it as it is.
   *
   * @return false if the socket's buffer is full: the datagram is lost then
   */
  boolean send(ByteBuffer data) throws IOException {
    int start = data.position();
    try {
      return channel.send(data, address);
    } finally {
      data.position(start);
    }
  }

  private void readable() {
    ByteBuffer buffer = flow.loop().flows().buffer();
    try {
      for (int i = 0; i < Limits.DATAGRAMS_A_TURN && channel.open(); i++) {
        InetSocketAddress from = channel.receive(buffer);
        if (from == null) {
          return;
        }
        if (from.equals(address)) {
          flow.reply(this, buffer);
        } else {
          flow.account().count(Contract.PACKETS_DROPPED); // see ReadyChannel.send
        }
      }
    } catch (IOException e) {
      flow.unreadable(this, e);
    }
  }

  void pause(boolean pausing) {
    channel.pause(pausing);
  }

  /** Leaves it to another wire. */
  void leave() {
    channel.leave();
  }

  void close() {
    channel.close();
  }
}
