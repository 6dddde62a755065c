package org.strowger.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads the answers of one connection; the only form it knows has a Content-Length. */
final class HttpAnswer {
  private static final int HEAD_MAX = 4096;

  private final InputStream in;
  private final byte[] head = new byte[HEAD_MAX];

  HttpAnswer(InputStream in) {
    this.in = in;
  }

  static byte[] request(Target target, boolean keepAlive) {
    return """
        GET /1k HTTP/1.1\r
        Host: %s\r
        Connection: %s\r
        \r
        """
        .formatted(target.address(), keepAlive ? "keep-alive" : "close")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Reads one whole answer.
   *
   * @param last whether the connection has to end after it
   * @throws IOException if it is not a whole 200 answer, or the connection does not end cleanly
   */
  void read(boolean last) throws IOException {
    int filled = 0;
    int end = -1;
    while (end < 0) {
      if (filled == HEAD_MAX) {
        throw new IOException("a head of more than " + HEAD_MAX + " bytes");
      }
      int read = in.read(head, filled, HEAD_MAX - filled);
      if (read < 0) {
        throw new EOFException("the connection ended within the head");
      }
      filled += read;
      end = new String(head, 0, filled, StandardCharsets.US_ASCII).indexOf("\r\n\r\n");
    }
    String text = new String(head, 0, end, StandardCharsets.US_ASCII);
    if (!text.startsWith("HTTP/1.1 200")) {
      throw new IOException(text.lines().findFirst().orElse("an empty head"));
    }
    in.skipNBytes(length(text) - (filled - end - 4));
    if (last && in.read() >= 0) {
      throw new IOException("bytes after the answer");
    }
  }

  private static long length(String head) throws IOException {
    return head.lines()
        .filter(line -> line.regionMatches(true, 0, "Content-Length:", 0, 15))
        .mapToLong(line -> Long.parseLong(line.substring(15).strip()))
        .findFirst()
        .orElseThrow(() -> new IOException("an answer without Content-Length"));
  }
}
