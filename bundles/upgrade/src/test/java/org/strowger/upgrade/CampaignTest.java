package org.strowger.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.strowger.api.InServiceUpgrade;
import org.strowger.api.InServiceUpgrade.UpgradeAnswer;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.UpgradeRequest;
import org.strowger.api.UpgradeResult;
import org.strowger.api.UpgradeState;
import org.strowger.api.UpgradeStatus;
import org.strowger.api.UpgradeStepState;

/** Releases of sample bundles, activated, committed and taken back in a real framework. */
class CampaignTest {
  private static final Origin ORIGIN = new Origin(OriginKind.SHELL, "noc", "local socket");
  private static final UpgradeRequest ACTIVATE =
      new UpgradeRequest.Activate(Duration.ofMinutes(10), false);

  @TempDir Path folder;

  /** What the director's evidence would say, to be made worse by a test. */
  private final Map<String, String> evidence = new ConcurrentHashMap<>();

  private TestFramework felix;
  private Publisher publisher;

  @BeforeEach
  void aBoxThatTrustsAPublisher() throws Exception {
    publisher = new Publisher(folder);
    felix = new TestFramework(folder, false);
    publisher.trustedBy(felix.state);
    evidence.put(Evidence.PLANES, "relay");
    Supplier<Map<String, String>> supplier = () -> Map.copyOf(evidence);
    // Before that of the upgrade bundle, which has no director here and so no evidence.
    felix
        .context()
        .registerService(
            Supplier.class,
            supplier,
            FrameworkUtil.asDictionary(
                Map.of(Gate.EVIDENCE, "true", Constants.SERVICE_RANKING, 100)));
    felix.install(sample("a", "1.0.0", "old a")).start();
    felix.install(sample("b", "1.0.0", "old b")).start();
    assertEquals(List.of("old a", "old b"), felix.offers());
  }

  @AfterEach
  void close() throws Exception {
    felix.close();
  }

  private Path sample(String name, String version, String text) throws IOException {
    return new TestBundle("sample." + name, version)
        .header("Strowger-Upgrade-Class", "plugin")
        .offers('"' + text + '"')
        .write(folder.resolve(name + "-" + version + ".jar"));
  }

  private Path faulty(String name, String version, String statements) throws IOException {
    return new TestBundle("sample." + name, version)
        .starts("if (true) { " + statements + " }")
        .write(folder.resolve("faulty-" + name + "-" + version + ".jar"));
  }

  private InServiceUpgrade upgrade() {
    TestFramework.await(
        "the upgrade", () -> felix.context().getServiceReference(InServiceUpgrade.class) != null);
    return felix.context().getService(felix.context().getServiceReference(InServiceUpgrade.class));
  }

  private String accepted(UpgradeRequest request) {
    UpgradeAnswer answer = upgrade().request(request, ORIGIN);
    return assertInstanceOf(UpgradeAnswer.Accepted.class, answer, answer.toString()).text();
  }

  private String refused(UpgradeRequest request) {
    UpgradeAnswer answer = upgrade().request(request, ORIGIN);
    return assertInstanceOf(UpgradeAnswer.Refused.class, answer, answer.toString()).why();
  }

  private UpgradeStatus status() {
    return upgrade().status();
  }

  private UpgradeStatus awaitState(UpgradeState state) {
    TestFramework.await(
        state + ", not " + status().state() + ": " + status().lastResult(),
        () -> status().state() == state);
    return status();
  }

  private void stage(Path... jars) throws Exception {
    accepted(new UpgradeRequest.Stage(publisher.pack(jars), false));
  }

  private Set<String> committed() throws IOException {
    Properties list = new Properties();
    Path file = felix.state.resolve("bundles/overrides.properties");
    if (Files.exists(file)) {
      try (var in = Files.newBufferedReader(file)) {
        list.load(in);
      }
    }
    return list.values().stream()
        .map(name -> name.toString().replaceFirst("-[0-9a-f]{12}.jar", ""))
        .collect(Collectors.toSet());
  }

  @Test
  void aReleaseIsStagedCheckedTriedAndCommitted() throws Exception {
    stage(sample("a", "1.1.0", "new a"), sample("b", "1.1.0", "new b"));
    assertEquals(UpgradeState.STAGED, status().state());
    assertEquals("publisher", status().signer());

    accepted(new UpgradeRequest.Check());
    assertEquals(
        List.of(List.of("sample.a 1.0.0 -> 1.1.0"), List.of("sample.b 1.0.0 -> 1.1.0")),
        status().plan().stream().map(step -> step.bundles()).toList());
    assertEquals(List.of("old a", "old b"), felix.offers());

    accepted(ACTIVATE);
    UpgradeStatus trial = awaitState(UpgradeState.TRIAL);
    assertEquals(List.of("new a", "new b"), felix.offers());
    assertTrue(trial.trialLeft() > 500, trial.toString());
    assertEquals(2, trial.stepsDone());
    assertEquals(Set.of(), committed(), "before the commit a restart starts the old release");

    accepted(new UpgradeRequest.Commit());
    assertEquals(UpgradeState.COMMITTED, status().state());
    assertEquals(Set.of("sample.a-1.1.0", "sample.b-1.1.0"), committed());
    assertEquals(UpgradeResult.COMMITTED, status().history().getLast().result());
    assertEquals("noc", status().history().getLast().user());
  }

  @Test
  void onlyWhatDiffersIsExchanged() throws Exception {
    stage(sample("a", "1.0.0", "old a"), sample("b", "1.1.0", "new b"));
    accepted(new UpgradeRequest.Check());
    assertEquals(1, status().plan().size());
    stage(sample("a", "1.0.0", "old a"));
    assertTrue(refused(new UpgradeRequest.Check()).contains("runs already"));
  }

  @Test
  void anOperatorTakesATrialBack() throws Exception {
    stage(sample("a", "1.1.0", "new a"), sample("b", "1.1.0", "new b"));
    accepted(ACTIVATE);
    awaitState(UpgradeState.TRIAL);

    accepted(new UpgradeRequest.Rollback());
    awaitState(UpgradeState.ROLLED_BACK);
    assertEquals(List.of("old a", "old b"), felix.offers());
    assertEquals(Set.of(), committed());
    assertEquals(UpgradeResult.ROLLED_BACK_USER, status().history().getLast().result());
    // The same package may be staged again.
    accepted(new UpgradeRequest.Clear());
    assertEquals(UpgradeState.IDLE, status().state());
  }

  @Test
  void aTrialThatNobodyCommitsIsTakenBack() throws Exception {
    stage(sample("a", "1.1.0", "new a"));
    assertTrue(
        refused(new UpgradeRequest.Activate(Duration.ofSeconds(1), false)).startsWith("trial: "));
    accepted(new UpgradeRequest.Activate(Duration.ofSeconds(5), false));
    awaitState(UpgradeState.TRIAL);
    awaitState(UpgradeState.ROLLED_BACK);
    assertEquals(List.of("old a", "old b"), felix.offers());
    assertEquals(UpgradeResult.ROLLED_BACK_TIMEOUT, status().history().getLast().result());
  }

  @Test
  void aBundleThatThrowsAtItsStartTakesBackTheStepsBeforeIt() throws Exception {
    stage(
        sample("a", "1.1.0", "new a"),
        faulty("b", "1.1.0", "throw new IllegalStateException(\"no luck\");"));
    accepted(ACTIVATE);
    UpgradeStatus back = awaitState(UpgradeState.ROLLED_BACK);
    assertTrue(back.lastResult().contains("no luck"), back.lastResult());
    assertEquals(List.of("old a", "old b"), felix.offers());
    assertEquals(
        List.of(UpgradeStepState.UNDONE, UpgradeStepState.UNDONE),
        back.plan().stream().map(step -> step.state()).toList());
    assertEquals(UpgradeResult.ROLLED_BACK_HEALTH, back.history().getLast().result());
  }

  @Test
  void aBundleThatDoesNotResolveIsRefusedBeforeAnythingIsTouched() throws Exception {
    Path jar =
        new TestBundle("sample.a", "1.1.0")
            .header("Import-Package", "org.osgi.framework,not.there")
            .offers("\"new a\"")
            .write(folder.resolve("unresolved.jar"));
    long before = felix.named("sample.a").getFirst().getLastModified();
    stage(jar);
    String why = refused(new UpgradeRequest.Check());
    assertTrue(why.contains("not.there"), why);
    assertTrue(refused(ACTIVATE).contains("not.there"));
    assertEquals(UpgradeState.STAGED, status().state());
    assertEquals(before, felix.named("sample.a").getFirst().getLastModified());
    assertEquals(1, felix.named("sample.a").size(), "no probe stays");
  }

  @Test
  void aGateThatFailsAfterAStepTakesItBack() throws Exception {
    stage(
        new TestBundle("sample.a", "1.1.0")
            .starts("System.setProperty(\"sample.broken\", \"yes\");")
            .write(folder.resolve("breaks.jar")));
    Supplier<Map<String, String>> supplier =
        () ->
            System.getProperty("sample.broken") == null
                ? Map.of(Evidence.DOWN, "other")
                : Map.of(Evidence.DOWN, "other web");
    felix
        .context()
        .registerService(
            Supplier.class,
            supplier,
            FrameworkUtil.asDictionary(
                Map.of(Gate.EVIDENCE, "true", Constants.SERVICE_RANKING, 200)));
    try {
      accepted(ACTIVATE);
      awaitGate("web is down");
      UpgradeStatus back = awaitState(UpgradeState.ROLLED_BACK);
      assertTrue(back.lastResult().contains("the service web is down"), back.lastResult());
      assertEquals(List.of("old a", "old b"), felix.offers());
    } finally {
      System.clearProperty("sample.broken");
    }
  }

  private void awaitGate(String text) {
    TestFramework.await(text, () -> status().healthGate().contains(text));
  }

  @Test
  void aTrialThatGetsUnwellIsTakenBackBeforeItsTime() throws Exception {
    stage(sample("a", "1.1.0", "new a"));
    accepted(ACTIVATE);
    awaitState(UpgradeState.TRIAL);
    evidence.put(Evidence.LOST, "5000");
    UpgradeStatus back = awaitState(UpgradeState.ROLLED_BACK);
    assertTrue(back.lastResult().contains("5000 connections failed"), back.lastResult());
    assertEquals(List.of("old a", "old b"), felix.offers());
  }

  @Test
  void alarmsThatStandAlreadyStandAgainstItUnlessSaid() throws Exception {
    evidence.put(Evidence.CRITICAL, "serviceDown@service=web");
    stage(sample("a", "1.1.0", "new a"));
    assertTrue(refused(ACTIVATE).contains("serviceDown@service=web"));
    accepted(new UpgradeRequest.Activate(Duration.ofMinutes(10), true));
    awaitState(UpgradeState.TRIAL);
  }

  @Test
  void olderVersionsAreTakenOnlyIfTheyAreWanted() throws Exception {
    Path old = publisher.pack(sample("a", "0.9.0", "older a"));
    accepted(new UpgradeRequest.Stage(old, false));
    assertTrue(refused(new UpgradeRequest.Check()).contains("is older than 1.0.0, which runs"));
    accepted(new UpgradeRequest.Stage(old, true));
    accepted(ACTIVATE);
    awaitState(UpgradeState.TRIAL);
    assertEquals(List.of("old b", "older a"), felix.offers());
  }

  @Test
  void whatNoTrustedKeySignedIsRefusedAndAlarmed() throws Exception {
    Path good = publisher.pack(sample("a", "1.1.0", "new a"));
    byte[] bytes = Files.readAllBytes(good);
    bytes[bytes.length - 100] ^= 1;
    Path bad = Files.write(folder.resolve("bad.stgpkg"), bytes);
    String why = refused(new UpgradeRequest.Stage(bad, false));
    assertTrue(why.contains("the package was altered: bundles/sample.a.jar"), why);
    assertEquals(why, status().integrity());
    assertEquals(UpgradeState.IDLE, status().state());

    why =
        refused(
            new UpgradeRequest.Stage(new Publisher(folder).pack(sample("a", "1.2.0", "x")), false));
    assertTrue(why.contains("signed by the unknown key"), why);
    Path jar = sample("a", "1.3.0", "y");
    assertTrue(refused(new UpgradeRequest.Stage(jar, false)).contains("no Strowger package"));
    assertTrue(
        felix.inventory().update(jar, ORIGIN).toString().contains("takes signed packages only"));

    accepted(new UpgradeRequest.Stage(good, false));
    assertEquals("", status().integrity());
  }

  @Test
  void aTruncatedPackageIsRefusedAndAlarmed() throws Exception {
    byte[] bytes = Files.readAllBytes(publisher.pack(sample("a", "1.1.0", "new a")));
    Path cut = Files.write(folder.resolve("cut.stgpkg"), Arrays.copyOf(bytes, bytes.length - 1));
    String why = refused(new UpgradeRequest.Stage(cut, false));
    assertTrue(why.contains("the package is truncated"), why);
    assertEquals(why, status().integrity());
  }

  @Test
  void whatAKeySignedThatIsRevokedMeanwhileIsNotActivatedNorCommitted() throws Exception {
    stage(sample("a", "1.1.0", "new a"));
    accepted(ACTIVATE);
    awaitState(UpgradeState.TRIAL);
    publisher.revokedBy(felix.state);
    String why = refused(new UpgradeRequest.Commit());
    assertTrue(why.contains("is revoked"), why);
    assertEquals(Set.of(), committed());
    accepted(new UpgradeRequest.Rollback());
    awaitState(UpgradeState.ROLLED_BACK);
    assertEquals(List.of("old a", "old b"), felix.offers());
    why = refused(new UpgradeRequest.Stage(publisher.pack(sample("a", "1.2.0", "x")), false));
    assertTrue(why.contains("is revoked"), why);
  }

  @Test
  void aFullDiskRefusesOrLeavesItOnTrial() throws Exception {
    Path small = felix.state.resolve("upgrade");
    Files.createDirectories(small);
    Assumptions.assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small.toString()),
        "needs the right to mount a small file system");
    try {
      byte[] noise = new byte[24 << 10];
      new Random(7).nextBytes(noise);
      Path release =
          publisher.pack(
              new TestBundle("sample.a", "1.1.0")
                  .entry("noise", HexFormat.of().formatHex(noise))
                  .offers("\"new a\"")
                  .write(folder.resolve("large.jar")));
      Path filler = small.resolve("filler");
      fill(filler);
      String why = refused(new UpgradeRequest.Stage(release, false));
      assertTrue(why.contains("No space left"), why);
      Files.delete(filler);

      accepted(new UpgradeRequest.Stage(release, false));
      Files.write(filler, new byte[190 << 10]);
      why = refused(ACTIVATE);
      assertTrue(why.contains("bytes of free disk"), why);
      Files.delete(filler);
      assertEquals(List.of("old a", "old b"), felix.offers());

      accepted(ACTIVATE);
      awaitState(UpgradeState.TRIAL);
      fill(filler);
      why = refused(new UpgradeRequest.Commit());
      assertTrue(why.contains("cannot be written down"), why);
      assertEquals(UpgradeState.TRIAL, status().state());
      assertEquals(Set.of(), committed());
      Files.delete(filler);
      accepted(new UpgradeRequest.Commit());
      assertEquals(Set.of("sample.a-1.1.0"), committed());
    } finally {
      assertTrue(run("umount", "--lazy", small.toString()));
    }
  }

  /** To the last block: an interrupted copy on a full disk ends just so. */
  private static void fill(Path filler) {
    for (int size = 4096; size >= 1; size /= 4) {
      byte[] block = new byte[size];
      try {
        while (true) {
          Files.write(filler, block, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
      } catch (IOException full) {
        assertTrue(full.getMessage().contains("No space left"), full.getMessage());
      }
    }
  }

  private static boolean run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor() == 0;
  }

  @Test
  void aBundleThatLeaksItsMemoryAwayIsTakenBackBeforeItIsGone() throws Exception {
    felix.close();
    felix =
        new TestFramework(
            folder.resolve("small"), false, Map.of("strowger.supervision.heapPercent", "3"));
    publisher.trustedBy(felix.state);
    felix.install(sample("a", "1.0.0", "old a")).start();
    Supplier<Map<String, String>> well = () -> Map.of(Evidence.PLANES, "relay");
    felix
        .context()
        .registerService(
            Supplier.class,
            well,
            FrameworkUtil.asDictionary(
                Map.of(Gate.EVIDENCE, "true", Constants.SERVICE_RANKING, 100)));
    System.gc();
    long megabytes = (Runtime.getRuntime().maxMemory() >> 20) * 4 / 100;
    stage(
        new TestBundle("sample.a", "1.1.0")
            .starts(
                """
                List<byte[]> kept = new ArrayList<>();
                Hashtable<String, Object> p = new Hashtable<>();
                p.put("offer", true);
                context.registerService(String.class, "leaky a", p);
                Thread leak = new Thread(() -> {
                  try {
                    for (int i = 0; i < %d; i++) kept.add(new byte[1 << 20]);
                    System.gc();
                    Thread.sleep(3_600_000);
                  } catch (InterruptedException end) { kept.clear(); }
                });
                leak.setDaemon(true);
                leak.start();
                context.addBundleListener((SynchronousBundleListener) e -> {
                  if (e.getType() == BundleEvent.STOPPING
                      && e.getBundle().equals(context.getBundle())) leak.interrupt();
                });
                """
                    .formatted(megabytes))
            .write(folder.resolve("leaky.jar")));
    accepted(ACTIVATE);
    UpgradeStatus back = awaitState(UpgradeState.ROLLED_BACK);
    assertTrue(back.lastResult().contains("stay in use after collections"), back.lastResult());
    assertEquals(List.of("old a"), felix.offers());
  }

  @Test
  void whatWasAlteredAfterItWasStagedIsNotActivated() throws Exception {
    stage(sample("a", "1.1.0", "new a"));
    Path staged = felix.state.resolve("upgrade/package");
    byte[] bytes = Files.readAllBytes(staged);
    bytes[bytes.length - 1] ^= 1;
    Files.write(staged, bytes);
    assertTrue(refused(ACTIVATE).contains("was altered"));
    assertEquals(List.of("old a", "old b"), felix.offers());
  }

  @Test
  void nothingElseIsExchangedWhileOneIsOnTrial() throws Exception {
    stage(sample("a", "1.1.0", "new a"));
    accepted(ACTIVATE);
    awaitState(UpgradeState.TRIAL);
    Path other = sample("b", "1.2.0", "newer b");
    assertTrue(felix.inventory().update(other, ORIGIN).toString().contains("which is trial"));
    assertTrue(
        refused(new UpgradeRequest.Stage(publisher.pack(other), false)).contains("which is trial"));
  }

  @Test
  void bundlesThatDependOnEachOtherAreExchangedTogether() throws Exception {
    Path library = library("1.0.0", "one");
    Path user = user(library, "1.0.0");
    felix.install(library).start();
    felix.install(user).start();
    TestFramework.await("user", () -> felix.offers().contains("uses one"));

    Path newLibrary = library("1.1.0", "two");
    stage(newLibrary, user(newLibrary, "1.1.0"), sample("a", "1.1.0", "new a"));
    accepted(new UpgradeRequest.Check());
    assertEquals(
        List.of(
            List.of("sample.a 1.0.0 -> 1.1.0"),
            List.of("sample.library 1.0.0 -> 1.1.0", "sample.user 1.0.0 -> 1.1.0")),
        status().plan().stream().map(s -> s.bundles().stream().sorted().toList()).toList());
    accepted(ACTIVATE);
    awaitState(UpgradeState.TRIAL);
    assertTrue(felix.offers().contains("uses two"), felix.offers().toString());
    accepted(new UpgradeRequest.Rollback());
    awaitState(UpgradeState.ROLLED_BACK);
    assertTrue(felix.offers().contains("uses one"), felix.offers().toString());
  }

  private Path library(String version, String text) throws IOException {
    return new TestBundle("sample.library", version)
        .header("Export-Package", "library")
        .source(
            "library.Text",
            "package library; public class Text { public static String of() { return \"%s\"; } }"
                .formatted(text))
        .write(folder.resolve("library-" + version + ".jar"));
  }

  private Path user(Path library, String version) throws IOException {
    return new TestBundle("sample.user", version)
        .header("Import-Package", "org.osgi.framework,library")
        .uses(library)
        .offers("\"uses \" + library.Text.of()")
        .write(folder.resolve("user-" + version + ".jar"));
  }

  @Test
  void aBundleThatHangsInItsStartIsInterruptedAndTakenBack() throws Exception {
    stage(faulty("a", "1.1.0", "Thread.sleep(3_600_000);"));
    accepted(ACTIVATE);
    UpgradeStatus back = awaitState(UpgradeState.ROLLED_BACK);
    assertEquals(List.of("old a", "old b"), felix.offers());
    assertTrue(back.lastResult().contains("took longer than 5 s"), back.lastResult());
  }
}
