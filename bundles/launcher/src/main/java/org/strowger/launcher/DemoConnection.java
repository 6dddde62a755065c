package org.strowger.launcher;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One client's HTTP/1.1 connection to a {@link DemoRealServer}; owned by its virtual thread. */
final class DemoConnection {
  private static final int IDLE_MILLIS = 60_000;
  private static final int MAX_HEAD_BYTES = 8_192;
  private static final long MAX_BODY_BYTES = 1L << 30;
  private static final long MAX_SLOW_MILLIS = 60_000;

  private final InputStream in;
  private final OutputStream out;
  private final byte[] name;

  DemoConnection(Socket socket, String name) throws IOException {
    socket.setSoTimeout(IDLE_MILLIS);
    socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = new BufferedOutputStream(socket.getOutputStream(), 65_536);
    this.name = (name + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** What matters of a request. */
  private record Request(
      String method, String path, long bodyBytes, boolean chunked, boolean close) {}

  void serve() throws IOException {
    boolean goOn = true;
    while (goOn) {
      Request request = read();
      if (request == null) {
        return;
      }
      goOn = !request.close() && !request.chunked();
      if (request.chunked()) {
        respond(request, "411 Length Required", name, name.length, false);
      } else {
        in.skipNBytes(request.bodyBytes());
        answer(request, goOn);
      }
      out.flush();
    }
  }

  /** Null at the end of the connection. */
  private @Nullable Request read() throws IOException {
    String line = line(MAX_HEAD_BYTES);
    if (line == null) {
      return null;
    }
    String[] words = line.split(" ", -1);
    if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
      throw new IOException("no HTTP/1 request: " + line);
    }
    boolean close = words[2].equals("HTTP/1.0");
    boolean chunked = false;
    long bodyBytes = 0;
    int left = MAX_HEAD_BYTES - line.length();
    for (String field = field(left); !field.isEmpty(); field = field(left)) {
      left -= field.length() + 2;
      String lower = field.toLowerCase(Locale.ROOT);
      if (lower.startsWith("connection:")) {
        close = lower.contains("close") || (close && !lower.contains("keep-alive"));
      } else if (lower.startsWith("content-length:")) {
        bodyBytes = number(lower.substring("content-length:".length()).strip(), MAX_BODY_BYTES);
      } else if (lower.startsWith("transfer-encoding:")) {
        chunked = true;
      }
    }
    return new Request(words[0], words[1], bodyBytes, chunked, close);
  }

  private String field(int left) throws IOException {
    String line = line(left);
    if (line == null) {
      throw new EOFException("ended inside a request");
    }
    return line;
  }

  private @Nullable String line(int limit) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return null;
      }
      if (line.length() >= limit) {
        throw new IOException("request head longer than " + MAX_HEAD_BYTES + " bytes");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  private static long number(String digits, long limit) throws IOException {
    if (!digits.matches("[0-9]{1,10}") || Long.parseLong(digits) > limit) {
      throw new IOException("'" + digits + "', expected a number from 0 to " + limit);
    }
    return Long.parseLong(digits);
  }

  private void answer(Request request, boolean keepAlive) throws IOException {
    String path = request.path();
    if (path.startsWith("/bytes/")) {
      long count = number(path.substring("/bytes/".length()), MAX_BODY_BYTES);
      respond(request, "200 OK", new byte[8_192], count, keepAlive);
      return;
    }
    if (path.startsWith("/slow/")) {
      pause(number(path.substring("/slow/".length()), MAX_SLOW_MILLIS));
    }
    respond(request, "200 OK", name, name.length, keepAlive);
  }

  private static void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void respond(
      Request request, String status, byte[] pattern, long count, boolean keepAlive)
      throws IOException {
    String head =
        "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: %s\r\n\r\n"
            .formatted(status, count, keepAlive ? "keep-alive" : "close");
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    if (request.method().equals("HEAD")) {
      return;
    }
    for (long left = count; left > 0; left -= pattern.length) {
      out.write(pattern, 0, (int) Math.min(left, pattern.length));
    }
  }
}
