package org.strowger.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.strowger.api.BundleInventory.Failure;
import org.strowger.api.BundleInventory.Updated;
import org.strowger.api.BundleLifecycle;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.Subscription;

class UpgradeTest {
  private static final String NAME = "org.strowger.sample";
  private static final Origin ORIGIN = new Origin(OriginKind.SHELL, "noc", "unix socket");

  @TempDir Path folder;

  private TestFramework felix;

  @BeforeEach
  void open() throws Exception {
    felix = new TestFramework(folder, false);
  }

  @AfterEach
  void close() throws Exception {
    felix.close();
  }

  private Path sample(String version, String text) throws IOException {
    return new TestBundle(NAME, version)
        .offers('"' + text + '"')
        .write(folder.resolve(text + ".jar"));
  }

  private Path faulty(String version) throws IOException {
    return new TestBundle(NAME, version)
        .starts("if (true) throw new IllegalStateException(\"no luck\");")
        .write(folder.resolve("faulty" + version + ".jar"));
  }

  private Updated update(Path jar) {
    return felix.inventory().update(jar, ORIGIN);
  }

  private Updated.Done done(Path jar) {
    Updated updated = update(jar);
    return assertInstanceOf(Updated.Done.class, updated, updated.toString());
  }

  private String refused(Path jar) {
    Updated updated = update(jar);
    return assertInstanceOf(Updated.Refused.class, updated, updated.toString()).why();
  }

  private Properties overrides() throws IOException {
    Properties overrides = new Properties();
    Path file = felix.state.resolve("bundles/overrides.properties");
    if (Files.exists(file)) {
      try (var in = Files.newBufferedReader(file)) {
        overrides.load(in);
      }
    }
    return overrides;
  }

  private List<String> keptFiles() throws IOException {
    try (Stream<Path> files = Files.list(felix.state.resolve("bundles"))) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theNewVersionRunsAndIsThereAfterARestart() throws Exception {
    felix.install(sample("1.0.0", "one")).start();
    assertEquals(List.of("one"), felix.offers());

    assertEquals(new Updated.Done(NAME, "1.0.0", "1.1.0", "updated"), done(sample("1.1.0", "two")));

    assertEquals(List.of("two"), felix.offers());
    assertEquals(Map.of(NAME, NAME + "-1.1.0.jar"), overrides());
    Path kept = felix.state.resolve("bundles/" + NAME + "-1.1.0.jar");
    assertEquals(-1, Files.mismatch(kept, folder.resolve("two.jar")));
    done(sample("1.2.0", "three"));
    assertEquals(List.of(NAME + "-1.2.0.jar", "overrides.properties"), keptFiles());
  }

  @Test
  void aVersionWhoseStartThrowsIsTakenBackAndTheOldOneRuns() throws Exception {
    felix.install(sample("1.0.0", "one")).start();

    String why = refused(faulty("2.0.0"));

    assertEquals(NAME + " does not start: no luck; version 1.0.0 runs again", why);
    assertEquals(List.of("one"), felix.offers());
    assertEquals("1.0.0", felix.named(NAME).getFirst().getVersion().toString());
    assertEquals(Map.of(), overrides());
    assertEquals(List.of(), keptFiles());
  }

  @Test
  void aVersionThatDoesNotResolveIsTakenBack() throws Exception {
    felix.install(sample("1.0.0", "one")).start();
    Path jar =
        new TestBundle(NAME, "2.0.0")
            .header("Import-Package", "org.osgi.framework,not.there")
            .offers("\"two\"")
            .write(folder.resolve("two.jar"));

    String why = refused(jar);

    assertTrue(why.contains("not.there"), why);
    assertEquals(List.of("one"), felix.offers());
  }

  @Test
  void updateAndTakingBackWorkManyTimesAndLeaveNoThreadBehind() throws Exception {
    felix.install(sample("1.0.0", "one")).start();
    Path faulty = faulty("3.0.0");
    long threads = 0;
    for (int i = 1; i <= 10; i++) {
      done(sample("1.0." + i, "v" + i));
      refused(faulty);
      assertEquals(List.of("v" + i), felix.offers());
      long now = Thread.getAllStackTraces().size();
      threads = i == 1 ? now : threads;
      assertTrue(now <= threads + 3, threads + " threads became " + now);
    }
  }

  @Test
  void usersOfAnExportedPackageAreWiredToTheNewOne() throws Exception {
    felix.install(library("1.0.0", "old", true)).start();
    felix.install(user()).start();
    assertEquals(List.of("old"), felix.offers());

    Updated.Done done = done(library("1.1.0", "new", true));

    assertEquals("updated; bundles wired anew: 1", done.how());
    assertEquals(List.of("new"), felix.offers());
  }

  @Test
  void aLibraryThatNoLongerServesItsUsersIsTakenBack() throws Exception {
    felix.install(library("1.0.0", "old", true)).start();
    felix.install(user()).start();

    String why = refused(library("1.1.0", "new", false));

    assertTrue(why.startsWith("org.strowger.user does not start: "), why);
    assertTrue(why.endsWith("version 1.0.0 runs again"), why);
    assertEquals(List.of("old"), felix.offers());
  }

  private Path library(String version, String text, boolean exports) throws IOException {
    TestBundle library =
        new TestBundle("org.strowger.library", version)
            .source(
                "lib.Text",
                "package lib; public class Text { public static String text() { return \""
                    + text
                    + "\"; } }");
    if (exports) {
      library.header("Export-Package", "lib");
    }
    return library.write(folder.resolve("library-" + version + ".jar"));
  }

  private Path user() throws IOException {
    return new TestBundle("org.strowger.user", "1.0.0")
        .uses(folder.resolve("library-1.0.0.jar"))
        .header("Import-Package", "org.osgi.framework,lib")
        .offers("lib.Text.text()")
        .write(folder.resolve("user.jar"));
  }

  @Test
  void whatIsNoBundleOrDamagedIsRefusedWithTheReason() throws Exception {
    Path good = sample("1.1.0", "two");
    felix.install(sample("1.0.0", "one")).start();
    byte[] bytes = Files.readAllBytes(good);
    Path bad = folder.resolve("bad.jar");

    assertEquals(bad + ": expected a jar file; there is none", refused(bad));
    Files.writeString(bad, "no jar");
    assertTrue(refused(bad).contains("expected a whole, readable jar file"), refused(bad));
    for (int length = 0; length < bytes.length; length += 37) {
      Files.write(bad, Arrays.copyOf(bytes, length));
      assertTrue(refused(bad).startsWith(bad.toString()), "length " + length);
    }
    new TestBundle(NAME, "1.1.0").header("Bundle-ManifestVersion", "1").write(bad);
    assertTrue(refused(bad).contains("expected a bundle"), refused(bad));
    new TestBundle(NAME, "1.1.0").header("Fragment-Host", "x").write(bad);
    assertTrue(refused(bad).contains("is a fragment"), refused(bad));
    new TestBundle(NAME, "one.two").write(bad);
    assertTrue(refused(bad).contains("one.two"), refused(bad));
    assertEquals(List.of("one"), felix.offers());
  }

  @Test
  void noFlippedByteOfAJarIsEverInstalledUnnoticed() throws Exception {
    byte[] bytes = Files.readAllBytes(sample("1.1.0", "two"));
    BundleJar whole = BundleJar.read(folder.resolve("two.jar"));
    Path bad = folder.resolve("bad.jar");
    for (int at = 0; at < bytes.length; at++) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= (byte) (1 << (at % 8));
      Files.write(bad, flipped);
      try {
        // Dates and the like may change: what is in it may not.
        assertEquals(whole.digest(), BundleJar.read(bad).digest(), "byte " + at);
      } catch (Refusal refusal) {
        assertTrue(refusal.why().startsWith(bad.toString()), refusal.why());
      }
    }
  }

  @Test
  void whatRunsAlreadyIsNotInstalledAgain() throws Exception {
    Path one = sample("1.0.0", "one");
    felix.install(one).start();

    assertEquals(NAME + " 1.0.0 runs already with just this content", refused(one));
    done(sample("1.0.0", "other"));
    assertEquals(List.of("other"), felix.offers());
  }

  @Test
  void whatIsOlderThanTheShippedVersionWouldNotSurviveARestart() throws Exception {
    felix.install(sample("1.1.0", "one")).start();

    assertEquals(NAME + " 1.0.0 is older than the shipped 1.1.0", refused(sample("1.0.0", "old")));
    done(sample("1.3.0", "three"));
    done(sample("1.2.0", "two"));
    assertEquals(List.of("two"), felix.offers());
  }

  @Test
  void aNewBundleIsAddedAndAFaultyOneLeavesNothing() throws Exception {
    String why = refused(faulty("1.0.0"));
    assertEquals(NAME + " does not start: no luck", why);
    assertEquals(List.of(), felix.named(NAME));

    assertEquals(new Updated.Done(NAME, "", "1.0.0", "added"), done(sample("1.0.0", "one")));

    assertEquals(List.of("one"), felix.offers());
    assertEquals(Map.of(NAME, NAME + "-1.0.0.jar"), overrides());
  }

  @Test
  void whatCannotBeMadeDurableIsNotDone() throws Exception {
    felix.install(sample("1.0.0", "one")).start();
    Path inTheWay = felix.state.resolve("bundles/" + NAME + "-1.1.0.jar/file");
    Files.createDirectories(inTheWay);

    String why = refused(sample("1.1.0", "two"));

    assertTrue(why.startsWith("the replacement cannot be made durable: "), why);
    assertTrue(why.endsWith("; version 1.0.0 runs again"), why);
    assertEquals(List.of("one"), felix.offers());
    assertEquals(Map.of(), overrides());

    Files.createDirectories(felix.state.resolve("bundles/overrides.properties/file"));
    String unreadable = refused(sample("1.2.0", "three"));
    assertTrue(unreadable.contains("overrides.properties cannot be read"), unreadable);
    assertEquals(List.of("one"), felix.offers());
  }

  private Path standing(String version) throws IOException {
    return new TestBundle("org.strowger.stands", version)
        .header(BundleJar.REPLACE, BundleJar.BESIDE)
        .starts(
            """
            Hashtable<String, Object> p = new Hashtable<>();
            p.put("offer", true);
            ServiceRegistration<?> r = context.registerService(String.class, "%1$s", p);
            Hashtable<String, Object> q = new Hashtable<>();
            q.put("drain", "%1$s");
            Runnable drain = () -> { p.put("drained", true); r.setProperties(p); };
            context.registerService(Runnable.class, drain, q);
            """
                .formatted(version))
        .write(folder.resolve("stands" + version + ".jar"));
  }

  @Test
  void theOldOneOfTwoBesideEachOtherGoesWhenItHasDrained() throws Exception {
    felix.install(standing("1.0.0")).start();
    drain("1.0.0"); // drained, but nobody came in its place

    Updated.Done done = done(standing("1.1.0"));
    assertEquals("beside; the old one drains", done.how());
    TestFramework.await("the drained one is gone", () -> felix.offers().equals(List.of("1.1.0")));

    done(standing("1.2.0"));
    assertEquals(List.of("1.1.0", "1.2.0"), felix.offers());
    assertTrue(refused(standing("1.2.0")).contains("is there already"));
    drain("1.2.0"); // the latest stays
    Thread.sleep(300);
    assertEquals(List.of("1.1.0", "1.2.0"), felix.offers());
    drain("1.1.0");

    TestFramework.await("the drained one is gone", () -> felix.offers().equals(List.of("1.2.0")));
    assertEquals(1, felix.named("org.strowger.stands").size());
    assertEquals(Map.of("org.strowger.stands", "org.strowger.stands-1.2.0.jar"), overrides());
  }

  private void drain(String version) throws Exception {
    var found = felix.context().getServiceReferences(Runnable.class, "(drain=" + version + ")");
    felix.context().getService(found.iterator().next()).run();
  }

  @Test
  void aFaultyOneBesideLeavesTheOldOneAlone() throws Exception {
    felix.install(standing("1.0.0")).start();
    Path faulty =
        new TestBundle("org.strowger.stands", "2.0.0")
            .header(BundleJar.REPLACE, BundleJar.BESIDE)
            .starts("if (true) throw new IllegalStateException(\"no sockets\");")
            .write(folder.resolve("faulty.jar"));

    assertEquals("org.strowger.stands does not start: no sockets", refused(faulty));
    assertEquals(List.of("1.0.0"), felix.offers());
    assertEquals(1, felix.named("org.strowger.stands").size());
  }

  @Test
  void aBundleThatShouldRunAndDoesNotIsToldWithTheReasonAndTakenBackWhenMended() throws Exception {
    List<List<Failure>> told = new CopyOnWriteArrayList<>();
    try (Subscription _ = felix.inventory().onFailures(told::add)) {
      TestFramework.await("the list at once", () -> told.equals(List.of(List.of())));
      Bundle bundle = felix.install(faulty("1.0.0"));
      startedByItsLevel(bundle);
      TestFramework.await("the failure", () -> told.size() == 2);
      assertEquals(List.of(new Failure(NAME, "no luck")), told.getLast());

      done(sample("1.1.0", "mended"));

      TestFramework.await("the end of it", () -> told.getLast().isEmpty());
      assertEquals(List.of("mended"), felix.offers());
      assertEquals(3, told.size());
    }
  }

  /** As at a start of the box: what its start throws goes to the framework's listeners. */
  private void startedByItsLevel(Bundle bundle) throws Exception {
    Exchange.startLevel(bundle).setStartLevel(20);
    TestFramework.await("its level", () -> Exchange.level(bundle) == 20);
    bundle.start();
    felix
        .context()
        .getBundle(0)
        .adapt(org.osgi.framework.startlevel.FrameworkStartLevel.class)
        .setStartLevel(20);
  }

  @Test
  void aFailedBundleThatIsNotMendedEitherStaysAsItWas() throws Exception {
    Bundle bundle = felix.install(faulty("1.0.0"));
    assertThrows(org.osgi.framework.BundleException.class, bundle::start);

    String why = refused(faulty("1.1.0"));

    assertEquals(NAME + " does not start: no luck; version 1.0.0 is there again", why);
  }

  @Test
  void anUpdateThatIsTakenBackRaisesNoFailure() throws Exception {
    felix.install(sample("1.0.0", "one")).start();
    List<List<Failure>> told = new CopyOnWriteArrayList<>();
    try (Subscription _ = felix.inventory().onFailures(told::add)) {
      refused(faulty("2.0.0"));
      Thread.sleep(FailedBundles.HOLD_MILLIS + 1000);
      assertEquals(List.of(List.of()), told);
    }
  }

  @Test
  void theInventoryShowsEachBundle() throws Exception {
    felix.install(sample("1.0.0", "one"));

    var views = felix.inventory().bundles();

    var sample = views.stream().filter(v -> v.name().equals(NAME)).findFirst().orElseThrow();
    assertEquals("1.0.0", sample.version());
    assertEquals(BundleLifecycle.INSTALLED, sample.state());
    assertTrue(views.stream().anyMatch(v -> v.name().equals(KeeperBundle.NAME)));
    assertEquals(felix.context().getBundles().length, views.size());
  }

  @Test
  void aJarDroppedInIsInstalledReplacedAndTakenOut() throws Exception {
    Path dropIn = felix.state.resolve("dropin");
    TestFramework.await("the folder", () -> Files.isDirectory(dropIn));
    Path place = dropIn.resolve("mine.jar");

    Files.move(sample("1.0.0", "one"), place);
    TestFramework.await("it is installed", () -> felix.offers().equals(List.of("one")));
    Files.move(sample("1.1.0", "two"), place, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    TestFramework.await("it is replaced", () -> felix.offers().equals(List.of("two")));
    Files.delete(place);
    TestFramework.await("it is gone", () -> felix.named(NAME).isEmpty());

    assertEquals(Map.of(), overrides());
  }

  @Test
  void aFaultyJarDroppedInHarmsNothingAndAMendedOneIsTaken() throws Exception {
    Path dropIn = felix.state.resolve("dropin");
    TestFramework.await("the folder", () -> Files.isDirectory(dropIn));
    Path place = dropIn.resolve("mine.jar");
    Files.writeString(dropIn.resolve("text.jar"), "no jar");
    Files.move(faulty("1.0.0"), place);
    Thread.sleep(3500);
    assertEquals(List.of(), felix.named(NAME));

    Files.move(sample("1.0.0", "one"), place, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    TestFramework.await("it is installed", () -> felix.offers().equals(List.of("one")));
  }

  @Test
  void theUpgradeReplacesItself() throws Exception {
    Bundle keeper = felix.context().getBundle(KeeperBundle.NAME);
    String before = keeper.getVersion().toString();
    Path next = withOneMoreClass(TestFramework.upgrade(folder.resolve("next.jar"), "0.2.0"));

    Updated.Done done = done(next);

    assertEquals("0.2.0", done.to());
    assertEquals("0.2.0", felix.named("org.strowger.upgrade").getFirst().getVersion().toString());
    felix.install(sample("1.0.0", "one")).start();
    done(sample("1.1.0", "two"));
    assertEquals(List.of("two"), felix.offers());
    TestFramework.await(
        "the keeper follows",
        () -> !keeper.getVersion().toString().equals(before) && keeper.getState() == Bundle.ACTIVE);
    assertEquals(1, felix.named(KeeperBundle.NAME).size());
    done(sample("1.2.0", "three"));
    assertEquals(List.of("three"), felix.offers());
  }

  @Test
  void anUpdateWaitsForTheKeeperThatIsJustBeingStarted() throws Exception {
    felix.install(sample("1.0.0", "one")).start();
    felix.context().getBundle(KeeperBundle.NAME).stop();

    done(sample("1.1.0", "two")); // who watches it starts the keeper within a second

    assertEquals(List.of("two"), felix.offers());
  }

  @Test
  void anOrderIsDoneByAKeeperThatComesWhileItWaitsAndRefusedIfNoneComes() throws Exception {
    felix.install(sample("1.0.0", "one")).start();
    felix.named("org.strowger.upgrade").getFirst().stop();
    Bundle keeper = felix.context().getBundle(KeeperBundle.NAME);
    keeper.stop();
    Map<String, String> order =
        Map.of(Keeper.WORD, Keeper.UPDATE, Keeper.FILE, sample("1.1.0", "two").toString());

    Map<String, String> refused =
        new KeeperBundle(felix.context(), Duration.ofSeconds(1)).order(order);
    assertEquals(
        "the bundle org.strowger.upgrade.keeper did not run for 1 s, nothing was done; see the log",
        refused.get(Keeper.REFUSED));
    assertEquals(List.of("one"), felix.offers());

    KeeperBundle patient = new KeeperBundle(felix.context());
    var answer = CompletableFuture.supplyAsync(() -> patient.order(order));
    Thread.sleep(200); // it may wait already; that it is done does not depend on it
    keeper.start();
    assertEquals("1.1.0", answer.get(60, TimeUnit.SECONDS).get(Keeper.TO));
    assertEquals(List.of("two"), felix.offers());
  }

  private static Path withOneMoreClass(Path jar) throws IOException {
    try (var zip = java.nio.file.FileSystems.newFileSystem(jar)) {
      Path classes = zip.getPath("org/strowger/upgrade");
      Files.copy(classes.resolve("Refusal.class"), classes.resolve("OneMore.class"));
    }
    return jar;
  }
}
