package org.strowger.checks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection of one look. It is closed when the look's time is over, whatever the other side
 * sends until then, and when its virtual thread is interrupted.
 */
final class Talk implements AutoCloseable {
  /** Longest line read, without its end. */
  static final int MAX_LINE = 1024;

  /** Most bytes read in one look: {@value} is far more than any dialogue needs. */
  static final int MAX_BYTES = 1 << 20;

  private final Look look;
  private final Socket plain;
  private Socket current;
  private InputStream in;
  private int bytesRead;
  private @Nullable Thread watch;

  private Talk(Look look, Socket plain) throws IOException {
    this.look = look;
    this.plain = plain;
    current = plain;
    in = new BufferedInputStream(plain.getInputStream(), 512);
  }

  static Talk open(Look look) throws IOException {
    look.step("connecting");
    Socket socket = new Socket();
    try {
      if (look.target().source().isPresent()) {
        socket.bind(new InetSocketAddress(look.target().source().get(), 0));
      }
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(look.address(), look.port()), look.remainingMillis());
      return new Talk(look, socket);
    } catch (IOException | RuntimeException | Error thrown) {
      socket.close();
      throw thrown;
    }
  }

  Look look() {
    return look;
  }

  /** The socket, to be given to a library; watched from now on. */
  Socket socket() {
    watch();
    return current;
  }

  /** From now on what {@code tls} says; at once. */
  Secured secure(Tls tls) throws IOException {
    watch();
    if (in.available() > 0) {
      throw new Unexpected("it sent more than asked for before the TLS handshake");
    }
    look.step("the TLS handshake");
    Secured secured = tls.handshake(plain, look.address(), look.port());
    current = secured.socket();
    in = new BufferedInputStream(current.getInputStream(), 512);
    return secured;
  }

  void write(byte[] bytes) throws IOException {
    watch();
    current.getOutputStream().write(bytes);
    current.getOutputStream().flush();
  }

  void write(String text) throws IOException {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The next byte, or -1 at the end of the stream. */
  int read() throws IOException {
    watch();
    int next = in.read();
    if (++bytesRead > MAX_BYTES) {
      throw new Unexpected("it sent more than " + MAX_BYTES + " bytes");
    }
    return next;
  }

  byte[] read(int count) throws IOException {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      int next = read();
      if (next < 0) {
        throw new java.io.EOFException();
      }
      bytes[i] = (byte) next;
    }
    return bytes;
  }

  /** A line without its end (LF or CR LF); bytes as Latin-1. The end of the stream ends it too. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = read(); next != '\n'; next = read()) {
      if (next < 0) {
        if (line.isEmpty()) {
          throw new java.io.EOFException();
        }
        break;
      }
      if (line.length() == MAX_LINE) {
        throw new Unexpected("it sent a line of more than " + MAX_LINE + " bytes");
      }
      line.append((char) next);
    }
    int length = line.length();
    if (length > 0 && line.charAt(length - 1) == '\r') {
      line.setLength(length - 1);
    }
    return line.toString();
  }

  /** Ends with a reset instead of leaving the connection in TIME_WAIT. */
  void resetAtClose() throws IOException {
    plain.setSoLinger(true, 0);
  }

  /** Slow bytes make every single read succeed: only a clock beside it bounds the whole. */
  private void watch() {
    if (watch == null) {
      watch = Thread.ofVirtual().name("check deadline").start(this::closeAtDeadline);
    }
  }

  private void closeAtDeadline() {
    try {
      look.awaitEnd();
      plain.close();
    } catch (InterruptedException ended) { // the look ended before its time
      Thread.currentThread().interrupt();
    } catch (IOException thrown) { // closed all the same: it says what could not be sent any more
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    if (watch != null) {
      watch.interrupt();
    }
    plain.close(); // without a TLS farewell, which could block
  }
}
