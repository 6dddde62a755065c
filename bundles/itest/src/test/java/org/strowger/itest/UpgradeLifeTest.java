package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.HeldConnections;
import org.strowger.testkit.ShortConnections;
import org.strowger.testkit.VariantBundle;
import org.strowger.testkit.VariantBundle.Edit;

/**
 * Signed releases on a running director: one that is bad, one that is good, one that was altered.
 */
class UpgradeLifeTest {
  private static final String NEW = "0.1.1";
  private static final Pattern TRIAL = Pattern.compile("(?m)^state +trial *$");

  @TempDir private Path folder;

  private Lab lab;

  @Test
  void aReleaseIsTriedCommittedAndProtectedWhileTrafficFlows() throws Exception {
    try (Lab opened = new Lab(folder, "", "-Dstrowger.upgrade.gateSeconds=8")) {
      lab = opened;
      trust();
      try (HeldConnections held = HeldConnections.open(lab.port, 30);
          ShortConnections brief = ShortConnections.start(lab.port, 50)) {
        Lab.await("traffic flows", () -> brief.done() > 50 && held.blocks() > 50);
        aReleaseThatBreaksManagementIsTakenBack();
        requireWhole("the bad release", held, brief);
        aGoodOneIsActivatedAndCommitted(brief);
        requireWhole("the good release", held, brief);
      }
      lab.director.kill();
      try (DirectorProcess again = DirectorProcess.restart(lab.distribution, folder)) {
        assertTrue(runs(again, "schedulers", NEW), "after a kill -9 the committed release starts");
        assertTrue(runs(again, "api", NEW), "all of it");
      }
      alter();
      try (DirectorProcess again = DirectorProcess.restart(lab.distribution, folder)) {
        assertTrue(!runs(again, "schedulers", NEW), "what was altered is not started");
        assertTrue(!runs(again, "api", NEW), "nor the rest of its release");
        Lab.await(
            "it is alarmed", () -> again.cli("show", "alarms").out().contains("integrityFailure"));
      }
    }
  }

  private void requireWhole(String after, HeldConnections held, ShortConnections brief) {
    List<String> failures = brief.failures();
    assertEquals(List.of(), held.lost(), "held, after " + after);
    assertEquals(List.of(), failures, () -> "new, after " + after + "\n" + lab.lastLines());
  }

  private void aReleaseThatBreaksManagementIsTakenBack() throws Exception {
    Path snmp =
        variant(new Edit("snmp", "SnmpComponent", "agent.attach(director);", "agent.report();"));
    stage(pack("bad", snmp));
    lab.cli("upgrade", "activate");
    // The gate waits for the component as long as it may.
    Lab.await("it is taken back", () -> status().contains("rolledBack"));
    assertTrue(status().contains("snmp"), status());
    assertTrue(runs(lab.director, "snmp", "0.1.0"), "the old agent runs");
    Lab.await("it is alarmed", () -> lab.cli("show", "alarms").contains("upgradeRolledBack"));
    if (Lab.installed("snmpget")) {
      Lab.await("it answers", () -> lab.snmp("snmpget", "1.3.6.1.2.1.1.1.0").contains("Strowger"));
    }
    lab.cli("upgrade", "clear");
  }

  private void aGoodOneIsActivatedAndCommitted(ShortConnections brief) throws Exception {
    List<Path> jars = new ArrayList<>();
    jars.add(
        variant(
            new Edit(
                "schedulers", "LeastLoaded", "    int best = NONE;\n", "    int best = -1;\n")));
    jars.add(variant(new Edit("api", "Violation", "\"expected \"", "\"what was expected: \"")));
    jars.add(variant(new Edit("wire", "WireComponent", "class", "class")));
    stage(pack("good", jars.toArray(new Path[0])));
    String plan = lab.cli("upgrade", "check");
    assertTrue(plan.contains("org.strowger.api 0.1.0 -> " + NEW), plan);
    assertTrue(plan.contains("new connections may wait"), plan);
    lab.cli("upgrade", "activate", "--trial", "300");
    Lab.await("trial", () -> TRIAL.matcher(status()).find());
    assertTrue(runs(lab.director, "schedulers", NEW), "it is on trial");
    Lab.await("it is alarmed", () -> lab.cli("show", "alarms").contains("upgradeUncommitted"));
    long before = brief.done();
    Lab.await("traffic still flows", () -> brief.done() > before + 50);
    lab.cli("upgrade", "commit");
    assertTrue(lab.cli("upgrade", "history").contains("rolledBackHealth"));
    assertTrue(lab.cli("upgrade", "history").contains("committed"));
    assertTrue(lab.director.audit().contains("good"), "who did it is written down");
  }

  private Path variant(Edit edit) throws IOException {
    return VariantBundle.make(lab.distribution, edit, NEW, folder);
  }

  private String status() throws Exception {
    // The shell itself is wired anew with the vocabulary.
    DirectorProcess.Answer answer = lab.director.cli("upgrade", "status");
    return answer.code() == 0 ? answer.out() : "";
  }

  private void stage(Path file) throws Exception {
    lab.cli("upgrade", "stage", file.toString());
  }

  private static boolean runs(DirectorProcess director, String name, String version)
      throws Exception {
    return director
        .cli("show", "bundles")
        .out()
        .lines()
        .anyMatch(
            line ->
                line.contains("org.strowger." + name + " ")
                    && line.contains(version)
                    && line.contains("active"));
  }

  private void trust() throws Exception {
    command("--new-key", folder.resolve("publisher").toString());
    Path keys = Files.createDirectories(folder.resolve("state/keys"));
    Files.copy(folder.resolve("publisher.pem"), keys.resolve("publisher.pem"));
  }

  private Path pack(String name, Path... jars) throws Exception {
    Path target = folder.resolve(name + ".stgpkg");
    List<String> words =
        new ArrayList<>(
            List.of(
                "--key",
                folder.resolve("publisher.key").toString(),
                "--name",
                name,
                "--version",
                NEW,
                "--output",
                target.toString()));
    Stream.of(jars).map(Path::toString).forEach(words::add);
    command(words.toArray(new String[0]));
    return target;
  }

  /** As {@code ./strowger package} calls it. */
  private void command(String... words) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                lab.distribution.home().resolve("lib/org.strowger.release.jar").toString(),
                "org.strowger.release.PackageCommand"));
    command.addAll(List.of(words));
    String said = Lab.run(command);
    assertTrue(!said.contains("strowger: "), said);
  }

  /** One byte of a committed bundle. */
  private void alter() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("state/bundles"))) {
      Path jar =
          files
              .filter(f -> f.getFileName().toString().startsWith("org.strowger.schedulers-"))
              .findFirst()
              .orElseThrow();
      byte[] bytes = Files.readAllBytes(jar);
      bytes[bytes.length / 2] ^= 1;
      Files.write(jar, bytes);
    }
  }
}
