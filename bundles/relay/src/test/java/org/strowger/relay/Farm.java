package org.strowger.relay;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.strowger.api.AdminState;
import org.strowger.api.Choice;
import org.strowger.api.Chooser;
import org.strowger.api.Explanation;
import org.strowger.api.Flow;
import org.strowger.api.ForwardedService;
import org.strowger.api.ForwardingTable;
import org.strowger.api.Loads;
import org.strowger.api.LookupTable;
import org.strowger.api.PlaneEvent;
import org.strowger.api.PlaneListener;
import org.strowger.api.Protocol;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.Timeouts;
import org.strowger.api.Verdict;
import org.strowger.api.VirtualService;

/**
 * A real wire, real servers that hold what comes, and a director that asks for the least loaded.
 */
final class Farm implements AutoCloseable {
  final List<ServerSocket> servers = new ArrayList<>();
  final List<Socket> accepted = new CopyOnWriteArrayList<>();
  final List<Socket> clients = new ArrayList<>();
  final Events events = new Events();
  final Object wireObject;
  final Wire wire;
  final InetSocketAddress address;
  Timeouts timeouts = Timeouts.DEFAULT;
  AdminState serviceState = AdminState.IN_SERVICE;
  final List<AdminState> states = new ArrayList<>();

  /** Events as a director would keep them. */
  static final class Events implements PlaneListener {
    final List<PlaneEvent> all = new CopyOnWriteArrayList<>();

    @Override
    public void on(PlaneEvent event) {
      all.add(event);
    }
  }

  Farm(int size) {
    wireObject = newWire();
    wire = Structural.bind(Wire.class, wireObject);
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = new InetSocketAddress(free.getInetAddress(), free.getLocalPort());
      for (int i = 0; i < size; i++) {
        servers.add(listen(0));
        states.add(AdminState.IN_SERVICE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The wire bundle exports nothing, so its object is made as a framework would: from outside. */
  private static Object newWire() {
    try {
      Class<?> transport = Class.forName("org.strowger.wire.Transport");
      Class<?> books = Class.forName("org.strowger.wire.SocketWire$Books");
      Method empty = books.getDeclaredMethod("empty");
      Method choose = transport.getDeclaredMethod("choose", String.class);
      Constructor<?> constructor =
          Class.forName("org.strowger.wire.SocketWire")
              .getDeclaredConstructor(transport, int.class, books, Runnable.class);
      empty.setAccessible(true);
      choose.setAccessible(true);
      constructor.setAccessible(true);
      Runnable nothing = () -> {};
      return constructor.newInstance(choose.invoke(null, "auto"), 2, empty.invoke(null), nothing);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the wire cannot be made", e);
    }
  }

  private ServerSocket listen(int port) throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 512);
    Thread.ofVirtual()
        .start(
            () -> {
              while (!server.isClosed()) {
                try {
                  Socket socket = server.accept();
                  accepted.add(socket);
                  Thread.ofVirtual().start(() -> echo(socket));
                } catch (IOException closed) {
                  return;
                }
              }
            });
    return server;
  }

  private static void echo(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException cut) {
      // The test cuts connections on purpose, and looks at the client's end of them.
      return;
    }
  }

  void kill(int index) throws IOException {
    ServerSocket server = servers.get(index);
    server.close();
    // The kernel's socket may live on for a moment, until the thread in accept has left it.
    await("refusing", () -> refuses(server.getLocalSocketAddress()));
  }

  private static boolean refuses(java.net.SocketAddress at) {
    try (Socket socket = new Socket()) {
      socket.connect(at, 1_000);
      return false;
    } catch (IOException refused) {
      return true;
    }
  }

  void revive(int index) throws IOException {
    servers.set(index, listen(servers.get(index).getLocalPort()));
  }

  static RealServerId id(int index) {
    return new RealServerId("web", "r" + index);
  }

  /** The table with the real servers of these indexes. */
  ForwardingTable table(int... indexes) {
    List<RealServer> reals =
        Arrays.stream(indexes)
            .mapToObj(
                i ->
                    RealServer.plain(
                            id(i), InetAddress.getLoopbackAddress(), servers.get(i).getLocalPort())
                        .withAdminState(states.get(i)))
            .toList();
    VirtualService service =
        with(
            timeouts,
            VirtualService.plain(
                    "web", address.getAddress(), address.getPort(), Protocol.TCP, "lc", "web")
                .withAdminState(serviceState));
    boolean listening = serviceState != AdminState.OUT_OF_SERVICE;
    return new ForwardingTable(
        1, List.of(new ForwardedService(service, listening, reals, new LeastLoaded(reals))));
  }

  /** A table whose virtual service carries datagrams, to real servers with these addresses. */
  ForwardingTable datagrams(InetSocketAddress... at) {
    List<RealServer> reals = new ArrayList<>();
    for (InetSocketAddress real : at) {
      reals.add(RealServer.plain(id(reals.size()), real.getAddress(), real.getPort()));
    }
    VirtualService service =
        VirtualService.plain(
            "web", address.getAddress(), address.getPort(), Protocol.UDP, "lc", "web");
    return new ForwardingTable(
        1, List.of(new ForwardedService(service, true, reals, new LeastLoaded(reals))));
  }

  private static VirtualService with(Timeouts timeouts, VirtualService plain) {
    return new VirtualService(
        plain.name(),
        plain.address(),
        plain.port(),
        plain.protocol(),
        plain.scheduler(),
        plain.schedulerOptions(),
        plain.pool(),
        plain.backupPool(),
        plain.forwarding(),
        plain.onePacket(),
        timeouts,
        plain.connectTries(),
        plain.queue(),
        plain.limits(),
        plain.persistence(),
        plain.access(),
        plain.proxyProtocol(),
        plain.transparentSource(),
        plain.connectionLog(),
        plain.adminState());
  }

  /** Gives what drains this long. */
  void drainTimeout(Duration drain) {
    timeouts =
        new Timeouts(
            timeouts.connect(),
            timeouts.clientIdle(),
            timeouts.serverIdle(),
            timeouts.halfClosed(),
            timeouts.flow(),
            drain);
  }

  /** Chooses the real server with the fewest active connections, the first of equal ones. */
  private record LeastLoaded(List<RealServer> reals) implements Chooser {
    @Override
    public Choice choose(Flow flow, Loads loads, Attempt attempt) {
      int best = -1;
      for (int i = 0; i < reals.size(); i++) {
        if (!attempt.tried().get(i)
            && reals.get(i).adminState() == AdminState.IN_SERVICE
            && (best < 0 || loads.active(i) < loads.active(best))) {
          best = i;
        }
      }
      return best < 0 ? new Choice.Refused(Verdict.NO_REAL_SERVER) : new Choice.Chosen(best);
    }

    @Override
    public int[] ahead(Loads loads, int used, int most) {
      throw new UnsupportedOperationException("the relay asks for each connection");
    }

    @Override
    public Optional<LookupTable> table() {
      throw new UnsupportedOperationException("the relay asks for each connection");
    }

    @Override
    public int[] weights(boolean everybody) {
      throw new UnsupportedOperationException("the relay asks for each connection");
    }

    @Override
    public Explanation explain(Flow flow, Loads loads) {
      return new Explanation("web", "lc", "none", "not asked in these tests", List.of());
    }
  }

  Socket client() throws IOException {
    Socket socket = new Socket();
    clients.add(socket);
    socket.setSoTimeout(20_000);
    socket.connect(address, 10_000);
    return socket;
  }

  /** A new client is reset at once, perhaps before it knows that it was accepted. */
  boolean refuses() {
    try {
      return !alive(client());
    } catch (IOException reset) {
      return true;
    }
  }

  /** A client whose connection is through to a real server. */
  Socket connected() throws IOException {
    Socket socket = client();
    if (!alive(socket)) {
      throw new IOException("no echo");
    }
    return socket;
  }

  static boolean alive(Socket socket) {
    try {
      socket.getOutputStream().write(42);
      return socket.getInputStream().read() == 42;
    } catch (IOException cut) {
      return false;
    }
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        fail("did not come about within 20 s: " + what);
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        fail("interrupted");
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      ((AutoCloseable) wireObject).close();
    } catch (Exception e) {
      throw new IOException("the wire does not close", e);
    }
    for (Socket client : clients) {
      client.close();
    }
    for (ServerSocket server : servers) {
      server.close();
    }
  }
}
