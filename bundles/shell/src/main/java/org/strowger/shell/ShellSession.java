package org.strowger.shell;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection of a client: one request, one answer. A virtual thread of its own. */
final class ShellSession {
  /** Time a client has to send its request. */
  static final Duration REQUEST_TIME = Duration.ofSeconds(10);

  /** Time a client has to take its answer. */
  static final Duration ANSWER_TIME = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(ShellSession.class);

  /** The commands that may stop this very bundle. */
  private static final Set<String> UPDATES = Set.of("bundle", "upgrade");

  private final SocketChannel channel;
  private final Dispatcher dispatcher;
  private final String user;
  private final Runnable onUpdate;

  /**
   * @param onUpdate called before a bundle is updated: do not wait for this session
   */
  ShellSession(SocketChannel channel, Dispatcher dispatcher, String user, Runnable onUpdate) {
    this.channel = channel;
    this.dispatcher = dispatcher;
    this.user = user;
    this.onUpdate = onUpdate;
  }

  void serve() throws IOException {
    DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
    DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
    Frame request;
    try (Deadline _ = new Deadline(channel, REQUEST_TIME)) {
      greet(out, Frame.VERSION);
      request = Frame.read(in);
    }
    if (request.kind() == Frame.EXECUTE
        && request.words().stream().limit(1).anyMatch(UPDATES::contains)) {
      onUpdate.run();
    }
    Reply reply = answer(request);
    try (Deadline _ = new Deadline(channel, ANSWER_TIME)) {
      reply.write(out);
    }
  }

  static void greet(DataOutputStream out, int version) throws IOException {
    out.write(Frame.MAGIC);
    out.writeByte(version);
    out.flush();
  }

  private Reply answer(Frame request) {
    try {
      return request.kind() == Frame.COMPLETE
          ? dispatcher.complete(request)
          : dispatcher.execute(request, user);
    } catch (InvalidPathException e) {
      return new Reply(Exit.USAGE.code(), "'" + e.getInput() + "': expected a file name\n");
    }
  }

  /** Closes the channel when the time is over, unless it is closed before. */
  private static final class Deadline implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final Thread watch;

    Deadline(SocketChannel channel, Duration time) {
      watch = Thread.ofVirtual().name("shell-deadline").start(() -> watch(channel, time));
    }

    private void watch(SocketChannel channel, Duration time) {
      try {
        Thread.sleep(time);
        if (over.compareAndSet(false, true)) {
          channel.close();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (IOException e) {
        LOG.debug("closing a late client", e);
      }
    }

    @Override
    public void close() {
      over.set(true);
      watch.interrupt();
    }
  }
}
