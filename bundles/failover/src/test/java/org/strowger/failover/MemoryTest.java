package org.strowger.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.VrrpKey;

/** What signed adverts need of the disk. */
class MemoryTest {
  private static final InetAddress A = InetAddress.ofLiteral("10.77.0.1");

  @TempDir private Path state;

  @Test
  void aSessionIsGreaterThanAllBeforeWhateverTheClockSays() throws Exception {
    long first = new Memory(state).nextSession();
    assertTrue(first > 0);
    long far = Long.MAX_VALUE / 2; // the clock was far ahead then
    Files.writeString(state.resolve("failover.heard"), "session " + far + "\n");
    assertEquals(far + 1, new Memory(state).nextSession());
    assertEquals(far + 2, new Memory(state).nextSession());
  }

  @Test
  void whoWasHeardIsKnownAfterARestart() {
    Memory memory = new Memory(state);
    VirtualRouter gate = new VirtualRouter("gate", "eth0.7@eth0", 51, false);
    memory.write(Map.of(gate, Map.of(A, new Guard.Mark(7, 9))));
    memory.nextSession();
    memory.write(Map.of()); // a thread that has only begun
    assertEquals(Map.of(gate, Map.of(A, new Guard.Mark(7, 9))), new Memory(state).heard());
  }

  @Test
  void whatAReleaseThatKnewNamesOnlyHasKeptCountsByName() throws Exception {
    Files.writeString(state.resolve("failover.heard"), "session 3\ngate 10.77.0.1 7 9\n");
    HeardBefore before = new HeardBefore();
    before.all(new Memory(state).heard());
    assertEquals(Map.of(), before.take(new VirtualRouter("door", "eth0", 51, false)));
    VirtualRouter gate = new VirtualRouter("gate", "eth0", 51, false);
    assertEquals(Map.of(A, new Guard.Mark(7, 9)), before.take(gate));
    assertEquals(Map.of(), before.all(), "it remembers by itself from now on");
  }

  @Test
  void whatIsDamagedEndsNothing() throws Exception {
    Files.writeString(state.resolve("failover.heard"), "session x\nand so on\n");
    Memory memory = new Memory(state);
    assertEquals(Map.of(), memory.heard());
    assertTrue(memory.nextSession() > 0);
  }

  private static Path secret(Path file, String text, String permissions) throws Exception {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void aSecretThatGoesIsUsedUntilAnotherOneIsThere() throws Exception {
    KeyFiles files = new KeyFiles(state);
    Map<String, VrrpKey> wanted = Map.of("k", new VrrpKey("k", 1, Path.of("k.key")));
    Path file = state.resolve("k.key");
    assertTrue(files.read(wanted).problems().get("k").contains("there is no file"));
    secret(file, "0123456789abcdef", "rw-r--r--");
    assertTrue(files.read(wanted).problems().get("k").contains("owner only"));
    secret(file, "0123456789abcdef", "rw-------");
    assertEquals("0123456789abcdef", files.read(wanted).keys().get("k").secret());
    Files.delete(file);
    Keyring after = files.read(wanted);
    assertEquals("0123456789abcdef", after.keys().get("k").secret());
    assertTrue(after.problems().get("k").contains("read last is used"));
    secret(file, "fedcba9876543210", "rw-------");
    assertEquals("fedcba9876543210", files.read(wanted).keys().get("k").secret());
    assertEquals(Map.of(), files.read(wanted).problems());
  }
}
