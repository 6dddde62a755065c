package org.strowger.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A socket nobody listens on: left by a director that was killed, or its shell is updated. */
final class CliConnectionTest {
  @TempDir private Path state;
  private Path socket;

  @BeforeEach
  void socketNobodyListensOn() throws IOException {
    socket = state.resolve("shell.sock");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(socket));
    }
  }

  private CliUnreachable refused() {
    CliConnection connection = new CliConnection(socket);
    return assertThrows(CliUnreachable.class, () -> connection.execute(false, List.of("show")));
  }

  @Test
  void deadDirectorIsReportedWithoutTheWaitForALivingOne() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Files.writeString(state.resolve("lock"), dead.pid() + "\n");
    long start = System.nanoTime();
    assertEquals("No director is running: nobody listens on " + socket + ".", refused().sentence());
    // Between the two patiences, far enough from the shorter one for a busy machine.
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(millis < CliConnection.PATIENCE_MILLIS, millis + " ms");
  }

  @Test
  void livingDirectorsShellIsWaitedFor() throws Exception {
    Files.writeString(state.resolve("lock"), ProcessHandle.current().pid() + "\n");
    long start = System.nanoTime();
    assertTrue(refused().sentence().endsWith("is it running?"));
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(millis >= CliConnection.PATIENCE_MILLIS, millis + " ms");
  }
}
