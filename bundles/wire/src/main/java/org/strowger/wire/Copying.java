package org.strowger.wire;

import io.netty.buffer.ByteBuf;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Moves the bytes of a connection both ways.
 *
 * <p>Back-pressure: what one side sends waits in the other side's socket buffer; when that is full,
 * reading stops until it has drained, so that a reader who never reads costs a bounded amount. Each
 * direction ends by itself (half-close), after all of its bytes.
 */
final class Copying {
  private final LiveConnection connection;
  private final Side client;
  private final Side server;
  private final Account account;
  private long lastActive = System.nanoTime();

  Copying(LiveConnection connection, Side client, Side server) {
    this.connection = connection;
    this.client = client;
    this.server = server;
    this.account = connection.account();
  }

  /**
   * Begins with what the client has said already.
   *
   * @param early owned by this now
   */
  void start(@Nullable Queue<ByteBuf> early) {
    if (early != null && !early.isEmpty()) {
      for (ByteBuf bytes = early.poll(); bytes != null; bytes = early.poll()) {
        relay(client, bytes);
      }
      server.flush();
    }
    if (client.state().inputEnded()) {
      endOutput(server);
    } else {
      client.read();
    }
    server.read();
  }

  /** When the last byte came, by System.nanoTime. */
  long lastActive() {
    return lastActive;
  }

  private Side partner(Side side) {
    return side.state().client() ? server : client;
  }

  /** Gives bytes to the other side, without sending them yet. */
  void relay(Side from, ByteBuf bytes) {
    lastActive = System.nanoTime();
    account.moved(from.state().client(), bytes.readableBytes());
    partner(from).write(bytes);
  }

  /** Sends on what was read, and reads on unless the partner is slow. */
  void readOn(Side from) {
    Side to = partner(from);
    to.flush();
    boolean slow = !to.writable();
    from.state().paused(slow);
    if (!slow) {
      from.read();
    }
  }

  /** The side drained: its partner is read again. */
  void drained(Side side) {
    Side from = partner(side);
    if (from.state().paused()) {
      from.state().paused(false);
      from.read();
    }
  }

  /** One side will say no more: tells the other after all that was said. */
  void inputEnded(Side side) {
    endOutput(partner(side));
  }

  private void endOutput(Side to) {
    account.halfClosed();
    connection.state(ConnectionState.HALF_CLOSED);
    to.endOutput();
  }

  /** A side was told the end, after all of its bytes. */
  void outputEnded(Side side) {
    closeFinished(side);
    closeFinished(partner(side));
  }

  private static void closeFinished(Side side) {
    if (side.state().finished()) {
      side.close();
    }
  }
}
