package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.testkit.ShortConnections;
import org.strowger.testkit.VariantBundle;
import org.strowger.testkit.VariantBundle.Edit;

/**
 * Schedulers come, change and go under 500 new connections a second: their bundle is updated, the
 * service's scheduler is changed to each of them, and a third party's is dropped in, updated and
 * removed.
 */
class SchedulerSwapTest {
  private static final int PER_SECOND = 500;
  private static final List<String> ALL =
      List.of(
          "rr",
          "wrr",
          "lc",
          "wlc",
          "sed",
          "nq",
          "lblc",
          "lblcr",
          "dh",
          "sh",
          "mh",
          "fo",
          "ovf",
          "twos",
          "swrr",
          "rendezvous",
          "boundedHash",
          "leastResponseTime");

  @TempDir private Path folder;

  @Test
  void noConnectionNoticesThatItsSchedulerIsReplaced() throws Exception {
    try (Lab lab = new Lab(folder, "")) {
      for (String real : List.of("a", "b", "c")) {
        lab.cli("set", "weight", "web/" + real, "1000"); // so that ovf refuses nobody
      }
      ShortConnections brief = ShortConnections.start(lab.port, PER_SECOND);
      Lab.await("traffic flows", () -> brief.done() > PER_SECOND);
      updateTheirBundle(lab, brief);
      for (String name : ALL) {
        use(lab, name);
        goesOn(brief, name);
      }
      aThirdPartys(lab, brief);
      brief.close();
      System.out.printf(
          "hot swap: schedulers under %d connections, %d failed, worst %d ms%n",
          brief.done(), brief.failures().size(), brief.worstMillis());
      assertEquals(List.of(), brief.failures());
    }
  }

  private void updateTheirBundle(Lab lab, ShortConnections brief) throws Exception {
    Path variant =
        VariantBundle.make(
            lab.distribution,
            new Edit("schedulers", "LeastLoaded", "    int best = NONE;\n", "    int best = -1;\n"),
            "0.1.1",
            folder);
    lab.cli("bundle", "update", variant.toString());
    Lab.await("it is shown", () -> bundles(lab).contains("0.1.1"));
    goesOn(brief, "the update");
  }

  private static void use(Lab lab, String scheduler) throws Exception {
    // Administrators change it by the file or the shell; it is live with the answer.
    lab.cli("set", "virtualServices.web.scheduler", scheduler);
    Lab.await(
        scheduler + " chooses",
        () -> lab.director.cli("explain", "web", "127.0.0.1:4000").out().contains(scheduler));
  }

  private static void goesOn(ShortConnections brief, String after) throws Exception {
    long before = brief.done();
    Lab.await("traffic flows after " + after, () -> brief.done() > before + PER_SECOND / 2);
    assertEquals(List.of(), brief.failures(), "after " + after);
  }

  private void aThirdPartys(Lab lab, ShortConnections brief) throws Exception {
    Path first = example(lab, "1.0");
    Path next = example(lab, "1.1");
    Path dropIn = folder.resolve("state/dropin");
    Files.createDirectories(dropIn);
    Path there = dropIn.resolve("first.jar");
    place(first, there);
    Lab.await("1.0 is there", () -> bundles(lab).contains("1.0.0"));
    use(lab, "first");
    goesOn(brief, "the drop-in");
    place(next, there);
    Lab.await("1.1 is there", () -> bundles(lab).contains("1.1.0"));
    goesOn(brief, "its update");
    Files.delete(there);
    Lab.await("it is gone", () -> !bundles(lab).contains("org.example.first"));
    goesOn(brief, "its removal");
    Lab.await(
        "its absence is an alarm",
        () -> lab.director.cli("show", "alarms").out().contains("pluginMissing"));
    use(lab, "wlc");
    goesOn(brief, "all");
  }

  private void place(Path jar, Path there) throws Exception {
    Path beside = Files.copy(jar, folder.resolve("beside.jar"));
    Files.move(
        beside, there, java.nio.file.StandardCopyOption.REPLACE_EXISTING); // whole or not at all
  }

  private static String bundles(Lab lab) throws Exception {
    return lab.director.cli("show", "bundles").out();
  }

  /** Builds the example as a stranger would: its own pom, against the api alone. */
  private Path example(Lab lab, String version) throws Exception {
    Path repository = lab.distribution.repository();
    Path log = folder.resolve("example-" + version + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(
                Lab.installed("mvn") ? "mvn" : repository.resolve("mvnw").toString(),
                "-B",
                "-f",
                repository.resolve("bundles/examples/scheduler-first").toString(),
                "package",
                "-Dexample=" + version)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process maven = builder.start();
    boolean done = maven.waitFor(300, TimeUnit.SECONDS);
    assertEquals(0, done ? maven.exitValue() : -1, () -> read(log));
    return repository.resolve(
        "bundles/examples/scheduler-first/target/org.example.first-" + version + ".0.jar");
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }
}
