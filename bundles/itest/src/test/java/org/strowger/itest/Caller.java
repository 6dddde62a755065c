package org.strowger.itest;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A client: one TCP connection through the director, from an address of loopback. */
final class Caller implements AutoCloseable {
  /** What {@link #greeting} says of a connection that was reset. */
  static final String RESET = "reset";

  /** What it says of one that ended in good order without a greeting. */
  static final String ENDED = "ended";

  private static final int PATIENCE_MILLIS = 30_000;
  private final Socket socket = new Socket();
  private boolean resetAtOnce;

  Caller(String source, String address, int port) throws IOException {
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(source), 0));
    try {
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), PATIENCE_MILLIS);
    } catch (ConnectException refused) {
      throw refused;
    } catch (SocketException reset) {
      resetAtOnce = true; // before the JDK had looked whether it is connected
    }
  }

  static Caller from(String source, int port) throws IOException {
    return new Caller(source, "127.0.0.1", port);
  }

  static Caller to(int port) throws IOException {
    return from("127.0.0.1", port);
  }

  /** The name of the real server that a connection comes to, which is closed at once. */
  static String greetingOf(String source, int port) throws IOException {
    try (Caller caller = from(source, port)) {
      return caller.greeting();
    }
  }

  int port() {
    return socket.getLocalPort();
  }

  /** The line that the real server says first, or how the connection ended. */
  String greeting() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int read = read(); read != '\n'; read = read()) {
      if (read < 0) {
        return read == -1 ? ENDED : RESET;
      }
      line.append((char) read);
    }
    return line.toString();
  }

  private int read() throws IOException {
    if (resetAtOnce) {
      return -2;
    }
    try {
      socket.setSoTimeout(PATIENCE_MILLIS);
      return socket.getInputStream().read();
    } catch (SocketTimeoutException silence) {
      throw silence;
    } catch (SocketException reset) {
      return -2;
    }
  }

  /** Whether a byte comes back: the connection lives. */
  boolean echoes() throws IOException {
    try {
      socket.getOutputStream().write('x');
    } catch (SocketException reset) {
      return false;
    }
    return read() == 'x';
  }

  /** Whether nothing more comes than a reset. */
  boolean isReset() throws IOException {
    return read() == -2;
  }

  /** All that a web server answers to a plain request for {@code /}. */
  String get() throws IOException {
    String request = "GET / HTTP/1.0\r\nHost: x\r\n\r\n";
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  /** Ends its own direction; the other one stays. */
  void end() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
