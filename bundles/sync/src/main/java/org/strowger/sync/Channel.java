package org.strowger.sync;

import java.io.IOException;
import java.util.Set;

/** The way to other directors: who is there, and messages to each, whole and in order. */
interface Channel extends AutoCloseable {
  /**
   * Sends; may wait while the other one takes nothing.
   *
   * @throws IOException if it cannot be sent, which is no news if the member is just going
   */
  void send(String member, byte[] message) throws IOException;

  /** Who is there, without this one. */
  Set<String> members();

  @Override
  void close();

  /** Is told, on threads of the channel; messages of one member one after the other. */
  interface Ear {
    /** These are there, without this one. */
    void members(Set<String> present);

    void heard(String member, byte[] message);
  }
}
