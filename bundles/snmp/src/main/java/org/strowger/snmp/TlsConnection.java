package org.strowger.snmp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.smi.TlsAddress;
import org.strowger.api.Management.SnmpTlsClient;

/**
 * One TLS session of a manager: messages one after the other, as BER delimits them. Two virtual
 * threads of its own, one reads and one writes, so that who does not read his answers keeps nobody
 * else waiting. Everything has its time: the handshake, a message that has begun, silence.
 */
final class TlsConnection {
  /** From the connection until the handshake is done. */
  static final int HANDSHAKE_SECONDS = 10;

  /** From the first octet of a message to the next, and to its last. */
  static final int MESSAGE_SECONDS = 10;

  /** Without a message the session is ended. */
  static final int IDLE_SECONDS = 600;

  /** Octets of a message; the session of one that announces more is ended. */
  static final int MESSAGE_OCTETS = 65_535;

  /** Answers that wait for a manager to read them; with the next the session is ended. */
  static final int WAITING_ANSWERS = 64;

  private static final int SEQUENCE = 0x30;
  private static final Logger log = LoggerFactory.getLogger(TlsConnection.class);

  /** Why a connection came to nothing. */
  enum Fault {
    /** The certificate of the client. */
    CERTIFICATE,

    /** What the client did. */
    CONDUCT,

    /** The client went, or does not want us: the port probe of a monitor, a manager's trust. */
    WITHDRAWN
  }

  /** What a session tells of itself; called on its threads. */
  interface Owner {
    /** Whose certificate it is, if he is let in. */
    Optional<SnmpTlsClient> client(X509Certificate certificate);

    /** The handshake is done; false if there is no room for another session. */
    boolean opened(TlsConnection connection);

    /** Its first message came. */
    void accepted(TlsConnection connection);

    void refused(TlsConnection connection, String why, Fault fault);

    void received(TlsConnection connection, byte[] message);

    void ended(TlsConnection connection);
  }

  private final Socket plain;
  private final TlsAddress peer;
  private final Owner owner;
  private final CountDownLatch shaken = new CountDownLatch(1);
  private final BlockingQueue<byte[]> answers = new ArrayBlockingQueue<>(WAITING_ANSWERS);
  private volatile @Nullable SnmpTlsClient client;
  private volatile @Nullable X509Certificate certificate;

  TlsConnection(Socket plain, Owner owner) {
    this.plain = plain;
    this.owner = owner;
    InetSocketAddress from = (InetSocketAddress) plain.getRemoteSocketAddress();
    this.peer = new TlsAddress(from.getAddress(), from.getPort());
  }

  TlsAddress peer() {
    return peer;
  }

  /** Who it is; null before the handshake is done. */
  @Nullable SnmpTlsClient client() {
    return client;
  }

  /** Whether his certificate is still the one of the same client. */
  boolean stillLetIn() {
    X509Certificate known = certificate;
    SnmpTlsClient was = client;
    return known == null
        || was == null
        || owner.client(known).filter(now -> now.name().equals(was.name())).isPresent();
  }

  void start(SSLSocketFactory factory) {
    Thread.ofVirtual().name("snmp-tls-read").start(() -> run(factory));
    Thread.ofVirtual().name("snmp-tls-write").start(this::watchHandshake);
  }

  /** Ends it at once, whatever its threads wait for. */
  void close() {
    try {
      plain.close();
    } catch (IOException e) {
      log.debug("the connection of {} did not close", peer, e);
    }
  }

  /** Queues an answer; ends the session if there is no room. */
  boolean send(byte[] answer) {
    if (answers.offer(answer)) {
      return true;
    }
    log.warn("{} does not read its answers; its session is ended", peer);
    close();
    return false;
  }

  private void run(SSLSocketFactory factory) {
    try (Socket closed = plain;
        SSLSocket tls =
            (SSLSocket)
                factory.createSocket(
                    closed, peer.getInetAddress().getHostAddress(), peer.getPort(), true)) {
      if (handshake(tls)) {
        shaken.countDown();
        Thread writer = Thread.ofVirtual().name("snmp-tls-write").start(() -> write(tls));
        try {
          readMessages(tls);
        } finally {
          writer.interrupt();
        }
      }
    } catch (EOFException | SocketTimeoutException e) {
      log.debug("session of {} ends", peer, e);
    } catch (IOException e) {
      log.debug("session of {} breaks", peer, e);
    } finally {
      shaken.countDown();
      close();
      owner.ended(this);
    }
  }

  private boolean handshake(SSLSocket tls) throws IOException {
    tls.setUseClientMode(false);
    tls.setEnabledProtocols(new String[] {"TLSv1.3"});
    tls.setNeedClientAuth(true);
    try {
      tls.startHandshake();
      X509Certificate shown = (X509Certificate) tls.getSession().getPeerCertificates()[0];
      Optional<SnmpTlsClient> known = owner.client(shown);
      if (known.isEmpty()) { // a session that was resumed by one who is not let in any more
        owner.refused(this, "no client has this certificate", Fault.CERTIFICATE);
        return false;
      }
      certificate = shown;
      client = known.get();
      return owner.opened(this);
    } catch (SSLException e) {
      String why = String.valueOf(e.getMessage());
      owner.refused(this, why, fault(e, why));
      return false;
    }
  }

  /** An alert that is received speaks of our certificate, whatever its name says. */
  static Fault fault(SSLException e, String why) {
    Throwable cause = e.getCause();
    if (cause instanceof CertificateException || why.contains("Empty client certificate chain")) {
      return Fault.CERTIFICATE;
    }
    boolean went = cause instanceof EOFException || cause instanceof SocketException;
    return went || why.contains("Received fatal alert") ? Fault.WITHDRAWN : Fault.CONDUCT;
  }

  private void watchHandshake() {
    try {
      if (!shaken.await(HANDSHAKE_SECONDS, TimeUnit.SECONDS)) {
        owner.refused(this, "no handshake in " + HANDSHAKE_SECONDS + " s", Fault.CONDUCT);
        close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void readMessages(SSLSocket tls) throws IOException {
    InputStream in = tls.getInputStream();
    boolean begun = false;
    while (true) {
      tls.setSoTimeout((int) TimeUnit.SECONDS.toMillis(IDLE_SECONDS));
      int first = in.read();
      if (first < 0) {
        return;
      }
      if (first != SEQUENCE) {
        owner.refused(this, "what is sent is no SNMP message", Fault.CONDUCT);
        return;
      }
      tls.setSoTimeout((int) TimeUnit.SECONDS.toMillis(MESSAGE_SECONDS));
      byte[] message = message(in, System.nanoTime());
      if (message.length == 0) {
        owner.refused(this, "a message of more than " + MESSAGE_OCTETS + " octets", Fault.CONDUCT);
        return;
      }
      if (!stillLetIn()) {
        owner.refused(this, "its certificate is not valid any more", Fault.CERTIFICATE);
        return;
      }
      if (!begun) {
        begun = true;
        owner.accepted(this);
      }
      owner.received(this, message);
    }
  }

  /** The rest of a message after its first octet; empty if it is longer than allowed. */
  private static byte[] message(InputStream in, long begun) throws IOException {
    byte[] header = new byte[5];
    header[0] = SEQUENCE;
    header[1] = (byte) octet(in);
    int octets = header[1] & 0xFF;
    int more = 0;
    if (octets >= 0x80) {
      more = octets & 0x7F;
      if (more == 0 || more > 3) {
        return new byte[0];
      }
      octets = 0;
      for (int i = 0; i < more; i++) {
        header[2 + i] = (byte) octet(in);
        octets = (octets << 8) | (header[2 + i] & 0xFF);
      }
    }
    int start = 2 + more;
    if (start + octets > MESSAGE_OCTETS) {
      return new byte[0];
    }
    byte[] message = Arrays.copyOf(header, start + octets);
    for (int at = start; at < message.length; ) {
      if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(MESSAGE_SECONDS)) {
        throw new SocketTimeoutException("a message that does not end");
      }
      int read = in.read(message, at, message.length - at);
      if (read < 0) {
        throw new EOFException();
      }
      at += read;
    }
    return message;
  }

  private static int octet(InputStream in) throws IOException {
    int octet = in.read();
    if (octet < 0) {
      throw new EOFException();
    }
    return octet;
  }

  private void write(SSLSocket tls) {
    try {
      while (true) {
        tls.getOutputStream().write(answers.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.debug("answer to {} was not sent", peer, e);
      close();
    }
  }
}
