package org.strowger.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket on which datagrams of clients come in, and from which the replies go out, so that they
 * have the virtual address as their source. It belongs to one loop; the kernel keeps a client's
 * address and port on one of the sockets of a virtual service (SO_REUSEPORT), so a flow has one
 * loop.
 */
final class DatagramPort {
  private static final Logger log = LoggerFactory.getLogger(DatagramPort.class);

  private final Exchange exchange;
  private final Loop loop;
  private final InetSocketAddress local;
  private final ReadyChannel socket;
  private final AtomicInteger flows = new AtomicInteger();
  private ServicePort service;

  /**
   * @param channel bound, and not blocking
   */
  DatagramPort(Exchange exchange, Loop loop, ServicePort service, DatagramChannel channel)
      throws IOException {
    this.exchange = exchange;
    this.loop = loop;
    this.service = service;
    this.local = (InetSocketAddress) channel.getLocalAddress();
    this.socket = new ReadyChannel(channel, this::readable);
  }

  Loop loop() {
    return loop;
  }

  DatagramChannel channel() {
    return socket.channel();
  }

  /** The virtual address with the port that clients send to. */
  InetSocketAddress local() {
    return local;
  }

  /** Flows whose datagrams come in here; any thread. */
  int flows() {
    return flows.get();
  }

  void held(int more) {
    flows.addAndGet(more);
  }

  /** Begins to read; on the loop. */
  void open() throws IOException {
    loop.flows().ports().add(this);
    socket.register(loop);
  }

  /** Throws away what has come so far. */
  void discard() throws IOException {
    ByteBuffer buffer = loop.flows().buffer();
    for (int i = 0; i < Limits.DATAGRAMS_A_TURN && socket.receive(buffer) != null; i++) {
      service.shard(loop).tally().add(Contract.PACKETS_DROPPED, 1);
    }
  }

  /** The service was renamed; on the loop. Flows keep the name that they began with. */
  void serve(ServicePort other) {
    service = other;
  }

  void pause(boolean pausing) {
    socket.pause(pausing);
  }

  /** Ends what comes through it, and the socket; on the loop. */
  void close() {
    if (loop.flows().frozen()) {
      leave(); // another wire has just been given it
      return;
    }
    loop.flows().endAll(this);
    loop.flows().ports().remove(this);
    socket.close();
  }

  /** Another wire reads it now; on the loop. It may still be sent from. */
  void leave() {
    socket.leave();
  }

  private void readable() {
    ByteBuffer buffer = loop.flows().buffer();
    try {
      for (int i = 0; i < Limits.DATAGRAMS_A_TURN && socket.open(); i++) {
        InetSocketAddress client = socket.receive(buffer);
        if (client == null) {
          return;
        }
        take(client, buffer);
      }
    } catch (IOException e) {
      warn("datagram of a client not read: ", e);
    }
  }

  private void take(InetSocketAddress client, ByteBuffer data) {
    ServicePort present = service;
    if (client.getPort() == 0) {
      return; // nobody can be answered there; only a forged datagram has it
    }
    if (present.wanted().onePacket()) {
      loop.flows().onePacket().pass(exchange, this, present, client, data);
      return;
    }
    DatagramFlow flow = loop.flows().find(this, client);
    if (flow == null) {
      flow = new DatagramFlow(exchange, this, present, client);
      flow.begin(data);
    } else {
      flow.fromClient(data);
    }
  }

  /**
   * Sends a reply; on the loop.
   *
   * @return false if it was dropped
   */
  boolean reply(InetSocketAddress client, ByteBuffer data) {
    int length = data.remaining();
    try {
      return channel().send(data, client) == length;
    } catch (IOException e) {
      warn("reply not sent: ", e);
      return false;
    }
  }

  private void warn(String what, @Nullable IOException cause) {
    if (exchange.mayWarn()) {
      log.atWarn().addKeyValue("service", service.name()).log("{}{}", what, String.valueOf(cause));
    }
  }
}
