package org.strowger.api;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Carries VRRP's packets, IP protocol 112; an OSGi service. Any thread may ask it. */
public interface VrrpPackets {
  /** Why it cannot, one sentence that says what to do; empty if it can. */
  Optional<String> unavailable();

  /**
   * Opens the sockets; nothing is heard before {@link Link#join}.
   *
   * @throws KernelException if the process may not
   */
  Link open() throws KernelException;

  /** The sockets of both families. Used by one thread, but for what says otherwise. */
  interface Link extends AutoCloseable {
    /** Hears what is sent to VRRP's group on this device, 224.0.0.18 or ff02::12. */
    void join(int device, boolean ipv6) throws KernelException;

    /** Hears it no more; nothing if it did not. */
    void leave(int device, boolean ipv6);

    /**
     * Sends with TTL or hop limit 255, in the class of network control.
     *
     * @param source an address of this host, of the family of {@code to}
     */
    void send(int device, InetAddress source, InetAddress to, byte[] message)
        throws KernelException;

    /**
     * Waits for a packet, longer than so many nanoseconds only by what the kernel's timers are
     * late.
     *
     * @return empty if none came, or {@link #wake} was called
     */
    Optional<Packet> receive(long nanos) throws KernelException;

    /** Ends the waiting, that now or the next; any thread. */
    void wake();

    /**
     * Gives the calling thread a priority of real time, so that others do not delay it.
     *
     * @return why not; empty if it has it
     */
    Optional<String> realTime();

    @Override
    void close();
  }

  /**
   * What was heard.
   *
   * @param device it came through
   * @param hops TTL or hop limit
   * @param message without the network header, at most {@value #MAX_BYTES} bytes; of a longer one
   *     the rest is cut off
   */
  record Packet(int device, InetAddress source, InetAddress to, int hops, ByteBuffer message) {
    /** A copy of the message. */
    public byte[] bytes() {
      byte[] bytes = new byte[message.remaining()];
      message.duplicate().get(bytes);
      return bytes;
    }
  }

  /** The longest message that is looked at. */
  int MAX_BYTES = 2_048;
}
