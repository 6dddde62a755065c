package org.strowger.wire;

/**
 * The words and numbers that the wire and its user agree on without sharing a class. They are added
 * to, never renamed and never renumbered: wires of two versions run side by side.
 */
final class Contract {
  /** Name under which the service is registered. */
  static final String SERVICE = Wire.class.getName();

  /** Service property, Long: the wire with the greatest generation holds the listening sockets. */
  static final String GENERATION = "strowger.wire.generation";

  /** Service property, Boolean: retired, and the last live connection has ended. */
  static final String DRAINED = "strowger.wire.drained";

  /** Service property, String: the transport. */
  static final String TRANSPORT = "strowger.wire.transport";

  // Keys of a virtual service.
  static final String NAME = "name"; // String
  static final String PROTOCOL = "protocol"; // String: tcp, udp
  static final String ADDRESS = "address"; // InetSocketAddress, with the first port
  static final String LAST_PORT = "lastPort"; // Integer
  static final String LISTENING = "listening"; // Boolean
  static final String ONE_PACKET = "onePacket"; // Boolean
  static final String CONNECT_TIMEOUT = "connectTimeoutMillis"; // Long
  static final String CLIENT_IDLE = "clientIdleMillis"; // Long
  static final String SERVER_IDLE = "serverIdleMillis"; // Long
  static final String HALF_CLOSED = "halfClosedMillis"; // Long
  static final String FLOW = "flowMillis"; // Long
  static final String CONNECT_TRIES = "connectTries"; // Integer
  static final String QUEUE_SIZE = "queueSize"; // Integer
  static final String QUEUE_TIMEOUT = "queueMillis"; // Long
  static final String SEND_PROXY = "sendProxy"; // Integer: 0, 1, 2
  static final String PROXY_FROM = "proxyFrom"; // List<Map.Entry<InetAddress, Integer>>, prefixes
  static final String TRANSPARENT_SOURCE = "transparentSource"; // Boolean
  static final String LOG_SAMPLE = "logSample"; // Integer, 0 = none
  static final String LOG_RATE = "logRate"; // Integer, lines a second
  static final String REALS = "reals"; // List<Map>

  // Keys of a real server.
  static final String ID = "id"; // String, pool/real
  static final String WEIGHT = "weight"; // Integer; 0 while it should get no new connections

  // Keys of a filter and of a listed connection (with "id", Long, and "address" left out).
  static final String SERVICE_NAME = "service"; // String
  static final String REAL = "real"; // String, pool/real
  static final String CLIENT = "client"; // InetAddress in a filter, InetSocketAddress in a list
  static final String CLIENT_PREFIX = "clientPrefix"; // Integer, filter only: bits of CLIENT
  static final String STATE = "state"; // String
  static final String AGE = "ageMillis"; // Long; in a filter: at least
  static final String IDLE = "idleMillis"; // Long; in a filter: at least
  static final String BYTES_IN = "bytesIn"; // Long
  static final String BYTES_OUT = "bytesOut"; // Long
  static final String END = "end"; // String, filter of disconnect only: drained, for the log
  static final String BYTES = "bytes"; // Long, filter only: both ways, at least
  static final String AFTER = "after"; // Long, filter only: ids above
  static final String CONNECTIONS = "connections"; // Long, in a list of talkers; with NAME

  // What talkers are summed up by.
  static final String BY_CLIENT = "client";
  static final String BY_REAL = "real";
  static final String BY_SERVICE = "service";

  // Keys of Wire.handOver.
  static final String HANDED_TRANSPORT = "transport"; // String
  static final String HANDED_SERVICES = "services"; // List<Map>, as in Wire.apply
  static final String HANDED_SOCKETS = "sockets"; // Map<String, List<Integer|ServerSocketChannel>>
  static final String HANDED_GENERATION = "generation"; // Long
  static final String HANDED_LEDGER = "ledger";
  static final String HANDED_MEMORY = "memory";

  // For datagrams the sockets are the JDK's, bound or connected, whatever the transport.
  static final String HANDED_DATAGRAMS = "datagrams"; // Map<String, List<DatagramChannel>>

  /**
   * {@code Supplier<List<Map<String, Object>>>}: asked once, it tells the flows, and the wire that
   * tells them reads no datagram from then on, unless it is not retired soon.
   */
  static final String HANDED_FLOWS = "flows";

  // Keys of a flow that is handed over, beside ID, SERVICE_NAME, CLIENT, REAL, ADDRESS (the real
  // server's), BYTES_IN and BYTES_OUT; those of the real server are absent while it has none.
  static final String FLOW_AT = "at"; // DatagramChannel of HANDED_DATAGRAMS
  static final String FLOW_SOCKET = "socket"; // DatagramChannel to the real server
  static final String FLOW_STARTED = "started"; // Long, System.nanoTime
  static final String FLOW_ACTIVE = "active"; // Long, System.nanoTime
  static final String FLOW_ANSWERED = "answered"; // Boolean
  static final String FLOW_SETTLED = "settled"; // Boolean: its verdict is given
  static final String FLOW_TRIED = "tried"; // List<String>
  static final String FLOW_KEPT = "kept"; // List<byte[]>
  static final String FLOW_TALLIES = "tallies"; // List<AtomicLongArray>

  /** Key in the memory: {@code Map<String, AtomicInteger>}, connect failures in a row. */
  static final String FAILURES = "connectFailures";

  /** Why a real server failed that refused a datagram; others are for people. */
  static final String NO_DATAGRAMS = "port unreachable";

  // Cells of a virtual service's page: one row a loop, SERVICE_ROW cells wide.
  static final int SERVICE_ROW = 64;
  static final int CONNS_TOTAL = 0;
  static final int CONNS_HELD = 1;
  static final int SERVICE_BYTES_IN = 2;
  static final int SERVICE_BYTES_OUT = 3;
  static final int PARKED_TOTAL = 4;
  static final int CHOSEN_ALONE = 5;
  static final int TIMED_OUT = 6;
  static final int RESET_BY_CLIENT = 7;
  static final int RESET_BY_REAL = 8;
  static final int WAITING = 9;
  static final int WAITED_TOTAL = 10;
  static final int RETRIES = 11;
  static final int PACKETS_IN = 12;
  static final int PACKETS_OUT = 13;
  static final int PACKETS_DROPPED = 14;
  static final int LOG_SUPPRESSED = 15;

  /** Cell of a verdict: this and the verdict's code, 1 to 47. */
  static final int VERDICTS = 16;

  // Cells of a real server's page for one virtual service: one row a loop, REAL_ROW cells wide.
  static final int REAL_ROW = 16;
  static final int SELECTIONS = 0;
  static final int ESTABLISHED_TOTAL = 1;
  static final int ACTIVE = 2;
  static final int INACTIVE = 3;
  static final int CONN_FAILURES = 4;
  static final int REAL_BYTES_IN = 5;
  static final int REAL_BYTES_OUT = 6;

  /** Smoothed nanoseconds until an answer begins; a row's own, 0 = unknown. */
  static final int LATENCY = 7;

  static final int REAL_RESETS = 8;

  /** Key of the wire's own page, SERVICE_ROW cells a row. */
  static final String WIRE_PAGE = "*";

  static final int ACCEPT_PAUSES = 0;
  static final int BUFFER_PAUSES = 1;
  static final int BUFFER_BYTES = 2;

  // Bits of an attempt in Decider.choose.
  static final int FIRST = 1;
  static final int MAY_WAIT = 2;

  /** Answer of Decider.choose in place of a verdict: it may wait. */
  static final int WAIT = 0;

  // Cells of a tally that the decider hands to bind.
  static final int TALLY_HELD = 0;
  static final int TALLY_LAST_END = 1;

  // Verdicts that the wire reaches by itself.
  static final int ACCEPTED = 1;
  static final int NO_REAL_SERVER = 2;
  static final int CONNECT_FAILED = 3;
  static final int CONNECTION_LIMIT = 5;
  static final int NOT_IN_SERVICE = 7;
  static final int CONTROL_ABSENT = 8;
  static final int QUEUE_EXPIRED = 9;
  static final int QUEUE_FULL = 10;
  static final int BAD_PROXY_HEADER = 11;
  static final int CLIENT_GONE = 12;

  private Contract() {}
}
