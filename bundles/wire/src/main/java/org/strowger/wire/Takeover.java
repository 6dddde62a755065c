package org.strowger.wire;

import java.nio.channels.DatagramChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What another wire handed over, of this or another version.
 *
 * <p>The order matters: both wires accept from the same sockets for a moment, and only then the
 * other one stops, so that no connection waits in a backlog that nobody empties. Flows of datagrams
 * are taken last: from the moment they are told until they are adopted, nobody reads.
 */
final class Takeover {
  private static final Logger log = LoggerFactory.getLogger(Takeover.class);

  private final Map<String, Object> handed;

  Takeover(Map<String, Object> handed) {
    this.handed = handed;
  }

  /** Ledger and memory to go on with. */
  @SuppressWarnings("unchecked") // the contract names the types of these keys
  SocketWire.Books books() {
    return new SocketWire.Books(
        (Long) required(Contract.HANDED_GENERATION) + 1,
        (ConcurrentMap<String, AtomicReference<AtomicLongArray[]>>)
            required(Contract.HANDED_LEDGER),
        (ConcurrentMap<String, Object>) required(Contract.HANDED_MEMORY));
  }

  @SuppressWarnings("unchecked") // the contract names the types of these keys
  void into(SocketWire wire) {
    List<WantedService> services =
        ((List<Map<String, Object>>) required(Contract.HANDED_SERVICES))
            .stream().map(WantedService::of).toList();
    Map<String, List<Object>> sockets = new HashMap<>();
    if (wire.transport().equals(required(Contract.HANDED_TRANSPORT))) {
      sockets.putAll((Map<String, List<Object>>) required(Contract.HANDED_SOCKETS));
    } else {
      log.warn(
          "the wire before used {}, this one uses {}: new sockets are opened beside the old ones,"
              + " connections in their backlog may be lost",
          handed.get(Contract.HANDED_TRANSPORT),
          wire.transport());
    }
    wire.adopt(services, sockets);
    wire.adoptDatagrams(
        services,
        (Map<String, List<DatagramChannel>>)
            handed.getOrDefault(Contract.HANDED_DATAGRAMS, Map.of()),
        (Supplier<List<Map<String, Object>>>)
            handed.getOrDefault(Contract.HANDED_FLOWS, (Supplier<List<?>>) List::of));
  }

  private Object required(String key) {
    Object value = handed.get(key);
    if (value == null) {
      throw new IllegalArgumentException("hand-over without '" + key + "'");
    }
    return value;
  }
}
