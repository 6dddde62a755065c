package org.strowger.relay;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a wire asks and tells; it binds these methods by name and parameter types. Public, because
 * the wire calls it from its own class loader. Called on the wire's loops: nothing may block.
 */
public interface Decider {
  /**
   * The decision for one new connection.
   *
   * @param tried real servers that this connection tried in vain, as {@code pool/real}
   * @param attempt bits: {@code 1} it is decided for the first time, {@code 2} it may wait
   * @param bind to be called with the chosen real server before the next decision for this service
   *     is made, so that loads are exact: it counts the connection. The second argument is a {@code
   *     List<AtomicLongArray>}: cell 0 of each counts the connection until it ends, and then cell 1
   *     takes {@code System.nanoTime()}
   * @return {@code Map.Entry<String, InetSocketAddress>} of the bound real server; or an {@code
   *     Integer}, the code of the verdict that refuses; or 0: every real server is full, it may
   *     wait and ask again; or null if the service is not known (yet)
   */
  @Nullable Object choose(
      String service,
      InetSocketAddress client,
      InetSocketAddress destination,
      Set<String> tried,
      int attempt,
      BiConsumer<String, List<?>> bind);

  /** A real server refused a connection or did not answer in time. */
  void connectFailed(String service, String real, InetSocketAddress address, String why);

  /** The virtual service is listened on (empty text), or why it is not. */
  void listening(String service, String failure);

  /** The wire is short of something ({@code fileDescriptors}, {@code buffers}); empty: no more. */
  void shortage(String resource, String why);
}
