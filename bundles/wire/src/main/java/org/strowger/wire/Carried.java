package org.strowger.wire;

import java.net.InetSocketAddress;
import java.util.Map;

/** What a loop carries: a connection or a flow of datagrams. Asked on its loop only. */
interface Carried {
  /** Grows with the time of its beginning. */
  long id();

  ServicePort port();

  /** What it is counted in. */
  Account account();

  default String service() {
    return port().name();
  }

  /** The real server it is bound to, {@code pool/real}, or empty. */
  default String real() {
    return account().real();
  }

  InetSocketAddress client();

  /** A word for operators. */
  String state();

  /** When it began, by System.nanoTime. */
  long started();

  /** When the last byte came, likewise. */
  long lastActive();

  default long bytesIn() {
    return account().bytesIn();
  }

  default long bytesOut() {
    return account().bytesOut();
  }

  /** Ends it at once, with a reset where there is one. */
  void cut();

  /** The same, saying what for. */
  default void cut(End why) {
    cut();
  }

  /** {@code tcp} or {@code udp}. */
  String protocol();

  /** As it is listed. */
  default Map<String, Object> view(long now) {
    return Map.of(
        Contract.ID,
        id(),
        Contract.SERVICE_NAME,
        service(),
        Contract.PROTOCOL,
        protocol(),
        Contract.CLIENT,
        client(),
        Contract.REAL,
        real(),
        Contract.STATE,
        state(),
        Contract.AGE,
        Math.max(0, now - started()) / 1_000_000,
        Contract.IDLE,
        Math.max(0, now - lastActive()) / 1_000_000,
        Contract.BYTES_IN,
        bytesIn(),
        Contract.BYTES_OUT,
        bytesOut());
  }
}
