package org.strowger.launcher;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Talks to the director's shell: one connection for each request, so that an update of the shell
 * between two of them is not noticed. The other side, and the format, is {@code Frame} in the shell
 * bundle.
 */
final class CliConnection {
  /** How long it waits for a shell that is being updated, in milliseconds. */
  static final int PATIENCE_MILLIS = 3_000;

  /** How long when nobody listens and the process of the lock is gone: a restart, or none. */
  static final int PATIENCE_WITH_NOBODY_MILLIS = 500;

  private static final int RETRY_MILLIS = 50;
  private static final byte[] MAGIC = {'S', 'T', 'R', 'W'};
  private static final int VERSION = 1;
  private static final int FULL = 0;
  private static final int EXECUTE = 1;
  private static final int COMPLETE = 2;
  private static final int BUSY = 4;

  private final Path socket;

  CliConnection(Path socket) {
    this.socket = socket;
  }

  CliReply execute(boolean json, List<String> words) throws CliUnreachable {
    return ask(EXECUTE, json, words);
  }

  /** What may stand in place of the last word. */
  List<String> complete(List<String> words) throws CliUnreachable {
    CliReply reply = ask(COMPLETE, false, words);
    return reply.exit() == 0 ? reply.text().lines().toList() : List.of();
  }

  private CliReply ask(int kind, boolean json, List<String> words) throws CliUnreachable {
    try (SocketChannel channel = connect()) {
      DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
      int version = in.readUnsignedByte();
      if (version == FULL) {
        return new CliReply(BUSY, "busy: too many sessions are open; try again\n");
      }
      if (version != VERSION) {
        throw new CliUnreachable(
            "The director on " + socket + " speaks another version of the protocol: " + version);
      }
      DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
      byte[] request = request(kind, json, words);
      out.writeInt(request.length);
      out.write(request);
      out.flush();
      int exit = in.readUnsignedByte();
      byte[] text = new byte[in.readInt()];
      in.readFully(text);
      return new CliReply(exit, new String(text, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new CliUnreachable(
          "The connection to the director broke before its answer;"
              + " a change may have been made or not: look before you repeat it.");
    }
  }

  private static byte[] request(int kind, boolean json, List<String> words) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(kind);
    out.writeByte(json ? 1 : 0);
    text(out, Path.of("").toAbsolutePath().toString());
    out.writeShort(words.size());
    for (String word : words) {
      text(out, word);
    }
    return bytes.toByteArray();
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /** A connection whose greeting has come, up to its version; nothing has been sent yet. */
  private SocketChannel connect() throws CliUnreachable {
    long start = System.nanoTime();
    while (true) {
      if (!Files.exists(socket)) {
        throw new CliUnreachable("No director is running: there is no socket " + socket + ".");
      }
      try {
        return greeted();
      } catch (ConnectException e) {
        boolean nobody = directorIsDead();
        if (passed(start, nobody ? PATIENCE_WITH_NOBODY_MILLIS : PATIENCE_MILLIS)) {
          throw new CliUnreachable(
              nobody ? "No director is running: nobody listens on " + socket + "." : why(e));
        }
      } catch (IOException e) {
        if (passed(start, PATIENCE_MILLIS)) {
          throw new CliUnreachable(why(e));
        }
      }
      pause();
    }
  }

  private static boolean passed(long start, int millis) {
    return System.nanoTime() - start > millis * 1_000_000L;
  }

  /** Whether the process that wrote the state folder's lock is gone. */
  private boolean directorIsDead() {
    try {
      long pid = Long.parseLong(Files.readString(socket.resolveSibling("lock")).strip());
      return ProcessHandle.of(pid).map(process -> !process.isAlive()).orElse(true);
    } catch (IOException | NumberFormatException e) {
      // Nothing is known of it: the patience with a living one is the safe choice.
      return false;
    }
  }

  private SocketChannel greeted() throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    try {
      byte[] magic = new byte[MAGIC.length];
      new DataInputStream(Channels.newInputStream(channel)).readFully(magic);
      if (!Arrays.equals(magic, MAGIC)) {
        throw new IOException("it is no director that answers");
      }
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private String why(IOException e) {
    if (e instanceof SocketException && String.valueOf(e.getMessage()).contains("Permission")) {
      return "You may not talk to the director: its socket " + socket + " is another user's.";
    }
    return "The director does not answer on "
        + socket
        + " ("
        + e.getMessage()
        + "): is it running?";
  }

  private static void pause() throws CliUnreachable {
    try {
      Thread.sleep(RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliUnreachable("Interrupted.");
    }
  }
}
