package org.strowger.snmp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
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
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.Management.Tls;
import org.strowger.api.TlsFiles;

/**
 * The TLS session to one target of notifications (RFC 6353, 5.3.1), opened by us and opened anew
 * when it has ended, after a pause that doubles up to {@value #MOST_PAUSE_SECONDS} s. The target is
 * who has the configured certificate, whatever authority signed it. Any thread.
 */
final class TlsLine implements TransportMapping<TlsAddress>, TlsConnection.Owner {
  /** The name of the agent in its own tables; what the target calls it is the target's. */
  static final OctetString SECURITY_NAME = new OctetString("agent");

  /** Until a connection stands. */
  static final int CONNECT_SECONDS = 10;

  /** Between two attempts, at most. */
  static final int MOST_PAUSE_SECONDS = 32;

  /**
   * How long a session stands before it is used: with TLS 1.3 who calls is done before the other
   * has looked at his certificate, and what he sent is lost if that is refused.
   */
  private static final Duration SETTLE = Duration.ofSeconds(1);

  /** Messages that wait for the target to read them: all that may come again at once. */
  private static final int WAITING = 2 * NotificationTarget.QUEUE_LIMIT;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final Logger log = LoggerFactory.getLogger(TlsLine.class);

  /**
   * Is told what becomes of the session, in the order in which it happens; called on its threads,
   * must be quick.
   */
  interface Listener {
    void up();

    /**
     * There is none: it ended, or could not be opened.
     *
     * @param inOrder whether it stood, and the target ended it between two messages
     */
    void down(String why, boolean inOrder);
  }

  private final SnmpTarget target;
  private final Path stateFolder;
  private final ProtocolCounters counters;
  private final Listener listener;
  private final Gate gate;
  private final TlsAddress address;
  private final TlsPeers peers;
  private volatile @Nullable TlsConnection session;

  // Guarded by this:
  private boolean closed;
  private boolean calling;
  private @Nullable TlsConnection connection;
  private @Nullable String why;

  /** Whether the connection became a session. */
  private boolean stood;

  private int failures;
  private long nextNanos = System.nanoTime();

  /**
   * @param target one with a fingerprint
   * @param stateFolder what relative names of files start from
   * @param clock what the target's certificate must be valid by
   */
  TlsLine(
      SnmpTarget target,
      Path stateFolder,
      MessageDispatcher dispatcher,
      ProtocolCounters counters,
      InstantSource clock,
      Listener listener) {
    this.target = target;
    this.stateFolder = stateFolder;
    this.counters = counters;
    this.listener = listener;
    this.gate = new Gate(dispatcher, System::nanoTime);
    this.address = new TlsAddress(target.address(), target.port());
    this.peers = new TlsPeers(clock);
    peers.configure(Map.of(target.name(), target.fingerprint().orElseThrow()));
  }

  /** Whether it leads to where {@code other} is. */
  boolean leadsTo(SnmpTarget other) {
    return target.address().equals(other.address())
        && target.port() == other.port()
        && target.fingerprint().equals(other.fingerprint());
  }

  /** Whether something can be sent now. */
  boolean isUp() {
    return session != null;
  }

  TlsAddress address() {
    return address;
  }

  /**
   * Opens a session if there is none and the pause is over, and ends the one there is if the
   * target's certificate is not valid any more; called again and again.
   *
   * @param from where the agent is
   * @param files what it shows; read anew for each session, so that a renewed certificate counts
   */
  synchronized void look(InetAddress from, Tls files) {
    TlsConnection present = session;
    if (present != null && !present.stillLetIn()) {
      refused(present, TlsConnection.EXPIRED, TlsConnection.Fault.CERTIFICATE);
      session = null;
      present.close(); // and so it ends
    } else if (!closed && !calling && System.nanoTime() - nextNanos >= 0) {
      calling = true;
      Thread.ofVirtual().name("snmp-tls-call").start(() -> call(from, files));
    }
  }

  private void call(InetAddress from, Tls files) {
    Socket socket = new Socket();
    try {
      TrustManager[] trust = {peers};
      SSLSocketFactory factory = TlsFiles.context(stateFolder, files, trust).getSocketFactory();
      if (!from.isLoopbackAddress()) { // from there only the machine itself could be reached
        socket.bind(new InetSocketAddress(from, 0));
      }
      int millis = (int) Duration.ofSeconds(CONNECT_SECONDS).toMillis();
      socket.connect(new InetSocketAddress(target.address(), target.port()), millis);
      TlsConnection opened = TlsConnection.called(socket, WAITING, this);
      if (begin(opened)) {
        opened.start(factory);
      } else {
        socket.close();
      }
    } catch (IOException | RuntimeException e) {
      closeQuietly(socket);
      failed(e instanceof IOException ? String.valueOf(e.getMessage()) : e.toString());
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("the socket of a session that came to nothing did not close", e);
    }
  }

  private synchronized boolean begin(TlsConnection opened) {
    connection = opened;
    return !closed;
  }

  private synchronized void failed(String reason) {
    counters.increment(SnmpConstants.snmpTlstmSessionOpenErrors);
    pause(reason, false);
  }

  /** With the lock, so that nobody hears of a session after its end. */
  private void pause(String reason, boolean inOrder) {
    connection = null;
    session = null;
    stood = false;
    calling = false;
    why = null;
    long seconds = Math.min(MOST_PAUSE_SECONDS, 1L << Math.min(failures, 5));
    failures++;
    nextNanos = System.nanoTime() + seconds * NANOS_PER_SECOND;
    if (!closed) {
      listener.down(reason, inOrder);
    }
  }

  @Override
  public Optional<String> peer(X509Certificate certificate) {
    return peers.of(certificate);
  }

  @Override
  public boolean opened(TlsConnection opened) {
    counters.increment(SnmpConstants.snmpTlstmSessionOpens);
    Thread.ofVirtual().name("snmp-tls-settle").start(() -> settle(opened));
    return true;
  }

  private void settle(TlsConnection opened) {
    try {
      Thread.sleep(SETTLE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    synchronized (this) {
      if (closed || !opened.equals(connection)) {
        return;
      }
      failures = 0;
      stood = true;
      session = opened;
      listener.up();
    }
  }

  /** Nothing: what counts is that the session stands. */
  @Override
  public void accepted(TlsConnection opened) {}

  @Override
  public synchronized void refused(TlsConnection opened, String reason, TlsConnection.Fault fault) {
    if (fault == TlsConnection.Fault.CERTIFICATE) {
      counters.increment(SnmpConstants.snmpTlstmSessionInvalidServerCertificates);
    }
    why = reason;
  }

  @Override
  public void received(TlsConnection opened, byte[] message) {
    TransportStateReference reference =
        new TransportStateReference(
            this,
            address,
            SECURITY_NAME,
            SecurityLevel.authPriv,
            SecurityLevel.authPriv,
            true,
            opened);
    gate.processMessage(this, address, ByteBuffer.wrap(message), reference);
  }

  @Override
  public synchronized void ended(TlsConnection opened, String cause, boolean inOrder) {
    String known = why;
    String reason = known == null ? cause : known;
    if (stood) {
      counters.increment(SnmpConstants.snmpTlstmSessionClientCloses);
      pause(reason, inOrder);
    } else {
      failed(reason);
    }
  }

  /** Ends the session, to open another: its other end does not answer. */
  void renew() {
    TlsConnection present = session;
    if (present != null) {
      present.close();
    }
  }

  @Override
  public void sendMessage(
      TlsAddress to,
      byte[] message,
      @Nullable TransportStateReference reference,
      long timeoutMillis,
      int retries)
      throws IOException {
    TlsConnection present = session;
    if (present == null) {
      counters.increment(SnmpConstants.snmpTlstmSessionNoSessions);
      throw new IOException("there is no session with " + to);
    }
    if (!present.send(message)) {
      throw new IOException(to + " does not read");
    }
  }

  @Override
  public Class<TlsAddress> getSupportedAddressClass() {
    return TlsAddress.class;
  }

  @Override
  public TlsAddress getListenAddress() {
    return address;
  }

  /** Does nothing: the one listener is the gate, and there from the beginning. */
  @Override
  public void addTransportListener(TransportListener added) {}

  @Override
  public void removeTransportListener(TransportListener removed) {}

  /** Does nothing: it is opened when it is needed. */
  @Override
  public void listen() {}

  @Override
  public boolean isListening() {
    return isUp();
  }

  @Override
  public int getMaxInboundMessageSize() {
    return TlsConnection.MESSAGE_OCTETS;
  }

  @Override
  public void close() {
    TlsConnection present;
    synchronized (this) {
      closed = true;
      present = connection;
      session = null;
    }
    if (present != null) {
      present.close();
    }
  }
}
