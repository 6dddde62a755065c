package org.strowger.wire;

/** Every bound of the wire, named. */
final class Limits {
  /** Bytes asked from a socket in one read: the lever for bulk. */
  static final int READ_BYTES = 64 * 1024;

  /** Bytes waiting for a slow reader at which reading from its partner stops, and resumes. */
  static final int WRITE_HIGH_BYTES = 128 * 1024;

  static final int WRITE_LOW_BYTES = 32 * 1024;

  /** Buffers of io_uring's provided ring, a loop: 64 x 64 KiB are 4 MiB. */
  static final int RING_BUFFERS = 64;

  /** Buffers given to the ring at once. */
  static final int RING_BATCH = 16;

  /** Connections the kernel keeps for us until they are accepted, a listening socket. */
  static final int BACKLOG = 4096;

  /** New connections that wait for a decider, a loop; the next ones are decided without it. */
  static final int PARKED = 4096;

  /** Time a new connection waits for a decider before the wire decides without it. */
  static final long PARK_MILLIS = 5_000;

  /** Time between two tries to listen on an address that is not free. */
  static final long LISTEN_RETRY_MILLIS = 2_000;

  /** Time a loop has to answer a question about its connections. */
  static final long LOOP_ANSWER_MILLIS = 2_000;

  /** Time between accepts when the process is out of file descriptors. */
  static final long ACCEPT_PAUSE_MILLIS = 100;

  /** Time a retiring wire still handles connections that its loops took out of the backlog. */
  static final long RETIRE_MILLIS = 100;

  /** Time without a new task after which a stopping loop ends: sockets close in several steps. */
  static final long STOP_QUIET_MILLIS = 50;

  /** Time that the loops get to end when the wire stops. */
  static final long STOP_MILLIS = 2_000;

  /** Keys in the ledger; beyond, those without a live connection and not wanted are dropped. */
  static final int LEDGER_KEYS = 65_536;

  /** Default time a real server has to accept a connection. */
  static final long CONNECT_TIMEOUT_MILLIS = 3_000;

  /** Default time without a byte after which a connection is reset. */
  static final long IDLE_MILLIS = 900_000;

  /** The same once one direction has ended. */
  static final long HALF_CLOSED_MILLIS = 120_000;

  /** Default time that a flow waits for its next datagram. */
  static final long FLOW_MILLIS = 300_000;

  /** Default time that a connection waits for a place on a real server. */
  static final long QUEUE_MILLIS = 5_000;

  /** Default lines of the connection log a second. */
  static final int LOG_RATE = 100;

  /** Default number of real servers tried for one connection. */
  static final int CONNECT_TRIES = 3;

  /** Bytes of the greatest datagram, and a few. */
  static final int DATAGRAM_BYTES = 65_536;

  /** Datagrams read from one socket before others have their turn. */
  static final int DATAGRAMS_A_TURN = 64;

  /** Receive buffer asked for a socket of a virtual service; the kernel may give less. */
  static final int DATAGRAM_BUFFER_BYTES = 4 << 20;

  /** Flows of datagrams a loop; new ones are refused beyond, and a shortage is told. */
  static final int FLOWS = 65_536;

  /** Datagrams of one flow kept until it has a real server, or that one has answered. */
  static final int FLOW_KEPT = 8;

  /** Bytes of all datagrams kept on a loop. */
  static final int KEPT_BYTES = 16 << 20;

  /** Time a new flow waits for a decider before the wire decides without it: clients ask again. */
  static final long PARK_DATAGRAM_MILLIS = 1_000;

  /** Time between two slices of the search for idle flows, and the flows looked at in one. */
  static final long SWEEP_MILLIS = 100;

  static final int SWEEP_FLOWS = 4_096;

  /** Ports of one virtual service with datagrams. */
  static final int DATAGRAM_PORTS = 4_096;

  /** Sockets a real server and loop for datagrams that are scheduled alone. */
  static final int WAYS = 512;

  /** Time that such a socket belongs to the client of its last datagram if no answer comes. */
  static final long WAY_MILLIS = 5_000;

  /** The same once an answer has come, unless all sockets are in use. */
  static final long WAY_ANSWERED_MILLIS = 250;

  /** Time after which such a socket is closed. */
  static final long WAY_IDLE_MILLIS = 30_000;

  /** Time that another wire has to take the flows it was told of. */
  static final long HAND_OVER_MILLIS = 5_000;

  private Limits() {}
}
