package org.strowger.wire;

import io.netty.buffer.ByteBuf;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.strowger.wire.WantedService.Times;

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
  private final Buffers buffers;
  private final long begun = System.nanoTime();

  /** When the client spoke last, until it is answered; 0 while no answer is due. */
  private long asked;

  private long halfClosed;

  Copying(LiveConnection connection, Side client, Side server) {
    this.connection = connection;
    this.client = client;
    this.server = server;
    this.account = connection.account();
    this.buffers = connection.loop().buffers();
  }

  /**
   * Begins with what the client has said already.
   *
   * @param early owned by this now
   */
  void start(Queue<ByteBuf> early) {
    client.state().begin(begun);
    server.state().begin(begun);
    if (!early.isEmpty()) {
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
    long one = client.state().lastRead();
    long other = server.state().lastRead();
    return one - other > 0 ? one : other;
  }

  private Side partner(Side side) {
    return side.state().client() ? server : client;
  }

  /** Gives bytes to the other side, without sending them yet. */
  void relay(Side from, ByteBuf bytes) {
    long now = System.nanoTime();
    from.state().read(now);
    if (from.state().client()) {
      asked = now;
    } else if (asked != 0) {
      account.answered(now - asked);
      asked = 0;
    }
    account.moved(from.state().client(), bytes.readableBytes());
    partner(from).write(bytes);
  }

  /** Sends on what was read, and reads on unless the partner is slow. */
  void readOn(Side from) {
    Side to = partner(from);
    to.flush();
    long pending = to.pendingBytes();
    buffers.waiting(to.state(), pending);
    boolean slow = !to.writable();
    if (!slow && pending > 0 && buffers.over()) {
      slow = true;
      buffers.paused();
      to.awaitSent();
    }
    from.state().paused(slow);
    if (!slow) {
      from.read();
    }
  }

  /** The side drained: its partner is read again. */
  void drained(Side side) {
    Side from = partner(side);
    buffers.waiting(side.state(), side.pendingBytes());
    if (from.state().paused()) {
      from.state().paused(false);
      from.read();
    }
  }

  // --- idle times

  /** How it ends because nothing has moved for too long; null if it goes on. */
  @Nullable End idle(long now, Times times) {
    look(client, now, account.bytesOut());
    look(server, now, account.bytesIn());
    long ofClient = now - client.state().lastMoved();
    long ofServer = now - server.state().lastMoved();
    if (halfClosed != 0) {
      long both = Math.min(now - halfClosed, Math.min(ofClient, ofServer));
      return beyond(both, times.halfClosed()) ? End.HALF_CLOSED_IDLE : null;
    }
    if (beyond(ofClient, times.clientIdle())) {
      return End.CLIENT_IDLE;
    }
    return beyond(ofServer, times.serverIdle()) ? End.SERVER_IDLE : null;
  }

  private void look(Side side, long now, long given) {
    long pending = side.pendingBytes();
    buffers.waiting(side.state(), pending);
    long unsent = pending == 0 ? 0 : side.unsentBytes();
    side.state().look(now, given, unsent, partner(side).state().lastRead());
  }

  private static boolean beyond(long nanos, long millis) {
    return millis > 0 && nanos / 1_000_000 >= millis;
  }

  // --- ending

  /** One side will say no more: tells the other after all that was said. */
  void inputEnded(Side side) {
    endOutput(partner(side));
  }

  private void endOutput(Side to) {
    if (halfClosed == 0) {
      halfClosed = System.nanoTime();
    }
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

  /** The connection has ended: nothing waits any more. */
  void end() {
    buffers.waiting(client.state(), 0);
    buffers.waiting(server.state(), 0);
  }
}
