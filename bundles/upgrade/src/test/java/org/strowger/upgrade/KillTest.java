package org.strowger.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.InServiceUpgrade;
import org.strowger.api.UpgradeState;
import org.strowger.api.UpgradeStatus;

/** kill -9 at every step that is written down: what starts next is the old release or the new. */
class KillTest {
  private static final boolean LONG = Boolean.getBoolean("strowger.long");

  /** What is written down on the way, in order: the state, and how many steps are done. */
  private static final List<String> POINTS =
      List.of(
          "state=staging",
          "state=staged",
          "state=prechecking",
          "state=activating",
          "stepsDone=1",
          "state=trial",
          "state=committing",
          "state=committed");

  @TempDir Path folder;

  @Test
  void whatStartsAfterAKillIsTheOldReleaseOrTheNewOne() throws Exception {
    Path oldA = sample("a", "1.0.0");
    Path oldB = sample("b", "1.0.0");
    Publisher publisher = new Publisher(folder);
    Path release = publisher.pack(sample("a", "1.1.0"), sample("b", "1.1.0"));
    long seed = LONG ? System.nanoTime() : 7;
    Random random = new Random(seed);
    Map<String, Integer> ends = new TreeMap<>();
    int kills = LONG ? 200 : 4;
    for (int i = 0; i < kills; i++) {
      // The quick tier: one on the way in, one in the middle, one around the commit, one after it.
      String point = POINTS.get(LONG ? i % POINTS.size() : 1 + 2 * i);
      Path box = Files.createDirectory(folder.resolve("box" + i));
      publisher.trustedBy(box.resolve("state"));
      kill(box, point, random.nextInt(30), release, oldA, oldB);
      ends.merge(judge(box, point + ", seed " + seed), 1, Integer::sum);
    }
    System.out.println("kill -9 in upgrades: " + kills + " kills, then " + ends);
  }

  private Path sample(String name, String version) throws IOException {
    return new TestBundle("sample." + name, version)
        .offers("\"" + version + "\"")
        .write(folder.resolve(name + "-" + version + ".jar"));
  }

  private static void kill(Path box, String point, int millis, Path release, Path... old)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledBox.class.getName(),
                box.toString(),
                release.toString()));
    for (Path jar : old) {
      command.add(jar.toString());
    }
    Path console = box.resolve("console");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(console.toFile())
            .start();
    Path transaction = box.resolve("state/upgrade/transaction");
    int from = POINTS.indexOf(point);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    // A state may be over before it is seen: a later one is as good a place to be killed at.
    while (POINTS.stream().skip(from).noneMatch(each -> says(transaction, each))) {
      assertTrue(
          process.isAlive() && System.nanoTime() < deadline,
          () -> "in vain: " + point + ": " + text(console));
      Thread.sleep(1);
    }
    Thread.sleep(millis);
    process.destroyForcibly(); // SIGKILL
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
  }

  private static boolean says(Path transaction, String line) {
    return text(transaction).lines().anyMatch(line::equals);
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException renamedMeanwhile) {
      return "";
    }
  }

  /** What the launcher would start, and what the next process says of it. */
  private static String judge(Path box, String when) throws Exception {
    List<String> list =
        text(box.resolve("state/bundles/overrides.properties"))
            .lines()
            .filter(line -> line.startsWith("sample."))
            .toList();
    assertTrue(list.isEmpty() || list.size() == 2, when + ": between old and new: " + list);
    for (String line : list) {
      Path jar = box.resolve("state/bundles").resolve(line.split("=", 2)[1]);
      assertEquals("1.1.0", BundleJar.read(jar).version().toString(), when);
    }
    try (TestFramework felix = new TestFramework(box, false)) {
      TestFramework.await(
          "the upgrade", () -> felix.context().getServiceReference(InServiceUpgrade.class) != null);
      UpgradeStatus status =
          felix
              .context()
              .getService(felix.context().getServiceReference(InServiceUpgrade.class))
              .status();
      List<UpgradeState> rest =
          list.isEmpty()
              ? List.of(UpgradeState.IDLE, UpgradeState.STAGED, UpgradeState.ROLLED_BACK)
              : List.of(UpgradeState.COMMITTED);
      assertTrue(rest.contains(status.state()), when + ": " + status);
      return (list.isEmpty() ? "old, " : "new, ") + status.state().word();
    }
  }
}
