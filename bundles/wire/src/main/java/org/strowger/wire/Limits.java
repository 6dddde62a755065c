package org.strowger.wire;

/** Every bound of the wire, named. */
final class Limits {
  /** Bytes asked from a socket in one read: the lever for bulk. */
  static final int READ_BYTES = 64 * 1024;

  /** Bytes waiting for a slow reader at which reading from its partner stops, and resumes. */
  static final int WRITE_HIGH_BYTES = 128 * 1024;

  static final int WRITE_LOW_BYTES = 32 * 1024;

  /** The same where bytes go to io_uring directly; they are in its buffers already. */
  static final long RING_HIGH_BYTES = 256 * 1024;

  /** Buffers that the kernel may fill, a loop: 1,024 of 64 KiB; made as they are needed. */
  static final int RING_LENT_BUFFERS = 1024;

  /**
   * Completions the kernel keeps for a loop without an allocation of its own: 16 bytes each, room
   * for one of each of as many sockets that end at once.
   */
  static final int RING_COMPLETIONS = 32_768;

  /** Time between two looks for connects that take too long. */
  static final long CONNECT_TICK_MILLIS = 50;

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

  /** Time a loop has to answer a question about its connections: some, for hosts that stall. */
  static final long LOOP_ANSWER_MILLIS = 10_000;

  /** Time without accepts after one failed, other than for want of file descriptors. */
  static final long ACCEPT_PAUSE_MILLIS = 100;

  /** File descriptors kept free: at least so many, or this part of the limit. */
  static final long DESCRIPTOR_RESERVE = 64;

  static final long DESCRIPTOR_RESERVE_PART = 20;

  /** Time between two looks at what gets short; descriptors are counted every 20th time. */
  static final long SHORTAGE_TICK_MILLIS = 250;

  static final long DESCRIPTOR_COUNT_TICKS = 20;

  /** Default budget of bytes waiting for slow readers, a loop. */
  static final long BUFFER_BUDGET = 64L << 20;

  /** Bytes read from a client before a real server has taken it, beyond which it is not read. */
  static final long EARLY_BYTES = 16 * 1024;

  /** Time between two slices of the search for idle connections. */
  static final long SWEEP_TICK_MILLIS = 50;

  /** Longest time that one round of it takes. */
  static final long SWEEP_ROUND_MILLIS = 10_000;

  /** Most connections that are visited in one slice. */
  static final long SWEEP_SLICE = 10_000;

  /** Time between two looks at those that wait for a place on a real server. */
  static final long WAIT_TICK_MILLIS = 100;

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

  /**
   * Ports of one virtual service that get a listening socket each; more are steered by the kernel.
   */
  static final int PORTS_BOUND = 1_024;

  /** Groups of ports named in one sentence about what cannot be listened on. */
  static final int PORTS_TOLD = 16;

  /** Time that a trusted source has to send its PROXY protocol header. */
  static final long PROXY_HEADER_MILLIS = 5_000;

  /** Bytes after the 16 fixed ones of a PROXY protocol header of version 2, TLVs included. */
  static final int PROXY_HEADER_BYTES = 4_096;

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
