package org.strowger.configfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.Revision;
import org.strowger.api.RevisionStore.Loaded;
import org.strowger.api.RevisionSummary;

class RevisionFolderTest {
  @TempDir Path state;

  private Path folder;
  private RevisionFolder store;

  @BeforeEach
  void open() {
    folder = state.resolve("deep/revisions");
    store = new RevisionFolder(folder);
  }

  private static Revision revision(long number) {
    Map<String, Object> real = new LinkedHashMap<>();
    real.put("address", "127.0.0.1");
    real.put("weight", number);
    Map<String, Object> tree = Map.of("pools", Map.of("web", Map.of("realServers", real)));
    return new Revision(
        number,
        Instant.parse("2026-11-22T10:00:00.123456789Z"),
        new Origin(OriginKind.SNMP, "noc: 'on'", "udp:10.0.0.1/161"),
        "number " + number + "\nsecond line",
        tree,
        Optional.of(new Revision.ImportedFile("ab".repeat(32), Map.of("a", List.of("x", 1L)))));
  }

  private Path file(long number) {
    return folder.resolve(String.format("%010d.yaml", number));
  }

  @Test
  void whatWasSavedIsLoadedByTheNextProcess() throws IOException {
    store.save(revision(1));
    store.save(revision(2));

    Loaded loaded = new RevisionFolder(folder).load();

    assertEquals(Optional.of(revision(2)), loaded.revision());
    assertEquals(List.of(), loaded.damaged());
    assertEquals(Optional.of(revision(1)), store.read(1));
    assertEquals(Optional.empty(), store.read(3));
  }

  @Test
  void aRevisionWithoutImportHasNone() throws IOException {
    Revision bare =
        new Revision(1, Instant.EPOCH, revision(1).origin(), "", Map.of(), Optional.empty());
    store.save(bare);

    assertEquals(Optional.of(bare), store.load().revision());
  }

  @Test
  void anEmptyStateHoldsNothingAndNothingDamaged() {
    assertEquals(new Loaded(Optional.empty(), List.of()), store.load());
    assertEquals(List.of(), store.list());
  }

  @Test
  void filesAreForTheOwnerOnly() throws IOException {
    store.save(revision(1));

    assertEquals("rwx------", permissions(folder));
    assertEquals("rw-------", permissions(file(1)));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    store.save(revision(2));
    assertEquals("rwx------", permissions(folder));
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void peopleCanReadARevision() throws IOException {
    store.save(revision(7));

    String text = Files.readString(file(7));

    assertTrue(text.startsWith("# strowger revision, sha256 of what follows: "), text);
    assertTrue(text.contains("\nnumber: 7\n") && text.contains("\n        weight: 7\n"), text);
  }

  @Test
  void theLastTwentyAreKeptAndListedNewestFirst() throws IOException {
    for (long number = 1; number <= 25; number++) {
      store.save(revision(number));
    }

    List<Long> expected = LongStream.rangeClosed(6, 25).map(n -> 31 - n).boxed().toList();
    assertEquals(expected, store.list().stream().map(RevisionSummary::number).toList());
    assertEquals(expected.size(), new RevisionFolder(folder).list().size());
    assertEquals(revision(25).summary(), store.list().getFirst());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(20, files.count());
    }
  }

  @Test
  void eachFlippedByteIsNoticedAndTheOlderRevisionTakesOver() throws IOException {
    store.save(revision(1));
    store.save(revision(2));
    byte[] whole = Files.readAllBytes(file(2));
    for (int at = 0; at < whole.length; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= (byte) (1 << (at % 8));
      Files.write(file(2), flipped);
      assertOlderWithSentence("byte " + at);
    }
    assertEquals(List.of(1L), store.list().stream().map(RevisionSummary::number).toList());
  }

  @Test
  void eachTruncationIsNoticedAndTheOlderRevisionTakesOver() throws IOException {
    store.save(revision(1));
    store.save(revision(2));
    byte[] whole = Files.readAllBytes(file(2));
    for (int length = 0; length < whole.length; length++) {
      Files.write(file(2), Arrays.copyOf(whole, length));
      assertOlderWithSentence("length " + length);
    }
    Files.write(file(2), Arrays.copyOf(whole, whole.length + 1));
    assertOlderWithSentence("one byte more");
    Files.write(file(2), whole);
    assertEquals(new Loaded(Optional.of(revision(2)), List.of()), store.load());
  }

  private void assertOlderWithSentence(String what) {
    Loaded loaded = store.load();
    assertEquals(Optional.of(revision(1)), loaded.revision(), what);
    assertEquals(1, loaded.damaged().size(), what);
    String sentence = loaded.damaged().getFirst();
    assertTrue(sentence.startsWith("Revision 2 (" + file(2) + ") is damaged: "), sentence);
  }

  @Test
  void aRevisionUnderAnotherNumberIsNotBelieved() throws IOException {
    store.save(revision(1));
    Files.copy(file(1), file(9));

    Loaded loaded = store.load();

    assertEquals(Optional.of(revision(1)), loaded.revision());
    assertTrue(loaded.damaged().getFirst().endsWith("it calls itself revision 1"));
  }

  @Test
  void aPassedOverRevisionDoesNotComeBackAsTheNewest() throws IOException {
    for (long number = 1; number <= 4; number++) {
      store.save(revision(number));
    }
    byte[] four = Files.readAllBytes(file(4));
    Files.write(file(3), new byte[10]);
    Files.write(file(4), new byte[0]);
    assertEquals(Optional.of(revision(2)), store.load().revision());

    store.save(revision(3));

    assertEquals(new Loaded(Optional.of(revision(3)), List.of()), store.load());
    assertTrue(Files.exists(folder.resolve("0000000004.yaml.aside")));
    assertTrue(four.length > 0);
  }

  @Test
  void aCrashDuringSavingLeavesTheOlderRevision() throws IOException {
    store.save(revision(1));
    Files.writeString(folder.resolve(".0000000002.yaml.tmp"), "half");

    assertEquals(new Loaded(Optional.of(revision(1)), List.of()), store.load());
    store.save(revision(2));
    assertEquals(Optional.of(revision(2)), store.load().revision());
    assertFalse(Files.exists(folder.resolve(".0000000002.yaml.tmp")));
  }

  @Test
  void aFolderThatCannotBeIsNamedAndNothingIsThrownByLoad() throws IOException {
    Files.createDirectories(folder.getParent());
    Files.writeString(folder, "a file in the way");

    IOException e = assertThrows(IOException.class, () -> store.save(revision(1)));

    assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
    Loaded loaded = store.load();
    assertEquals(Optional.empty(), loaded.revision());
    assertTrue(loaded.damaged().getFirst().contains("cannot be read"), loaded.toString());
  }

  @Test
  void aFolderWithoutWritePermissionIsNamed() throws IOException {
    Assumptions.assumeFalse(
        "root".equals(System.getProperty("user.name")), "root may write everywhere");
    store.save(revision(1));
    Files.setPosixFilePermissions(folder.getParent(), PosixFilePermissions.fromString("r-x------"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("---------"));

    IOException e =
        assertThrows(
            IOException.class, () -> new RevisionFolder(folder.resolve("x")).save(revision(2)));

    assertTrue(e.getMessage().contains("permission denied"), e.getMessage());
  }

  @Test
  void aRevisionThatCouldNotBeReadBackIsRefusedBeforeAnythingIsTouched() throws IOException {
    store.save(revision(1));
    Map<String, Object> deep = Map.of("a", 1L);
    for (int i = 0; i < 40; i++) {
      deep = Map.of("a", deep);
    }
    Revision broken =
        new Revision(2, Instant.EPOCH, revision(2).origin(), "", deep, Optional.empty());

    IOException e = assertThrows(IOException.class, () -> store.save(broken));

    assertTrue(e.getMessage().contains("could not be read back"), e.getMessage());
    assertEquals(new Loaded(Optional.of(revision(1)), List.of()), store.load());
  }

  @Test
  void aFullDiskLosesNothingAndIsNamed() throws Exception {
    Path small = Files.createDirectory(state.resolve("small"));
    Assumptions.assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small.toString()),
        "needs the right to mount a small file system");
    try {
      RevisionFolder full = new RevisionFolder(small.resolve("revisions"));
      full.save(revision(1));
      Path filler = small.resolve("filler");
      assertThrows(IOException.class, () -> Files.write(filler, new byte[65536]));

      IOException refused = assertThrows(IOException.class, () -> full.save(revision(2)));

      assertTrue(refused.getMessage().contains("No space left"), refused.getMessage());
      assertEquals(new Loaded(Optional.of(revision(1)), List.of()), full.load());
      Files.delete(filler);
      full.save(revision(2));
      assertEquals(Optional.of(revision(2)), full.load().revision());
    } finally {
      assertTrue(run("umount", small.toString()));
    }
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
