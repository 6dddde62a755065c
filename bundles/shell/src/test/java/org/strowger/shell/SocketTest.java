package org.strowger.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.shell.ShellLab.Run;
import org.strowger.testkit.EmbeddedFelix;

/** The socket: its protocol, its limits, and how it outlives updates. */
class SocketTest {
  @TempDir Path state;
  private ShellLab lab;
  private Path socket;

  @BeforeEach
  void start() {
    lab = new ShellLab(state);
    socket = state.resolve(SocketFile.NAME);
  }

  @AfterEach
  void stop() throws Exception {
    lab.close();
  }

  @Test
  void tabProposesCommandsThenNames() throws Exception {
    assertEquals(List.of("show", "set", "shelve"), complete("s"));
    assertEquals(List.of("weight"), complete("set", "w"));
    assertTrue(complete("set", "").contains("virtualServices.web.limits.rate"));
    assertEquals(List.of("web/a", "web/b"), complete("set", "weight", "web/"));
    assertEquals(List.of("web"), complete("drain", "service", ""));
    assertEquals(List.of("service=web"), complete("disconnect", "se"));
    assertEquals(List.of("org.strowger.api"), complete("show", "bundles", "org"));
    assertEquals(List.of("3", "2"), complete("rollback", ""));
    assertEquals(List.of("--json"), complete("show", "services", "--"));
    assertEquals(List.of("TRACE"), complete("log", "org.strowger", "T"));
    assertEquals(List.of(), complete("nothing", ""));
  }

  @Test
  void whileTheDirectorIsAwayACommandWaitsForIt() throws Exception {
    lab.directorLeaves();
    CompletableFuture<Void> back =
        CompletableFuture.runAsync(
            () -> {
              sleep(500);
              lab.directorComes();
            });
    assertEquals(0, lab.cli("set", "weight", "web/a", "2").exit());
    back.join();
    lab.directorLeaves();
    Run run = lab.cli("show", "services");
    assertEquals(4, run.exit());
    assertTrue(run.err().startsWith("busy: the director is not there now"), run.err());
    assertEquals(List.of(), complete("set", "weight", ""));
    lab.directorComes();
  }

  @Test
  void noCommandFailsWhileTheShellItselfIsUpdated() throws Exception {
    String script = "show services\nset weight web/a 7\n".repeat(150);
    CompletableFuture<Run> client =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return lab.cli(socket, script);
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    int updates = 0;
    while (!client.isDone() && updates < 200) {
      lab.shell.update();
      updates++;
      sleep(50);
    }
    Run run = client.join();
    assertEquals("", run.err());
    assertEquals(0, run.exit());
    assertEquals(150, lab.director.asked().size());
    assertTrue(updates >= 5, "only " + updates + " updates while the commands ran");
  }

  @Test
  void theShellAnswersWhatUpdatedItself() throws Exception {
    Files.writeString(state.resolve("shell.jar"), "x");
    long begun = System.nanoTime();
    Run run = lab.cli("bundle", "update", "shell.jar");
    assertEquals(new Run(0, "org.strowger.schedulers 0.1.0 -> 0.1.1: in place\n", ""), run);
    Run json = lab.cli("bundle", "update", "shell.jar", "--json");
    assertTrue(json.out().contains("\"to\": \"0.1.1\""), json.out());
    long took = (System.nanoTime() - begun) / 1_000_000;
    assertTrue(took < 2L * ShellServer.STOP_MILLIS, "the update waited for itself: " + took);
  }

  @Test
  void aStaleSocketIsReplaced() throws Exception {
    lab.shell.stop();
    assertTrue(Files.exists(socket));
    lab.shell.start();
    assertEquals(0, lab.cli("show", "services").exit());
  }

  @Test
  void aSecondDirectorOnTheSameStateIsRefused() throws Exception {
    IOException refused = assertThrows(IOException.class, () -> new SocketFile(state).open());
    assertEquals("another director answers on " + socket, refused.getMessage());
    assertEquals(0, lab.cli("show", "services").exit());
  }

  @Test
  void theSocketGoesWithTheFramework() throws Exception {
    lab.close();
    assertFalse(Files.exists(socket));
  }

  @Test
  void aPathTooLongForASocketIsSaid() throws Exception {
    Path deep = Files.createDirectories(state.resolve("x".repeat(100)));
    IOException refused = assertThrows(IOException.class, () -> new SocketFile(deep).open());
    assertTrue(refused.toString().contains("too long for a socket"), refused.toString());
  }

  @Test
  void nonsenseOnTheSocketHarmsNobody() throws Exception {
    byte[][] nonsense = {
      {0x7f, -1, -1, -1},
      {0, 0, 0, 1, 9},
      {0, 0, 0, 8, 1, 0, 0x7f, -1, -1, -1, 0, 0},
      "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)
    };
    for (byte[] bytes : nonsense) {
      try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        Channels.newOutputStream(channel).write(bytes);
        byte[] greeting = Channels.newInputStream(channel).readNBytes(5);
        assertEquals(Frame.VERSION, greeting[4]);
        assertTrue(ended(channel));
      }
    }
    assertEquals(0, lab.cli("show", "services").exit());
  }

  @Test
  void tooManySessionsAreToldToTryAgain() throws Exception {
    List<SocketChannel> open = new ArrayList<>();
    try {
      EmbeddedFelix.until(
          () -> {
            SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            open.add(channel);
            byte[] greeting = Channels.newInputStream(channel).readNBytes(5);
            return greeting[4] == Frame.FULL;
          });
      assertEquals(ShellServer.SESSION_LIMIT + 1, open.size());
      Run run = lab.cli("show", "services");
      assertEquals(new Run(4, "", "busy: too many sessions are open; try again\n"), run);
    } finally {
      for (SocketChannel channel : open) {
        channel.close();
      }
    }
    EmbeddedFelix.until(() -> lab.cli("show", "services").exit() == 0);
  }

  private static boolean ended(SocketChannel channel) throws IOException {
    try {
      return Channels.newInputStream(channel).read() == -1;
    } catch (SocketException e) {
      // Closed before all of it was read.
      return true;
    }
  }

  @Test
  void commandsOfOtherBundlesAreFoundInGogo() throws Exception {
    lab.other("greet", words -> "hello " + words);
    assertEquals(new Run(0, "hello [world]\n", ""), lab.cli("greet", "world"));
    assertEquals(1, lab.cli("show", "services", "greet").exit());
  }

  /** A client written from the description of the protocol alone. */
  private List<String> complete(String... words) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
      assertEquals("STRW", new String(in.readNBytes(4), StandardCharsets.US_ASCII));
      assertEquals(1, in.readUnsignedByte());
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(body);
      out.writeShort(Frame.COMPLETE << 8);
      text(out, "/");
      out.writeShort(words.length);
      for (String word : words) {
        text(out, word);
      }
      DataOutputStream wire = new DataOutputStream(Channels.newOutputStream(channel));
      wire.writeInt(body.size());
      wire.write(body.toByteArray());
      assertEquals(0, in.readUnsignedByte());
      return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
