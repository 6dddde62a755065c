package org.strowger.sync;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jgroups.util.DefaultSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in only who comes from the address of a configured director, and of those not more than they
 * need. The sockets of JGroups are made here.
 */
final class Door extends DefaultSocketFactory {
  private static final Logger LOG = LoggerFactory.getLogger(Door.class);

  /** Connections of one director: one that lives, and those whose end was not seen yet. */
  static final int MOST_OF_ONE = 8;

  private static final long TELL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Set<InetAddress> allowed;
  private final LongAdder refused = new LongAdder();

  Door(Set<InetAddress> allowed) {
    this.allowed = Set.copyOf(allowed);
  }

  /** Connections closed because of the address that they came from. */
  long refused() {
    return refused.sum();
  }

  @Override
  public ServerSocket createServerSocket(String service) throws IOException {
    return new Watched();
  }

  @Override
  public ServerSocket createServerSocket(String service, int port) throws IOException {
    throw new UnsupportedOperationException("of " + service + " nothing listens everywhere");
  }

  @Override
  public ServerSocket createServerSocket(String service, int port, int backlog) throws IOException {
    return createServerSocket(service, port);
  }

  @Override
  public ServerSocket createServerSocket(String service, int port, int backlog, InetAddress address)
      throws IOException {
    ServerSocket socket = new Watched();
    try {
      socket.bind(new InetSocketAddress(address, port), backlog);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Of the one thread that accepts. */
  private final class Watched extends ServerSocket {
    private final Deque<Socket> open = new ArrayDeque<>();
    private long toldAt = System.nanoTime() - TELL_NANOS;

    Watched() throws IOException {}

    @Override
    public Socket accept() throws IOException {
      while (true) {
        Socket socket = super.accept();
        if (allowed.contains(socket.getInetAddress())) {
          makeRoom(socket.getInetAddress());
          open.add(socket);
          return socket;
        }
        refuse(socket);
      }
    }

    /** The oldest go: what is new may be all that a director that came back has. */
    private void makeRoom(InetAddress of) {
      open.removeIf(Socket::isClosed);
      long present = open.stream().filter(each -> of.equals(each.getInetAddress())).count();
      if (present >= MOST_OF_ONE) {
        Socket oldest =
            open.stream()
                .filter(each -> of.equals(each.getInetAddress()))
                .findFirst()
                .orElseThrow();
        open.remove(oldest);
        close(oldest);
        LOG.atWarn()
            .addKeyValue("from", of.getHostAddress())
            .log("more than {} connections of one director: the oldest is closed", MOST_OF_ONE);
      }
    }

    private void refuse(Socket socket) {
      close(socket);
      refused.increment();
      long now = System.nanoTime();
      if (now - toldAt >= TELL_NANOS) {
        toldAt = now;
        LOG.atWarn()
            .addKeyValue("from", socket.getInetAddress().getHostAddress())
            .addKeyValue("refused", refused.sum())
            .log("a connection is refused: no director is configured at the address it is from");
      }
    }

    private void close(Socket socket) {
      try {
        socket.close();
      } catch (IOException e) {
        LOG.atDebug().setCause(e).log("a connection that is not wanted did not close well");
      }
    }
  }
}
