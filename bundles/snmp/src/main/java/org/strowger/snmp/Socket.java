package org.strowger.snmp;

import java.io.IOException;
import java.net.InetAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.MessageDispatcher;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.transport.DefaultUdpTransportMapping;

/** A UDP socket with its receiving thread, behind its gate. */
final class Socket implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Socket.class);

  private final InetAddress address;
  private final int port;
  private final MessageDispatcher dispatcher;
  private final DefaultUdpTransportMapping transport;
  private final Gate gate;

  private Socket(
      InetAddress address,
      int port,
      MessageDispatcher dispatcher,
      DefaultUdpTransportMapping transport) {
    this.address = address;
    this.port = port;
    this.dispatcher = dispatcher;
    this.transport = transport;
    this.gate = new Gate(dispatcher, System::nanoTime);
  }

  /**
   * @param port 0 for any
   * @throws IOException if it cannot be bound
   */
  static Socket open(InetAddress address, int port, MessageDispatcher dispatcher)
      throws IOException {
    DefaultUdpTransportMapping transport =
        new DefaultUdpTransportMapping(new UdpAddress(address, port));
    // One buffer for all packets instead of 64 KiB of garbage for each: packets are decoded before
    // the next is received.
    transport.setAsyncMsgProcessingSupported(false);
    Socket socket = new Socket(address, port, dispatcher, transport);
    dispatcher.addTransportMapping(transport);
    transport.addTransportListener(socket.gate);
    transport.listen();
    return socket;
  }

  boolean isAt(InetAddress wantedAddress, int wantedPort) {
    return address.equals(wantedAddress) && port == wantedPort && transport.isListening();
  }

  DefaultUdpTransportMapping transport() {
    return transport;
  }

  Gate gate() {
    return gate;
  }

  @Override
  public void close() {
    dispatcher.removeTransportMapping(transport);
    transport.removeTransportListener(gate);
    try {
      transport.close();
    } catch (IOException e) {
      log.warn("the socket at {} port {} did not close: {}", address, port, e.toString());
    }
  }
}
