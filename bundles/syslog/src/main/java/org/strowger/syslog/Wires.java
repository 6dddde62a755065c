package org.strowger.syslog;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.strowger.api.Management.SyslogTarget;

/** Opens UDP (RFC 5426), TCP with octet counting (RFC 6587) and TLS (RFC 5425). */
final class Wires {
  /** For a server to accept, and for TLS to be agreed, in milliseconds. */
  static final int CONNECT_MILLIS = 5_000;

  /** Longest datagram; what is longer is cut, as RFC 5426 allows. */
  static final int DATAGRAM_OCTETS = 2_048;

  private Wires() {}

  /**
   * @param state the state folder, which a relative path of the trusted certificates starts from
   */
  static Wire open(SyslogTarget target, Path state) throws IOException {
    InetSocketAddress server = new InetSocketAddress(target.address(), target.port());
    return switch (target.transport()) {
      case UDP -> new Datagrams(server);
      case TCP -> new Stream(connected(server));
      case TLS -> new Stream(secured(connected(server), target, state));
    };
  }

  private static Socket connected(InetSocketAddress server) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setSoTimeout(CONNECT_MILLIS);
      socket.setKeepAlive(true);
      socket.connect(server, CONNECT_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static Socket secured(Socket plain, SyslogTarget target, Path state) throws IOException {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      Path file = state.resolve(target.trustFile().orElseThrow());
      int number = 0;
      try (InputStream pem = new BufferedInputStream(Files.newInputStream(file))) {
        for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
          trusted.setCertificateEntry("c" + number++, each);
        }
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      SSLSocket secure =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(plain, target.address().getHostAddress(), target.port(), true);
      secure.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
      secure.startHandshake();
      return secure;
    } catch (GeneralSecurityException e) {
      plain.close();
      throw new IOException("no TLS: " + e.getMessage(), e);
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  private static final class Datagrams implements Wire {
    private final DatagramSocket socket;
    private final InetSocketAddress server;

    Datagrams(InetSocketAddress server) throws IOException {
      this.server = server;
      this.socket = new DatagramSocket();
    }

    @Override
    public void send(byte[] message) throws IOException {
      byte[] cut = Arrays.copyOf(message, Math.min(message.length, DATAGRAM_OCTETS));
      socket.send(new DatagramPacket(cut, cut.length, server));
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  private static final class Stream implements Wire {
    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;

    Stream(Socket socket) throws IOException {
      this.socket = socket;
      this.out = socket.getOutputStream();
      this.in = socket.getInputStream();
      socket.setSoTimeout(1);
    }

    /** A server says nothing: what can be read is that it has gone. */
    private void requireOpen() throws IOException {
      try {
        if (in.read() < 0) {
          throw new IOException("the server has closed the connection");
        }
      } catch (SocketTimeoutException stillThere) {
        return;
      }
    }

    @Override
    public void send(byte[] message) throws IOException {
      requireOpen();
      byte[] count = (message.length + " ").getBytes(StandardCharsets.US_ASCII);
      byte[] frame = Arrays.copyOf(count, count.length + message.length);
      System.arraycopy(message, 0, frame, count.length, message.length);
      out.write(frame);
      out.flush();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
