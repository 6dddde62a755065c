package org.strowger.jmx;

import java.net.InetSocketAddress;
import java.util.Optional;
import javax.management.remote.JMXPrincipal;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;

/**
 * Who calls, and from where. RMI reads a call from its socket and dispatches it on one thread, so
 * the socket read last on this thread is the caller's.
 */
final class Caller {
  /** Holds a JDK type only: threads of RMI's pool outlive this bundle. */
  private static final ThreadLocal<@Nullable InetSocketAddress> PEER = new ThreadLocal<>();

  static final String LOCAL_USER = "local";
  static final String LOCAL_SOURCE = "this process";

  private Caller() {}

  /** Called by the socket that this thread reads from. */
  static void readingFrom(InetSocketAddress peer) {
    PEER.set(peer);
  }

  static Optional<String> user() {
    Subject subject = Subject.current();
    return subject == null
        ? Optional.empty()
        : subject.getPrincipals(JMXPrincipal.class).stream().findFirst().map(JMXPrincipal::getName);
  }

  /** {@code address:port} of the client, or that it is this process itself. */
  static String source() {
    InetSocketAddress peer = PEER.get();
    return peer == null ? LOCAL_SOURCE : OpenData.text(peer);
  }

  static Origin origin() {
    return new Origin(OriginKind.JMX, user().orElse(LOCAL_USER), source());
  }
}
