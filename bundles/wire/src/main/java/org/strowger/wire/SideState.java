package org.strowger.wire;

/** How far one of the two sockets of a connection is; touched by its loop only. */
final class SideState {
  private final boolean client;
  private boolean inputEnded;
  private boolean outputEnded;
  private boolean paused;

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
}
