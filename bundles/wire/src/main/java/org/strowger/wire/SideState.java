package org.strowger.wire;

/** How far one of the two sockets of a connection is; touched by its loop only. */
final class SideState {
  private final boolean client;
  private boolean inputEnded;
  private boolean outputEnded;
  private boolean paused;
  private boolean hadUnsent;
  private long lastRead;
  private long lastSent;
  private long sent;
  private long buffered;

  SideState(boolean client) {
    this.client = client;
  }

  /** The client's socket, else the real server's. */
  boolean client() {
    return client;
  }

  /** The socket will say no more. */
  boolean inputEnded() {
    return inputEnded;
  }

  void endInput() {
    inputEnded = true;
  }

  /** Nothing more will be said to it. */
  void endOutput() {
    outputEnded = true;
  }

  /** Both directions have been ended in order. */
  boolean finished() {
    return inputEnded && outputEnded;
  }

  /** Not read, because the partner is slow. */
  boolean paused() {
    return paused;
  }

  void paused(boolean nowPaused) {
    paused = nowPaused;
  }

  /** The connection is established now: idle times begin. */
  void begin(long now) {
    lastRead = now;
    lastSent = now;
  }

  /** Bytes came from it. */
  void read(long now) {
    lastRead = now;
  }

  long lastRead() {
    return lastRead;
  }

  /** When the last byte came from it or was seen to go into it, by System.nanoTime. */
  long lastMoved() {
    return lastRead - lastSent > 0 ? lastRead : lastSent;
  }

  /**
   * Compares what has gone into the socket with what had when this was last asked. That nothing is
   * told of each write keeps the way of a byte short; the time is as exact as the asking is often,
   * and never too early.
   *
   * @param given bytes that were given to it since it is established
   * @param unsent of these, those that still wait
   * @param lastGiven when the last of them came
   */
  void look(long now, long given, long unsent, long lastGiven) {
    long gone = given - unsent;
    if (gone != sent) {
      sent = gone;
      lastSent = unsent > 0 || hadUnsent ? now : lastGiven;
    }
    hadUnsent = unsent > 0;
  }

  /** Bytes waiting for it as the loop's {@link Buffers} knows them. */
  long buffered() {
    return buffered;
  }

  void buffered(long bytes) {
    buffered = bytes;
  }
}
