package org.strowger.shell;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The socket in the state folder. It is made in a folder only its owner can enter and then moved
 * into its place: at no moment could anybody else connect, and a stale one is replaced at once.
 */
final class SocketFile {
  static final String NAME = "shell.sock";

  /** What a Unix socket's path may have, in bytes ({@code sun_path}, less its end). */
  static final int PATH_LIMIT = 107;

  private static final int BACKLOG = 64;

  private final Path path;

  SocketFile(Path state) {
    this.path = state.resolve(NAME);
  }

  Path path() {
    return path;
  }

  /**
   * Listens.
   *
   * @throws IOException with one clear sentence as its message
   */
  ServerSocketChannel open() throws IOException {
    Path folder =
        Files.createTempDirectory(
            path.getParent(),
            ".sh",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path fresh = folder.resolve("s");
    ServerSocketChannel listener = null;
    try {
      checkLength(fresh);
      checkFree();
      listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listener.bind(UnixDomainSocketAddress.of(fresh), BACKLOG);
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
      return listener;
    } catch (IOException e) {
      if (listener != null) {
        listener.close();
      }
      throw e;
    } finally {
      Files.deleteIfExists(fresh);
      Files.delete(folder);
    }
  }

  void delete() throws IOException {
    Files.deleteIfExists(path);
  }

  private void checkLength(Path fresh) throws IOException {
    if (fresh.toString().getBytes(StandardCharsets.UTF_8).length > PATH_LIMIT) {
      throw new IOException(
          path + ": the path is too long for a socket; use a shorter state folder");
    }
  }

  /** A socket that answers belongs to another director with the same state folder. */
  private void checkFree() throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      throw new IOException("another director answers on " + path);
    } catch (ConnectException e) {
      // Nobody listens: it is left over from a director that ended.
      return;
    }
  }
}
