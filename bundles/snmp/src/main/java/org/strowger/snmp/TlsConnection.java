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
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snmp4j.smi.TlsAddress;

/**
 * One TLS session with a manager: messages one after the other, as BER delimits them. Two virtual
 * threads of its own, one reads and one writes, so that who does not read what he is sent keeps
 * nobody else waiting. Everything has its time: the handshake, a message that has begun and, of a
 * manager who called us, silence.
 */
final class TlsConnection {
  /** From the connection until the handshake is done. */
  static final int HANDSHAKE_SECONDS = 10;

  /** From the first octet of a message to the next, and to its last. */
  static final int MESSAGE_SECONDS = 10;

  /** Without a message the session of one who called is ended. */
  static final int IDLE_SECONDS = 600;

  /** Octets of a message; the session of one that announces more is ended. */
  static final int MESSAGE_OCTETS = 65_535;

  /** Answers that wait for a manager to read them; with the next the session is ended. */
  static final int WAITING_ANSWERS = 64;

  /** Why a session ends whose other end is not let in any more. */
  static final String EXPIRED = "its certificate is not valid any more";

  private static final int KEEPALIVE_IDLE_SECONDS = 30;
  private static final int KEEPALIVE_INTERVAL_SECONDS = 10;
  private static final int KEEPALIVE_PROBES = 3;
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
    /** The name of the one whose certificate it is, if there may be a session with him. */
    Optional<String> peer(X509Certificate certificate);

    /** The handshake is done; false if there is no room for another session. */
    boolean opened(TlsConnection connection);

    /** Its first message came. */
    void accepted(TlsConnection connection);

    void refused(TlsConnection connection, String why, Fault fault);

    void received(TlsConnection connection, byte[] message);

    /**
     * It is over; comes once, whatever it was.
     *
     * @param inOrder whether the other end ended it, between two messages; else it broke, or we
     *     ended it
     */
    void ended(TlsConnection connection, String cause, boolean inOrder);
  }

  private final Socket plain;
  private final TlsAddress peer;
  private final Owner owner;
  private final CountDownLatch shaken = new CountDownLatch(1);
  private final boolean calls;
  private final BlockingQueue<byte[]> answers;
  private volatile @Nullable String name;
  private volatile @Nullable X509Certificate certificate;

  private TlsConnection(Socket plain, boolean calls, int waiting, Owner owner)
      throws SocketException {
    plain.setTcpNoDelay(true);
    keepAlive(plain);
    this.calls = calls;
    this.answers = new ArrayBlockingQueue<>(waiting);
    this.plain = plain;
    this.owner = owner;
    InetSocketAddress from = (InetSocketAddress) plain.getRemoteSocketAddress();
    this.peer = new TlsAddress(from.getAddress(), from.getPort());
  }

  /** One that a manager opened, who asks and is answered. */
  static TlsConnection accepted(Socket socket, Owner owner) throws SocketException {
    return new TlsConnection(socket, false, WAITING_ANSWERS, owner);
  }

  /**
   * One that we opened.
   *
   * @param waiting messages that may wait for the other to read them
   */
  static TlsConnection called(Socket socket, int waiting, Owner owner) throws SocketException {
    return new TlsConnection(socket, true, waiting, owner);
  }

  /** A peer that is gone without a word is found out. */
  private static void keepAlive(Socket socket) throws SocketException {
    try {
      socket.setKeepAlive(true);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEPALIVE_INTERVAL_SECONDS);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEPALIVE_PROBES);
    } catch (SocketException e) {
      throw e;
    } catch (IOException e) {
      throw new SocketException(e);
    }
  }

  TlsAddress peer() {
    return peer;
  }

  /** The name of who it is; null before the handshake is done. */
  @Nullable String name() {
    return name;
  }

  /** Whether his certificate is still the one of the same client. */
  boolean stillLetIn() {
    X509Certificate known = certificate;
    String was = name;
    return known == null || was == null || owner.peer(known).filter(was::equals).isPresent();
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
    String cause = "the other end ended it";
    boolean inOrder = false;
    try (Socket closed = plain;
        SSLSocket tls =
            (SSLSocket)
                factory.createSocket(
                    closed, peer.getInetAddress().getHostAddress(), peer.getPort(), true)) {
      if (handshake(tls)) {
        shaken.countDown();
        Thread writer = Thread.ofVirtual().name("snmp-tls-write").start(() -> write(tls));
        try {
          inOrder = readMessages(tls);
        } finally {
          writer.interrupt();
        }
      }
    } catch (EOFException | SocketTimeoutException e) {
      log.debug("session of {} ends", peer, e);
    } catch (IOException e) {
      cause = String.valueOf(e.getMessage());
      log.debug("session of {} breaks", peer, e);
    } finally {
      shaken.countDown();
      close();
      owner.ended(this, cause, inOrder);
    }
  }

  private boolean handshake(SSLSocket tls) throws IOException {
    tls.setUseClientMode(calls);
    tls.setEnabledProtocols(new String[] {"TLSv1.3"});
    if (!calls) {
      tls.setNeedClientAuth(true);
    }
    try {
      tls.startHandshake();
      X509Certificate shown = (X509Certificate) tls.getSession().getPeerCertificates()[0];
      Optional<String> known = owner.peer(shown);
      if (known.isEmpty()) { // a session that was resumed by one who is not let in any more
        owner.refused(this, "nobody who is configured has this certificate", Fault.CERTIFICATE);
        return false;
      }
      certificate = shown;
      name = known.get();
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

  /** Returns whether the other end ended it. */
  private boolean readMessages(SSLSocket tls) throws IOException {
    InputStream in = tls.getInputStream();
    boolean begun = false;
    while (true) {
      tls.setSoTimeout(calls ? 0 : (int) TimeUnit.SECONDS.toMillis(IDLE_SECONDS));
      int first = in.read();
      if (first < 0) {
        return true;
      }
      if (first != SEQUENCE) {
        owner.refused(this, "what is sent is no SNMP message", Fault.CONDUCT);
        return false;
      }
      tls.setSoTimeout((int) TimeUnit.SECONDS.toMillis(MESSAGE_SECONDS));
      byte[] message = message(in, System.nanoTime());
      if (message.length == 0) {
        owner.refused(this, "a message of more than " + MESSAGE_OCTETS + " octets", Fault.CONDUCT);
        return false;
      }
      if (!stillLetIn()) {
        owner.refused(this, EXPIRED, Fault.CERTIFICATE);
        return false;
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
