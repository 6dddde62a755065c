package org.strowger.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients that stay connected and say nothing. Each has made one request first, so that whoever
 * holds it in between has carried bytes both ways and really reached a real server.
 */
final class HeldClients implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final List<Socket> held = new ArrayList<>();

  /**
   * Grows or shrinks to so many.
   *
   * @return how many are held now
   * @throws IOException if one could not connect or was not answered; those before it stay
   */
  int grow(List<Target> targets, int wanted) throws IOException {
    while (held.size() < wanted) {
      held.add(open(targets.get(held.size() % targets.size())));
    }
    while (held.size() > wanted) {
      held.removeLast().close();
    }
    return held.size();
  }

  private static Socket open(Target target) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral(target.address()), target.port()),
          PATIENCE_MILLIS);
      socket.getOutputStream().write(HttpAnswer.request(target, true));
      new HttpAnswer(socket.getInputStream()).read(false);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * How many of them the other side has cut meanwhile. Costs a millisecond each.
   *
   * @return of all that are held
   */
  int cut() {
    int cut = 0;
    for (Socket socket : held) {
      try {
        socket.setSoTimeout(1);
        if (socket.getInputStream().read() < 0) {
          cut++;
        }
      } catch (SocketTimeoutException silent) {
        // As it should be: nothing came, and nothing ended.
      } catch (IOException reset) {
        cut++;
      }
    }
    return cut;
  }

  @Override
  public void close() throws IOException {
    grow(List.of(), 0);
  }
}
