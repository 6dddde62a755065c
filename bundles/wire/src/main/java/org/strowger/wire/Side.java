package org.strowger.wire;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/**
 * One of the two sockets of a live connection, whatever moves its bytes. It tells its connection
 * what happens ({@link LiveConnection#read}, {@code readComplete}, {@code drained}, {@code
 * inputEnded}, {@code outputEnded}, {@code closed}, {@code failed}, {@code connected}, {@code
 * connectFailed}). On its loop only.
 */
interface Side {
  SideState state();

  /** Where it is connected to. */
  InetSocketAddress remote();

  /** From now on an accepted socket tells what happens; once, before anything else. */
  void begin();

  /** Connects; told is {@link LiveConnection#connected} or {@code connectFailed}. */
  void connect(InetSocketAddress address, int timeoutMillis);

  /**
   * Connects with a client's address as the source.
   *
   * @param samePort with its port too; if that is taken, {@link LiveConnection#connectFailed} is
   *     told a cause that {@link ConnectFailure#sourceTaken} knows
   */
  void connectFrom(
      InetSocketAddress client, boolean samePort, InetSocketAddress address, int timeoutMillis);

  /** Asks for one read; asking twice is asking once. */
  void read();

  /** Takes bytes to be sent with the next {@link #flush}; released when they were. */
  void write(ByteBuf bytes);

  void flush();

  /** False from {@link Limits#WRITE_HIGH_BYTES} waiting ones on until it has drained. */
  boolean writable();

  /** About how much memory waits to go into the socket, in bytes. */
  long pendingBytes();

  /** The same exactly, with what is partly sent; slower. */
  long unsentBytes();

  /** Tells {@link LiveConnection#drained} once all that was written has been sent. */
  void awaitSent();

  /** Ends the output after all that was written; then {@link LiveConnection#outputEnded}. */
  void endOutput();

  /** Ends the socket in order. */
  void close();

  /** Ends the socket with a reset. */
  void reset();
}
