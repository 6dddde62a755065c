package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Source addresses that a persistent virtual service keeps on one real server each. */
final class PersistentSources {
  private static final int TIMEOUT_MILLIS = 20_000;
  private final int port;
  private final Map<String, String> first = new LinkedHashMap<>();

  /** Connects once from each of some sources on loopback. */
  PersistentSources(int port, int count) throws IOException {
    this.port = port;
    for (int i = 0; i < count; i++) {
      String source = "127.0.0." + (10 + i);
      first.put(source, nameFor(source));
    }
  }

  /** The real servers they are kept on. */
  long realServers() {
    return first.values().stream().distinct().count();
  }

  /** Connects anew from each: the same real servers answer. */
  void requireKept(String after) throws IOException {
    for (Map.Entry<String, String> kept : first.entrySet()) {
      assertEquals(kept.getValue(), nameFor(kept.getKey()), kept.getKey() + " after " + after);
    }
  }

  private String nameFor(String source) throws IOException {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(source), 0));
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write('w');
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    }
  }
}
