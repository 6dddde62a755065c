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

  // Keys of a virtual service in Wire.apply.
  static final String NAME = "name"; // String
  static final String ADDRESS = "address"; // InetSocketAddress
  static final String LISTENING = "listening"; // Boolean
  static final String CONNECT_TIMEOUT = "connectTimeoutMillis"; // Long
  static final String CONNECT_TRIES = "connectTries"; // Integer
  static final String REALS = "reals"; // List<Map>

  // Keys of a real server.
  static final String ID = "id"; // String, pool/real
  static final String WEIGHT = "weight"; // Integer; 0 while it should get no new connections

  // Keys of a filter and of a listed connection (with "id", Long, and "address" left out).
  static final String SERVICE_NAME = "service"; // String
  static final String REAL = "real"; // String, pool/real
  static final String CLIENT = "client"; // InetAddress in a filter, InetSocketAddress in a list
  static final String PROTOCOL = "protocol"; // String
  static final String STATE = "state"; // String
  static final String AGE = "ageMillis"; // Long
  static final String IDLE = "idleMillis"; // Long
  static final String BYTES_IN = "bytesIn"; // Long
  static final String BYTES_OUT = "bytesOut"; // Long

  // Keys of Wire.handOver.
  static final String HANDED_TRANSPORT = "transport"; // String
  static final String HANDED_SERVICES = "services"; // List<Map>, as in Wire.apply
  static final String HANDED_SOCKETS = "sockets"; // Map<String, List<Integer|ServerSocketChannel>>
  static final String HANDED_GENERATION = "generation"; // Long
  static final String HANDED_LEDGER = "ledger";
  static final String HANDED_MEMORY = "memory";

  /** Key in the memory: {@code Map<String, AtomicInteger>}, connect failures in a row. */
  static final String FAILURES = "connectFailures";

  // Cells of a virtual service's page: one row a loop, SERVICE_ROW cells wide.
  static final int SERVICE_ROW = 64;
  static final int CONNS_TOTAL = 0;
  static final int CONNS_HELD = 1;
  static final int SERVICE_BYTES_IN = 2;
  static final int SERVICE_BYTES_OUT = 3;
  static final int PARKED_TOTAL = 4;
  static final int CHOSEN_ALONE = 5;

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

  // Verdicts that the wire reaches by itself.
  static final int ACCEPTED = 1;
  static final int NO_REAL_SERVER = 2;
  static final int CONNECT_FAILED = 3;
  static final int CONTROL_ABSENT = 8;

  private Contract() {}
}
