package org.strowger.relay;

/**
 * The words and numbers agreed on with the wire; its class of the same name is the source. They are
 * added to, never renamed and never renumbered.
 */
final class Contract {
  /** Name of the wire's OSGi service. */
  static final String SERVICE = "org.strowger.wire.Wire";

  /** Service property, Long: the wire with the greatest one holds the listening sockets. */
  static final String GENERATION = "strowger.wire.generation";

  // Keys of a virtual service.
  static final String NAME = "name";
  static final String ADDRESS = "address";
  static final String LISTENING = "listening";
  static final String CONNECT_TIMEOUT = "connectTimeoutMillis";
  static final String CONNECT_TRIES = "connectTries";
  static final String REALS = "reals";

  // Keys of a real server.
  static final String ID = "id";
  static final String WEIGHT = "weight";

  // Keys of a filter and of a listed connection.
  static final String SERVICE_NAME = "service";
  static final String REAL = "real";
  static final String CLIENT = "client";
  static final String STATE = "state";
  static final String AGE = "ageMillis";
  static final String IDLE = "idleMillis";
  static final String BYTES_IN = "bytesIn";
  static final String BYTES_OUT = "bytesOut";

  /** Key in the memory: {@code Map<String, AtomicInteger>}, connect failures in a row. */
  static final String FAILURES = "connectFailures";

  // Cells of a virtual service's page.
  static final int SERVICE_ROW = 64;
  static final int CONNS_TOTAL = 0;
  static final int CONNS_HELD = 1;
  static final int SERVICE_BYTES_IN = 2;
  static final int SERVICE_BYTES_OUT = 3;
  static final int VERDICTS = 16;

  // Cells of a real server's page for one virtual service.
  static final int REAL_ROW = 16;
  static final int SELECTIONS = 0;
  static final int ESTABLISHED_TOTAL = 1;
  static final int ACTIVE = 2;
  static final int INACTIVE = 3;
  static final int CONN_FAILURES = 4;
  static final int REAL_BYTES_IN = 5;
  static final int REAL_BYTES_OUT = 6;

  private Contract() {}
}
