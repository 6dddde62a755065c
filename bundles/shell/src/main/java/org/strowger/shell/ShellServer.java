package org.strowger.shell;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts clients on the local socket. Stopping closes the door first and then waits for the
 * sessions, each of which has one request only: after it our classes may be gone. A session that
 * updates a bundle is not waited for, since it may be waiting for this very stop.
 */
final class ShellServer {
  /** Clients connected at a time. */
  static final int SESSION_LIMIT = 32;

  /** How long stopping waits for the sessions, in milliseconds. */
  static final int STOP_MILLIS = 3_000;

  private static final boolean AWAITED = true;
  private static final Logger LOG = LoggerFactory.getLogger(ShellServer.class);

  private final ServerSocketChannel listener;
  private final Dispatcher dispatcher;
  private final Map<SocketChannel, Boolean> sessions = new ConcurrentHashMap<>();
  private final Thread accepting = Thread.ofVirtual().name("shell-accept").unstarted(this::accept);
  private final AtomicLong refused = new AtomicLong();

  ShellServer(ServerSocketChannel listener, Dispatcher dispatcher) {
    this.listener = listener;
    this.dispatcher = dispatcher;
  }

  void start() {
    warmUp();
    accepting.start();
  }

  /** Loads what an answer needs: a session that updates this bundle answers after our end. */
  private void warmUp() {
    try {
      dispatcher
          .execute(new Frame(Frame.EXECUTE, true, "/", List.of("help")), "")
          .write(new DataOutputStream(OutputStream.nullOutputStream()));
    } catch (IOException e) {
      throw new IllegalStateException("nothing can fail in writing to nowhere", e);
    }
  }

  /** Clients sent away because too many were connected. */
  long refused() {
    return refused.get();
  }

  void stop() {
    try {
      listener.close();
    } catch (IOException e) {
      LOG.warn("the shell's socket did not close well", e);
    }
    try {
      accepting.join(Duration.ofMillis(STOP_MILLIS));
      long end = System.nanoTime() + STOP_MILLIS * 1_000_000L;
      while (sessions.values().contains(AWAITED) && System.nanoTime() < end) {
        Thread.sleep(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel client = listener.accept();
        sessions.put(client, AWAITED);
        Thread.ofVirtual().name("shell-session").start(() -> serve(client));
      } catch (ClosedChannelException e) {
        LOG.debug("the shell's socket is closed");
      } catch (IOException e) {
        LOG.error("a client of the shell could not be accepted", e);
        pause();
      }
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      UserPrincipal user = client.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
      if (!trusted(user.getName())) {
        LOG.atWarn().addKeyValue("user", user.getName()).log("no access to the shell");
      } else if (sessions.size() > SESSION_LIMIT) {
        refused.incrementAndGet();
        full(client);
      } else {
        Runnable onUpdate = () -> sessions.put(client, !AWAITED);
        new ShellSession(client, dispatcher, user.getName(), onUpdate).serve();
      }
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("a client of the shell went away, or sent no request");
    } catch (RuntimeException e) {
      LOG.error("a session of the shell failed", e);
    } finally {
      sessions.remove(client);
    }
  }

  private static void full(SocketChannel client) throws IOException {
    ShellSession.greet(
        new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(client))),
        Frame.FULL);
  }

  /** The socket's permissions say the same; this holds even where somebody changed them. */
  private static boolean trusted(String user) {
    return user.equals(System.getProperty("user.name")) || user.equals("root");
  }

  /** For a shortage, such as of file descriptors, to pass. */
  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
