package org.strowger.snmp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
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

/**
 * The TLS Transport Model (RFC 6353, 9456) for one who only answers. In the place of SNMP4J's
 * TLSTM, which handles all sessions on one thread, handshakes included, and queues without a bound.
 * Messages of all sessions are answered one at a time, in fair order. Any thread.
 */
final class TlsTransport implements TransportMapping<TlsAddress>, TlsConnection.Owner {
  private static final Duration AFTER_FAILURE = Duration.ofMillis(100);
  private static final Logger log = LoggerFactory.getLogger(TlsTransport.class);

  private final ServerSocket server;
  private final MessageDispatcher dispatcher;
  private final Gate gate;
  private final ProtocolCounters counters;
  private final AccessAudit audit;
  private final TlsPeers clients;
  private final ReentrantLock answering = new ReentrantLock(true);
  private final TlsSessions connections = new TlsSessions();
  private volatile SSLSocketFactory factory;

  private TlsTransport(
      ServerSocket server,
      MessageDispatcher dispatcher,
      ProtocolCounters counters,
      AccessAudit audit,
      TlsPeers clients,
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
      TlsPeers clients,
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
    for (TlsConnection each : connections.sessions()) {
      String name = each.name();
      if (name != null && !each.stillLetIn()) {
        audit.noted(name, each.peer(), "TLS: it is not let in any more");
        each.close();
      }
    }
  }

  /** Tells the log what was thrown away, as for UDP; one thread's call. */
  void logDrops() {
    gate.logDrops();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        take(server.accept());
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

  /** Whatever is wrong with one connection, the next is accepted. */
  private void take(Socket socket) {
    try {
      admit(socket);
    } catch (IOException | RuntimeException e) {
      log.warn("a TLS connection came to nothing: {}", e.toString());
      try {
        socket.close();
      } catch (IOException closing) {
        log.debug("it did not close either", closing);
      }
    }
  }

  private void admit(Socket socket) throws IOException {
    TlsConnection connection = TlsConnection.accepted(socket, this);
    connections
        .begin(connection)
        .ifPresent(
            oldest -> {
              audit.noted("", oldest.peer(), "TLS: too many handshakes, this was the oldest");
              oldest.close();
            });
    if (server.isClosed()) { // close() may have passed before it was among the others
      connections.remove(connection);
      connection.close();
      return;
    }
    connection.start(factory);
  }

  @Override
  public Optional<String> peer(X509Certificate certificate) {
    return clients.of(certificate);
  }

  @Override
  public boolean opened(TlsConnection connection) {
    boolean room = connections.open(connection);
    if (!room) {
      refused(connection, "too many TLS sessions", TlsConnection.Fault.CONDUCT);
    }
    return room;
  }

  @Override
  public void accepted(TlsConnection connection) {
    counters.increment(SnmpConstants.snmpTlstmSessionAccepts);
  }

  @Override
  public void refused(TlsConnection connection, String why, TlsConnection.Fault fault) {
    if (fault == TlsConnection.Fault.CERTIFICATE) {
      counters.increment(SnmpConstants.snmpTlstmSessionInvalidClientCertificates);
    }
    String name = connection.name();
    String user = name == null ? "" : name;
    String told = "TLS: " + why;
    switch (fault) {
      case CERTIFICATE -> audit.unauthenticated(user, connection.peer(), told);
      case CONDUCT -> audit.refused(user, connection.peer(), told);
      case WITHDRAWN -> audit.noted(user, connection.peer(), told);
    }
  }

  @Override
  public void received(TlsConnection connection, byte[] message) {
    String name = connection.name();
    if (name == null) {
      throw new IllegalStateException("nothing is read before the handshake is done");
    }
    TransportStateReference reference =
        new TransportStateReference(
            this,
            connection.peer(),
            new OctetString(name),
            SecurityLevel.authPriv,
            SecurityLevel.authPriv,
            true,
            connection);
    answering.lock();
    try {
      gate.processMessage(this, connection.peer(), ByteBuffer.wrap(message), reference);
    } finally {
      answering.unlock();
    }
  }

  @Override
  public void ended(TlsConnection connection, String cause, boolean inOrder) {
    connections.remove(connection);
    if (connection.name() != null) {
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
    TlsConnection connection = connections.session(address);
    if (connection == null || isOfAnother(reference, connection)) {
      counters.increment(SnmpConstants.snmpTlstmSessionNoSessions);
      throw new IOException("the session of " + address + " is over");
    }
    if (!connection.send(message)) {
      throw new IOException(address + " does not read its answers");
    }
  }

  /** Whether it answers a session that is over, whose port a new one has meanwhile. */
  private static boolean isOfAnother(
      @Nullable TransportStateReference reference, TlsConnection connection) {
    return reference != null && !connection.equals(reference.getSessionID());
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
    connections.all().forEach(TlsConnection::close);
  }
}
