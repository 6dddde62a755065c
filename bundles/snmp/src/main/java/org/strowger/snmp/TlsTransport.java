package org.strowger.snmp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.MessageDispatcher;
import org.snmp4j.TransportMapping;
import org.snmp4j.TransportStateReference;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.TlsAddress;
import org.snmp4j.transport.TransportListener;
import org.strowger.api.Management.SnmpTlsClient;

/**
 * The TLS Transport Model (RFC 6353, 9456) for one who only answers. In the place of SNMP4J's
 * TLSTM, which handles all sessions on one thread, handshakes included, and queues without a bound.
 * Messages of all sessions are answered one at a time, in fair order. Any thread.
 */
final class TlsTransport implements TransportMapping<TlsAddress>, TlsConnection.Owner {
  /** Sessions at once, and those whose handshake goes on; the next connection is closed. */
  static final int SESSIONS = 128;

  /** Sessions of one source address. */
  static final int SESSIONS_OF_A_SOURCE = 16;

  private static final Duration AFTER_FAILURE = Duration.ofMillis(100);
  private static final Logger log = LoggerFactory.getLogger(TlsTransport.class);

  private final ServerSocket server;
  private final MessageDispatcher dispatcher;
  private final Gate gate;
  private final ProtocolCounters counters;
  private final AccessAudit audit;
  private final TlsClients clients;
  private final ReentrantLock answering = new ReentrantLock(true);
  private final Map<TlsAddress, TlsConnection> connections = new ConcurrentHashMap<>();
  private volatile SSLSocketFactory factory;

  private TlsTransport(
      ServerSocket server,
      MessageDispatcher dispatcher,
      ProtocolCounters counters,
      AccessAudit audit,
      TlsClients clients,
      SSLSocketFactory factory) {
    this.server = server;
    this.dispatcher = dispatcher;
    this.gate = new Gate(dispatcher, System::nanoTime);
    this.counters = counters;
    this.audit = audit;
    this.clients = clients;
    this.factory = factory;
  }

  /**
   * @throws IOException if the port cannot be had
   */
  static TlsTransport open(
      InetSocketAddress at,
      MessageDispatcher dispatcher,
      ProtocolCounters counters,
      AccessAudit audit,
      TlsClients clients,
      SSLSocketFactory factory)
      throws IOException {
    ServerSocket server = new ServerSocket();
    try {
      server.setReuseAddress(true);
      server.bind(at);
    } catch (IOException e) {
      server.close();
      throw e;
    }
    TlsTransport transport =
        new TlsTransport(server, dispatcher, counters, audit, clients, factory);
    dispatcher.addTransportMapping(transport);
    Thread.ofVirtual().name("snmp-tls-accept").start(transport::accept);
    return transport;
  }

  boolean isAt(InetSocketAddress wanted) {
    return !server.isClosed() && server.getLocalSocketAddress().equals(wanted);
  }

  /** What sessions from now on are opened with; those that are open stay. */
  void renew(SSLSocketFactory now) {
    factory = now;
  }

  /** Ends the sessions of those who are not let in any more. */
  void endOthers() {
    connections.values().stream()
        .filter(connection -> !connection.stillLetIn())
        .forEach(TlsConnection::close);
  }

  int sessions() {
    return connections.size();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        admit(server.accept());
      } catch (IOException e) {
        if (!server.isClosed()) {
          log.warn("a TLS connection could not be accepted: {}", e.toString());
          pause();
        }
      }
    }
  }

  /** Out of file descriptors, most likely: that is not over in a microsecond. */
  private static void pause() {
    try {
      Thread.sleep(AFTER_FAILURE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void admit(Socket socket) throws IOException {
    InetAddress source = socket.getInetAddress();
    long ofSource =
        connections.keySet().stream().filter(at -> at.getInetAddress().equals(source)).count();
    if (connections.size() >= SESSIONS || ofSource >= SESSIONS_OF_A_SOURCE) {
      audit.refused("", new TlsAddress(source, socket.getPort()), "too many TLS sessions");
      socket.close();
      return;
    }
    socket.setTcpNoDelay(true);
    TlsConnection connection = new TlsConnection(socket, this);
    connections.put(connection.peer(), connection);
    connection.start(factory);
  }

  @Override
  public Optional<SnmpTlsClient> client(X509Certificate certificate) {
    return clients.of(certificate);
  }

  @Override
  public void opened(TlsConnection connection) {
    counters.increment(SnmpConstants.snmpTlstmSessionAccepts);
  }

  @Override
  public void refused(TlsConnection connection, String why, boolean certificate) {
    if (certificate) {
      counters.increment(SnmpConstants.snmpTlstmSessionInvalidClientCertificates);
    }
    SnmpTlsClient client = connection.client();
    audit.refused(client == null ? "" : client.name(), connection.peer(), "TLS: " + why);
  }

  @Override
  public void received(TlsConnection connection, byte[] message) {
    SnmpTlsClient client = connection.client();
    if (client == null) {
      throw new IllegalStateException("nothing is read before the handshake is done");
    }
    TransportStateReference reference =
        new TransportStateReference(
            this,
            connection.peer(),
            new OctetString(client.name()),
            SecurityLevel.authPriv,
            SecurityLevel.authPriv,
            true,
            connection.peer());
    answering.lock();
    try {
      gate.processMessage(this, connection.peer(), ByteBuffer.wrap(message), reference);
    } finally {
      answering.unlock();
    }
  }

  @Override
  public void ended(TlsConnection connection) {
    connections.remove(connection.peer(), connection);
    if (connection.client() != null) {
      counters.increment(SnmpConstants.snmpTlstmSessionServerCloses);
    }
  }

  @Override
  public void sendMessage(
      TlsAddress address,
      byte[] message,
      @Nullable TransportStateReference reference,
      long timeoutMillis,
      int retries)
      throws IOException {
    TlsConnection connection = connections.get(address);
    if (connection == null) {
      counters.increment(SnmpConstants.snmpTlstmSessionNoSessions);
      throw new IOException("the session of " + address + " is over");
    }
    if (!connection.send(message)) {
      throw new IOException(address + " does not read its answers");
    }
  }

  @Override
  public Class<TlsAddress> getSupportedAddressClass() {
    return TlsAddress.class;
  }

  @Override
  public TlsAddress getListenAddress() {
    return new TlsAddress(server.getInetAddress(), server.getLocalPort());
  }

  /** Does nothing: the one listener is the gate, and there from the beginning. */
  @Override
  public void addTransportListener(TransportListener listener) {}

  @Override
  public void removeTransportListener(TransportListener listener) {}

  /** Does nothing: it listens from the beginning. */
  @Override
  public void listen() {}

  @Override
  public boolean isListening() {
    return !server.isClosed();
  }

  @Override
  public int getMaxInboundMessageSize() {
    return TlsConnection.MESSAGE_OCTETS;
  }

  @Override
  public void close() throws IOException {
    dispatcher.removeTransportMapping(this);
    server.close();
    connections.values().forEach(TlsConnection::close);
  }
}
