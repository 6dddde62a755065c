package org.strowger.jmx;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.rmi.server.RMIServerSocketFactory;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** The connector's listening socket, with a bound on open connections. */
final class CallerSockets extends ServerSocket {
  /** Connections open at a time; RMI gives each a thread. */
  static final int CONNECTION_LIMIT = 64;

  private static final int BACKLOG = 64;
  private static final int CLOSE_MILLIS = 2_000;

  /**
   * How connections are secured.
   *
   * @param clientCertificate whether a client must show one
   */
  record Secured(SSLContext context, boolean clientCertificate) {}

  private final @Nullable Secured secured;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Semaphore accepting = new Semaphore(1);
  private final LongAdder refused = new LongAdder();
  private final AtomicReference<@Nullable ServerSocket> handle = new AtomicReference<>(this);

  /** Listens at once, so that an address in use is found before RMI is bothered. */
  CallerSockets(InetSocketAddress address, @Nullable Secured secured) throws IOException {
    this.secured = secured;
    setReuseAddress(true);
    try {
      bind(address, BACKLOG);
    } catch (IOException e) {
      super.close();
      throw e;
    }
  }

  /** Connections closed at once because too many were open. */
  long refused() {
    return refused.sum();
  }

  /**
   * Hands this socket to RMI. RMI keeps the factory for ever, so it is made of JDK types only and
   * empty after {@link #close}: otherwise it would keep this bundle's classes too.
   */
  RMIServerSocketFactory factory() {
    try {
      MethodHandle get =
          MethodHandles.publicLookup()
              .findVirtual(AtomicReference.class, "get", MethodType.methodType(Object.class))
              .bindTo(handle)
              .asType(MethodType.methodType(ServerSocket.class));
      return MethodHandleProxies.asInterfaceInstance(
          RMIServerSocketFactory.class, MethodHandles.dropArguments(get, 0, int.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("AtomicReference.get is public", e);
    }
  }

  @Override
  public Socket accept() throws IOException {
    accepting.acquireUninterruptibly();
    try {
      while (true) {
        CallerSocket socket = new CallerSocket(open::remove);
        implAccept(socket);
        if (open.size() < CONNECTION_LIMIT) {
          open.add(socket);
          return secured == null ? socket : layered(secured, socket);
        }
        refused.increment();
        socket.close();
      }
    } finally {
      accepting.release();
    }
  }

  /** Speaks TLS over it; the handshake is when RMI first reads, on the connection's own thread. */
  private static Socket layered(Secured secured, Socket socket) throws IOException {
    SSLSocket layered =
        (SSLSocket) secured.context().getSocketFactory().createSocket(socket, null, true);
    layered.setUseClientMode(false);
    layered.setEnabledProtocols(new String[] {"TLSv1.3"});
    layered.setNeedClientAuth(secured.clientCertificate());
    return layered;
  }

  /**
   * Stops listening, and closes what is open: RMI would keep idle connections for hours. The port
   * is free only when the accepting thread has come back, so that is waited for.
   */
  @Override
  public void close() throws IOException {
    handle.set(null);
    super.close();
    for (Socket socket : open) {
      socket.close();
    }
    try {
      if (accepting.tryAcquire(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
        accepting.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
