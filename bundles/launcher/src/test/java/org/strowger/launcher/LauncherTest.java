package org.strowger.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as an operator meets it: a process, its exit code, what it says and logs. */
final class LauncherTest {
  private static final int BY_SIGTERM = 128 + 15;

  @TempDir private Path folder;
  private TestHome home;

  @BeforeEach
  void distribution() throws IOException {
    home = new TestHome(folder);
  }

  private void assertRefused(String... sentences) throws IOException, InterruptedException {
    try (TestDirector director = home.start()) {
      assertEquals(1, director.awaitEnd());
      List<String> lines =
          director.errors().lines().filter(line -> line.startsWith("strowger: ")).toList();
      assertEquals(sentences.length, lines.size(), director.errors());
      for (String sentence : sentences) {
        assertTrue(lines.contains("strowger: " + sentence), director.errors());
      }
      assertFalse(Files.readString(director.out()).contains("ready after"));
    }
  }

  @Test
  void directorIsReadyWhenItsComponentsAreAndStopsOnSigterm() throws Exception {
    home.with(3, TestBundles.Ready.class);
    try (TestDirector director = home.start().awaitReady()) {
      assertEquals(BY_SIGTERM, director.terminate());
      String log = Files.readString(home.log());
      assertTrue(log.contains("Ready: version 1.0.0 component=\"ready\""), log);
      assertTrue(log.contains("The director has stopped"), log);
    }
  }

  @Test
  void whoOffersASchedulerThatTheManifestDoesNotNameIsSaidInTheLog() throws Exception {
    home.with(2, TestBundles.Ready.class).with(3, TestBundles.Unnamed.class);
    try (TestDirector director = home.start().awaitReady()) {
      director.terminate();
      String log = Files.readString(home.log());
      assertTrue(log.contains("bundle=\"test.Unnamed\""), log);
      assertTrue(log.contains("does not name in Provide-Capability"), log);
    }
  }

  @Test
  void allThatFailedIsSaidAtOnceEachInItsSentence() throws Exception {
    home.with(2, TestBundles.Failed.class).with(3, TestBundles.Throwing.class);
    assertRefused(
        "Port 1161 is in use.",
        "Port 9010 is in use.",
        "The bundle test.Throwing did not start: no such device");
  }

  @Test
  void whatOnlyWaitsForTheFailedOneIsNotBlamed() throws Exception {
    home.with(1, TestBundles.Failed.class).with(2, TestBundles.Starting.class);
    home.setting("strowger.startup.deadlineSeconds", "600");
    assertRefused("Port 1161 is in use.", "Port 9010 is in use.");
  }

  @Test
  void componentThatIsNeverReadyIsNamedAtTheDeadline() throws Exception {
    home.with(1, TestBundles.Starting.class).setting("strowger.startup.deadlineSeconds", "2");
    assertRefused("The component slow was not ready after 2 s.");
  }

  @Test
  void componentThatDoesNotReportIsMissed() throws Exception {
    home.with(1, TestBundles.Ready.class)
        .setting("strowger.startup.expected", "ready, snmp")
        .setting("strowger.startup.deadlineSeconds", "2");
    assertRefused("The component snmp was not ready after 2 s.");
  }

  @Test
  void bundleThatHangsInItsStartDoesNotHangTheDeadline() throws Exception {
    home.with(1, TestBundles.Hanging.class)
        .setting("strowger.startup.deadlineSeconds", "2")
        .setting("strowger.stop.deadlineSeconds", "1");
    assertRefused("The bundle test.Hanging did not start: its start has not returned");
  }

  @Test
  void bundleThatHangsInItsStopIsCutShort() throws Exception {
    home.with(1, TestBundles.Clinging.class).setting("strowger.stop.deadlineSeconds", "1");
    try (TestDirector director = home.start().awaitReady()) {
      assertEquals(BY_SIGTERM, director.terminate());
      assertTrue(Files.readString(home.log()).contains("The stop was cut short seconds=\"1\""));
    }
  }

  @Test
  void listedBundleWithoutFileIsNamed() throws Exception {
    home.setting("strowger.bundles.1", "org.example.absent");
    assertRefused(
        "The bundle "
            + home.home.resolve("bundles/org.example.absent.jar")
            + " of the bundle list cannot be installed: there is no such file.");
  }

  @Test
  void secondDirectorInOneStateFolderIsRefused() throws Exception {
    home.with(1, TestBundles.Ready.class);
    try (TestDirector first = home.start().awaitReady()) {
      assertRefused(
          "Another director (process "
              + first.process().pid()
              + ") runs in the state folder "
              + home.state
              + ".");
      assertTrue(first.process().isAlive());
    }
  }

  @Test
  void stateFolderThatCannotBeWrittenIsNamed() throws Exception {
    Files.writeString(home.state, "a file in the way");
    assertRefused(
        "The state folder "
            + home.state
            + " cannot be written: "
            + home.state
            + " is not a folder.");
  }

  @Test
  void updatedBundleStartsInPlaceOfTheShippedOne() throws Exception {
    home.with(1, TestBundles.Ready.class);
    update("ready-2.jar", "2.0.0");
    assertVersionThatStarts("2.0.0");
  }

  @Test
  void updateOlderThanTheShippedBundleDoesNotStart() throws Exception {
    home.with(1, TestBundles.Ready.class);
    update("ready-0.jar", "0.9.0");
    assertVersionThatStarts("1.0.0");
  }

  @Test
  void damagedUpdateIsLoggedAndTheShippedBundleStarts() throws Exception {
    home.with(1, TestBundles.Ready.class);
    Path file = update("ready-2.jar", "2.0.0");
    byte[] bytes = Files.readAllBytes(file);
    // Inside of the compressed data of the last entry: the directory at the end stays whole.
    bytes[bytes.length * 2 / 3] ^= 0x55;
    Files.write(file, bytes);
    assertVersionThatStarts("1.0.0");
    assertTrue(Files.readString(home.log()).contains("An updated bundle is ignored"));
  }

  @Test
  void addedBundleStartsToo() throws Exception {
    home.setting("strowger.bundles.1", "");
    update("ready.jar", "3.1.0");
    assertVersionThatStarts("3.1.0");
  }

  @Test
  void freshStartForgetsWhatWasLeft() throws Exception {
    home.with(1, TestBundles.Ready.class);
    update("ready-2.jar", "2.0.0");
    assertVersionThatStarts("2.0.0");
    Files.delete(home.log());
    assertVersionThatStarts("1.0.0", "--fresh");
  }

  @Test
  void freshStartKeepsWhatTheDirectorDidNotMake() throws Exception {
    home.with(1, TestBundles.Ready.class);
    try (TestDirector first = home.start().awaitReady()) {
      first.terminate();
    }
    Path secret = Files.createDirectories(home.state.resolve("secrets")).resolve("jmx");
    Files.writeString(secret, "operator's");
    Path inLog = Files.writeString(home.state.resolve("log/gc.txt"), "operator's");
    Path outside = Files.writeString(folder.resolve("outside"), "operator's");
    Files.createSymbolicLink(home.state.resolve("dropin"), folder);
    Path revision = Files.createDirectories(home.state.resolve("revisions")).resolve("1.yaml");
    Files.writeString(revision, "x");
    assertVersionThatStarts("1.0.0", "--fresh");
    for (Path kept : List.of(secret, inLog, outside)) {
      assertEquals("operator's", Files.readString(kept));
    }
    assertFalse(Files.exists(revision));
    assertFalse(Files.exists(home.state.resolve("dropin"), LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void freshStartInAFolderThatIsNoStateFolderIsRefused() throws Exception {
    home.with(1, TestBundles.Ready.class);
    Path bundles = Files.createDirectories(home.state.resolve("bundles"));
    Path thesis = Files.writeString(bundles.resolve("thesis.txt"), "years of work");
    // A lock file of something else, not a process number.
    Files.writeString(home.state.resolve("lock"), "of a package tool");
    try (TestDirector director = home.start("--fresh")) {
      assertEquals(1, director.awaitEnd());
      assertEquals(
          "strowger: The folder "
              + home.state
              + " is not a director's state folder: it has other files and neither a lock nor"
              + " revisions; --fresh deletes nothing there.",
          director.errors().strip());
    }
    assertEquals("years of work", Files.readString(thesis));
    assertEquals("of a package tool", Files.readString(home.state.resolve("lock")));
  }

  @Test
  void stateFolderAndWhatIsMadeInItAreTheOwnersOnly() throws Exception {
    home.with(1, TestBundles.Ready.class);
    Files.createDirectories(home.state.resolve("bundle-cache"));
    allow(home.state, "rwxr-xr-x");
    allow(home.state.resolve("bundle-cache"), "rwxrwxrwx");
    try (TestDirector director = home.start().awaitReady();
        Stream<Path> all = Files.walk(home.state)) {
      List<String> open = new ArrayList<>();
      for (Path path : all.toList()) {
        String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        if (!permissions.endsWith("------")) {
          open.add(permissions + " " + path);
        }
      }
      assertEquals(List.of(), open);
      assertTrue(Files.isReadable(home.log()));
      director.terminate();
    }
  }

  private static void allow(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void folderAllMayWriteIntoIsNotShutForThem() throws Exception {
    Files.createDirectories(home.state.resolve("another's"));
    allow(home.state, "rwxrwxrwx");
    assertRefused(
        "The folder "
            + home.state
            + " is used by others: give the director a state folder of its own.");
    assertEquals(
        "rwxrwxrwx", PosixFilePermissions.toString(Files.getPosixFilePermissions(home.state)));
  }

  @Test
  void onlyADirectorThatIsReadyIsTheOneTheCommandLineFinds() throws Exception {
    Path file = folder.resolve("var/last-state");
    home.with(2, TestBundles.Failed.class);
    try (TestDirector director = home.start("--last-state", file.toString())) {
      assertEquals(1, director.awaitEnd());
    }
    assertFalse(Files.exists(file));
    TestHome good = new TestHome(folder.resolve("good")).with(1, TestBundles.Ready.class);
    try (TestDirector director = good.start("--last-state", file.toString()).awaitReady()) {
      assertEquals(good.state + "\n", Files.readString(file));
      String said = Files.readString(director.out());
      assertTrue(said.contains("State folder: " + good.state + "\n"), said);
      assertTrue(said.contains("Log: " + good.log() + "\n"), said);
      assertTrue(said.contains("./strowger cli --state '" + good.state + "' show services"), said);
      assertTrue(said.matches("(?s).*\nstrowger: ready after [0-9]+ ms\n"), said);
    }
  }

  @Test
  void directorStartsWhereItsStateFolderCannotBeRemembered() throws Exception {
    home.with(1, TestBundles.Ready.class);
    Path inTheWay = Files.writeString(folder.resolve("file"), "x");
    String lastState = inTheWay.resolve("last-state").toString();
    try (TestDirector director = home.start("--last-state", lastState).awaitReady()) {
      assertTrue(Files.readString(home.log()).contains("cli needs --state"));
      director.terminate();
    }
  }

  private Path update(String fileName, String version) throws IOException {
    Path updates = Files.createDirectories(home.state.resolve("bundles"));
    TestHome.writeBundle(updates.resolve(fileName), TestBundles.Ready.class, version);
    Files.writeString(updates.resolve("overrides.properties"), "test.Ready=" + fileName + "\n");
    return updates.resolve(fileName);
  }

  private void assertVersionThatStarts(String version, String... more) throws Exception {
    try (TestDirector director = home.start(more).awaitReady()) {
      director.terminate();
      String log = Files.readString(home.log());
      assertTrue(log.contains("Ready: version " + version + " component=\"ready\""), log);
    }
  }

  @Test
  void wordNotUnderstoodIsAnsweredWithUsageAndCode2() throws Exception {
    try (TestDirector director = home.start("--bogus")) {
      assertEquals(2, director.awaitEnd());
      assertTrue(director.errors().startsWith("strowger: Not understood: --bogus."));
    }
  }
}
