package org.strowger.launcher;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Semaphore;

/**
 * A small HTTP/1.1 server on loopback that answers with its own name, so that one sees who was
 * chosen: {@code /} the name, {@code /bytes/N} N bytes, {@code /slow/MILLIS} the name after a
 * while. One virtual thread a connection.
 *
 * <p>Words: NAME PORT [--until-stdin-closes].
 */
public final class DemoRealServer {
  static final String LISTENING = "listening";
  private static final int MAX_CONNECTIONS = 10_000;
  private static final int BACKLOG = 1_024;

  private DemoRealServer() {}

  public static void main(String[] args) throws InterruptedException {
    if (args.length < 2 || !args[1].matches("[0-9]{1,5}")) {
      System.err.println("usage: DemoRealServer NAME PORT [--until-stdin-closes]");
      System.exit(2);
    }
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1]));
    try (ServerSocket listening = new ServerSocket()) {
      listening.bind(address, BACKLOG);
      System.out.println(LISTENING);
      if (args.length > 2) {
        Thread.ofVirtual().name("parent").start(DemoRealServer::endWithParent);
      }
      serve(listening, args[0]);
    } catch (BindException e) {
      String why = String.valueOf(e.getMessage());
      System.err.println(
          why.contains("in use")
              ? "another director or its demo, or another program, holds port %d (%s)"
                  .formatted(address.getPort(), why)
              : "port %d: %s".formatted(address.getPort(), why));
      System.exit(1);
    } catch (IOException e) {
      System.err.println(
          "%s:%d: %s"
              .formatted(address.getAddress().getHostAddress(), address.getPort(), e.getMessage()));
      System.exit(1);
    }
  }

  private static void serve(ServerSocket listening, String name)
      throws IOException, InterruptedException {
    Semaphore free = new Semaphore(MAX_CONNECTIONS);
    while (true) {
      free.acquire();
      Socket socket = listening.accept();
      Thread.ofVirtual()
          .start(
              () -> {
                try (socket) {
                  new DemoConnection(socket, name).serve();
                } catch (IOException e) {
                  // The client went away, or sent what is no HTTP: its connection ends here.
                  Thread.currentThread().setName("ended: " + e.getMessage());
                } finally {
                  free.release();
                }
              });
    }
  }

  /** The other end of standard input is held by the parent, and by nobody when it is gone. */
  private static void endWithParent() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is ever said here.
      }
    } catch (IOException e) {
      System.err.println("standard input: " + e.getMessage());
    }
    System.exit(0);
  }
}
