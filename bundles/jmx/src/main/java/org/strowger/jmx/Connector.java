package org.strowger.jmx;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.rmi.NoSuchObjectException;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.RMIClientSocketFactory;
import java.rmi.server.RMIServerSocketFactory;
import java.rmi.server.UnicastRemoteObject;
import java.util.HashMap;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnectorServer;
import javax.management.remote.rmi.RMIJRMPServerImpl;
import javax.rmi.ssl.SslRMIClientSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The RMI connector: registry and server on one fixed port of one address. When it is closed the
 * port is free, and nothing of this bundle stays in the JDK's tables.
 */
final class Connector {
  private static final Logger LOG = LoggerFactory.getLogger(Connector.class);

  /** What RMI writes into its stubs as the address to call; read anew at each export. */
  private static final String STUB_HOST = "java.rmi.server.hostname";

  private final InetSocketAddress address;
  private final CallerSockets sockets;

  /** What RMI puts into its stubs for clients to connect with; null for plain sockets. */
  private final @Nullable RMIClientSocketFactory clients;

  private final @Nullable String hostBefore;
  private @Nullable Registry registry;
  private @Nullable RMIConnectorServer server;

  private Connector(InetSocketAddress address, CallerSockets.@Nullable Secured secured)
      throws IOException {
    this.address = address;
    this.sockets = new CallerSockets(address, secured);
    this.clients = secured == null ? null : new SslRMIClientSocketFactory();
    this.hostBefore = System.getProperty(STUB_HOST);
  }

  /**
   * Has {@link JMXServiceURL} initialised with JDK frames on the stack only: it keeps the stack
   * trace of whoever uses it first in a static field, and with it the classes of that caller.
   */
  private static void initialiseUrlClass() {
    try {
      MethodHandle create =
          MethodHandles.publicLookup()
              .findConstructor(JMXServiceURL.class, MethodType.methodType(void.class, String.class))
              .bindTo("service:jmx:rmi://");
      MethodHandle run = create.asType(MethodType.methodType(void.class));
      Thread.ofVirtual()
          .name("jmx-initialise")
          .start(MethodHandleProxies.asInterfaceInstance(Runnable.class, run))
          .join();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the constructor is public", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Starts it.
   *
   * @param secured how connections are secured; null if they are not
   * @throws IOException if it cannot listen there; nothing is left behind then
   */
  static Connector open(
      InetSocketAddress address,
      CallerSockets.@Nullable Secured secured,
      MBeanServer beans,
      Login login,
      Guard guard)
      throws IOException {
    initialiseUrlClass();
    Connector connector = new Connector(address, secured);
    try {
      connector.start(beans, login, guard);
      return connector;
    } catch (IOException | RuntimeException e) {
      connector.close();
      throw e;
    }
  }

  InetSocketAddress address() {
    return address;
  }

  long refused() {
    return sockets.refused();
  }

  /** Sessions open now. */
  long sessions() {
    RMIConnectorServer running = server;
    return running == null ? 0 : running.getConnectionIds().length;
  }

  private void start(MBeanServer beans, Login login, Guard guard) throws IOException {
    String host = address.getAddress().getHostAddress();
    System.setProperty(STUB_HOST, host);
    RMIServerSocketFactory factory = sockets.factory();
    Registry exported = LocateRegistry.createRegistry(address.getPort(), clients, factory);
    registry = exported;
    Map<String, Object> env = environment(login);
    RMIJRMPServerImpl remote = new RMIJRMPServerImpl(address.getPort(), clients, factory, env);
    RMIConnectorServer starting = new RMIConnectorServer(url(host), env, remote, beans);
    starting.setMBeanServerForwarder(guard.forwarder());
    server = starting;
    starting.start();
    exported.rebind("jmxrmi", remote.toStub());
  }

  private static Map<String, Object> environment(Login login) {
    Map<String, Object> env = new HashMap<>();
    env.put(JMXConnectorServer.AUTHENTICATOR, login);
    env.put(RMIConnectorServer.CREDENTIALS_FILTER_PATTERN, SerialFilters.CREDENTIALS);
    env.put(RMIConnectorServer.SERIAL_FILTER_PATTERN, SerialFilters.CALLS);
    // Otherwise the context class loader of this thread, for ever.
    env.put("jmx.remote.default.class.loader", ClassLoader.getPlatformClassLoader());
    return env;
  }

  private JMXServiceURL url(String host) throws MalformedURLException {
    return new JMXServiceURL("rmi", host, address.getPort());
  }

  /** Ends all sessions and frees the port. */
  void close() {
    try {
      if (server != null) {
        server.stop();
      }
    } catch (IOException e) {
      LOG.warn("a session did not end well", e);
    }
    try {
      if (registry != null) {
        UnicastRemoteObject.unexportObject(registry, true);
      }
    } catch (NoSuchObjectException e) {
      LOG.debug("the registry was never exported", e);
    }
    try {
      sockets.close();
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("address", address).setCause(e).log("the socket did not close well");
    }
    restoreHost();
  }

  private void restoreHost() {
    if (hostBefore == null) {
      System.clearProperty(STUB_HOST);
    } else {
      System.setProperty(STUB_HOST, hostBefore);
    }
  }
}
