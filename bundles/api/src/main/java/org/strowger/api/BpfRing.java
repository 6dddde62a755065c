package org.strowger.api;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The reading end of a ring of events that programs write. Calls take turns; whoever closes waits
 * for a call that runs.
 *
 * <p>A full ring drops at the writing end: the program counts that itself.
 */
public interface BpfRing extends AutoCloseable {
  /**
   * Waits until there is something to read.
   *
   * @return false if the time passed, the thread was interrupted or the ring was closed
   */
  boolean await(Duration atMost) throws KernelException;

  /**
   * Shows events in their order, each once, without waiting.
   *
   * @param event gets the bytes, from position 0 to the limit; they change after the call. If it
   *     throws, that event counts as read.
   * @param atMost events shown
   * @return events shown
   */
  int read(Consumer<ByteBuffer> event, int atMost);

  /** Bytes written and not yet read, headers included. */
  long backlogBytes();

  /** Bytes it has room for. */
  long sizeBytes();

  @Override
  void close();
}
