package org.strowger.relay;

import java.net.InetSocketAddress;
import java.util.Set;
import java.util.function.Consumer;
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
   * @param bind to be called with the chosen real server before the next decision for the service
   * @return {@code Map.Entry<String, InetSocketAddress>} of the real server, or the {@code Integer}
   *     code of the verdict that refuses, or null if the service is not known (yet)
   */
  @Nullable Object choose(
      String service,
      InetSocketAddress client,
      InetSocketAddress destination,
      Set<String> tried,
      Consumer<String> bind);

  /** A real server refused a connection or did not answer in time. */
  void connectFailed(String service, String real, InetSocketAddress address, String why);

  /** The virtual service is listened on (empty text), or why it is not. */
  void listening(String service, String failure);
}
