package org.strowger.snmp;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.MessageDispatcher;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.transport.DefaultUdpTransportMapping;
import org.snmp4j.transport.UdpTransportMapping;
import org.strowger.api.Management.Snmp;

/** A UDP socket with its receiving thread, behind its gate. */
final class Socket implements AutoCloseable {
  /** Asked of the system, which may give less: room for good packets behind a flood. */
  private static final int RECEIVE_BUFFER_OCTETS = 1 << 20;

  private static final Logger log = LoggerFactory.getLogger(Socket.class);

  private final InetAddress address;
  private final int port;
  private final MessageDispatcher dispatcher;
  private final Transport transport;
  private final Gate gate;

  private Socket(InetAddress address, int port, MessageDispatcher dispatcher, Transport transport) {
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
    Transport transport = new Transport(new UdpAddress(address, port));
    // One buffer for all packets instead of 64 KiB of garbage for each: packets are decoded before
    // the next is received.
    transport.setAsyncMsgProcessingSupported(false);
    transport.setReceiveBufferSize(RECEIVE_BUFFER_OCTETS);
    Socket socket = new Socket(address, port, dispatcher, transport);
    dispatcher.addTransportMapping(transport);
    transport.addTransportListener(socket.gate);
    transport.listen();
    return socket;
  }

  boolean isAt(InetAddress wantedAddress, int wantedPort) {
    return address.equals(wantedAddress) && port == wantedPort && transport.isListening();
  }

  UdpTransportMapping transport() {
    return transport;
  }

  Gate gate() {
    return gate;
  }

  /** Why {@code wanted} could not be opened, in one sentence for people. */
  static String sentence(Snmp wanted, IOException e) {
    String message = Objects.toString(e.getMessage(), e.toString());
    String host = wanted.address().getHostAddress();
    if (e instanceof BindException && message.contains("in use")) {
      return "UDP port %d on %s is in use".formatted(wanted.port(), host);
    }
    if (e instanceof BindException && message.contains("assign")) {
      return host + " is not an address of this machine";
    }
    if (e instanceof BindException && message.contains("denied")) {
      return "UDP port %d needs more rights than this process has".formatted(wanted.port());
    }
    return message;
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

  /**
   * Stays closed: SNMP4J's transport would open its port anew for an answer that comes after the
   * end, on all addresses, and nobody would ever close that.
   */
  private static final class Transport extends DefaultUdpTransportMapping {
    private volatile boolean closed;

    Transport(UdpAddress address) throws IOException {
      super(address);
    }

    @Override
    protected synchronized DatagramSocket ensureSocket() throws SocketException {
      if (closed) {
        throw new SocketException("the socket is closed");
      }
      return super.ensureSocket();
    }

    @Override
    public void close() throws IOException {
      closed = true;
      super.close();
    }
  }
}
