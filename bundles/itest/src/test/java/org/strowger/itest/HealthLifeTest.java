package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.testkit.ShortConnections;
import org.strowger.testkit.TestRealServer;
import org.strowger.testkit.VariantBundle;
import org.strowger.testkit.VariantBundle.Edit;

/**
 * Under 500 new connections a second (100 in the short tests) a real server is killed, freezes, or
 * drops every packet, and comes back, and a hook is told. What fails is bounded by what detection
 * takes, and after that nothing fails. Once in the short tests; twenty times in the long ones, in
 * each of which the health bundle and the checks are updated while a real server hangs.
 */
class HealthLifeTest {
  private static final boolean LONG = Boolean.getBoolean("strowger.long");

  /** What the short tests have beside them must not make a good real server look bad. */
  private static final int PER_SECOND = LONG ? 500 : 100;

  private static final int ROUNDS = LONG ? 20 : 1;

  /** fall x interval + timeout of the check below. */
  private static final Duration DETECTION = Duration.ofMillis(2 * 300 + 3_000);

  /** A machine that is busy with other things. */
  private static final Duration MARGIN = Duration.ofSeconds(15);

  private static final String MORE =
      """
      checks:
        named:
          type: sendExpect
          interval: 300ms
          timeout: 3s
          rise: 2
          fall: 2
          options: { dialogue: [send w, expectHex 0a] }
      hooks:
        told: { command: [PROGRAM], events: [realDown, realUp] }
      """;

  @TempDir private Path folder;
  private int failed;

  @Test
  void whatFailsIsBoundedByDetectionAndNothingFailsAfterIt() throws Exception {
    Path told = Files.createFile(folder.resolve("told"));
    Path script = folder.resolve("tell.sh");
    Files.writeString(
        script,
        """
        #!/bin/sh
        echo "$STROWGER_EVENT $STROWGER_REAL_SERVER $STROWGER_TIME" >> %s
        """
            .formatted(told));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    try (Lab lab = new Lab(folder, "")) {
      String checked =
          lab.configuration(1, 1, 1)
                  .replace(
                      "  web:\n    realServers:",
                      "  web:\n    checks: [named]\n    onDown: reset\n    hooks: [told]\n"
                          + "    realServers:")
              + MORE.replace("PROGRAM", script.toString());
      lab.cli("apply", Files.writeString(folder.resolve("checked.yaml"), checked).toString());
      Lab.await("all are looked at", () -> looks(lab, 2) > 2);
      for (int round = 1; round <= ROUNDS; round++) {
        killed(lab, told);
        frozen(lab, told, round);
        droppingPackets(lab, told);
      }
      assertEquals(
          List.of("up", "none", "0"),
          HealthSwapTest.now(lab, "a"),
          () -> "a was never doubted\n" + lab.lastLines());
      System.out.printf("health: %d rounds, %d connections failed in all%n", ROUNDS, failed);
    }
  }

  private interface Step {
    void run() throws Exception;
  }

  /** Goes bad, is found out, is served around, comes back. */
  private void phase(
      Lab lab, Path told, String real, String how, Step bad, Step meanwhile, Step good)
      throws Exception {
    int events = lines(told).size();
    ShortConnections all = ShortConnections.start(lab.port, PER_SECOND);
    Duration detection;
    try {
      Lab.await("traffic flows", () -> all.done() > PER_SECOND);
      Instant began = Instant.now();
      bad.run();
      Lab.await(real + " is down", () -> HealthSwapTest.now(lab, real).getFirst().equals("down"));
      Lab.await("the hook is told", () -> event(told, events, "realDown web/" + real).isPresent());
      detection =
          Duration.between(began, event(told, events, "realDown web/" + real).orElseThrow());
      noneFails(lab, real, how, meanwhile);
      good.run();
      Lab.await(real + " is up", () -> HealthSwapTest.now(lab, real).getFirst().equals("up"));
      Lab.await("the hook is told", () -> event(told, events, "realUp web/" + real).isPresent());
      long before = all.answersOf(real);
      Lab.await(real + " serves", () -> all.answersOf(real) > before);
    } finally {
      all.close();
    }
    long bound = PER_SECOND * (detection.toSeconds() + 2);
    failed += all.failures().size();
    System.out.printf(
        "health: %s %s, found after %d ms; of %d connections %d failed%n",
        real, how, detection.toMillis(), all.done(), all.failures().size());
    assertTrue(
        detection.compareTo(DETECTION.plus(MARGIN)) < 0, how + " was found after " + detection);
    assertTrue(
        all.failures().size() <= bound,
        () -> all.failures().size() + " failed, at most " + bound + " can have been under way");
  }

  private static void noneFails(Lab lab, String real, String how, Step meanwhile) throws Exception {
    ShortConnections after = ShortConnections.start(lab.port, PER_SECOND);
    try {
      Lab.await("traffic goes on", () -> after.done() > PER_SECOND);
      meanwhile.run();
    } finally {
      after.close();
    }
    assertEquals(
        List.of(),
        after.failures(),
        () -> "none after " + real + " was found to be " + how + "\n" + lab.lastLines());
    assertEquals(0, after.answersOf(real), "nobody was sent there");
  }

  private void killed(Lab lab, Path told) throws Exception {
    int port = lab.reals.get(2).port();
    phase(
        lab,
        told,
        "c",
        "killed",
        () -> lab.reals.get(2).close(),
        () -> {},
        () -> lab.reals.set(2, again(() -> TestRealServer.start("c", port))));
  }

  private void frozen(Lab lab, Path told, int round) throws Exception {
    String version = "0.1." + round;
    phase(
        lab,
        told,
        "b",
        "frozen",
        () -> lab.reals.get(1).freeze(),
        () -> {
          List<String> before = HealthSwapTest.now(lab, "b");
          long looks = looks(lab, 1);
          replace(lab, new Edit("health", "Limits", "RUNNING = 4_096", "RUNNING = 4_095"), version);
          replace(
              lab,
              new Edit("checks", "SendExpectCheck", "MAX_STEPS = 32", "MAX_STEPS = 31"),
              version);
          Lab.await("the new ones look", () -> looks(lab, 1) > looks + 2);
          assertEquals(before, HealthSwapTest.now(lab, "b"), "no verdict was lost or wrong");
        },
        () -> lab.reals.get(1).thaw());
  }

  /** Its queue of connections is full: the kernel drops every SYN. */
  private void droppingPackets(Lab lab, Path told) throws Exception {
    int port = lab.reals.get(2).port();
    List<AutoCloseable> open = new ArrayList<>();
    phase(
        lab,
        told,
        "c",
        "dropping packets",
        () -> {
          lab.reals.get(2).close();
          open.addAll(dropping(port));
        },
        () -> {},
        () -> {
          for (AutoCloseable each : open) {
            each.close();
          }
          lab.reals.set(2, again(() -> TestRealServer.start("c", port)));
        });
  }

  private interface Opening<T> {
    T open() throws IOException;
  }

  /** A connection of somebody else's may have the port for a moment. */
  private static <T> T again(Opening<T> opening) throws Exception {
    List<T> opened = new ArrayList<>();
    Lab.await(
        "the port is free",
        () -> {
          try {
            opened.add(opening.open());
            return true;
          } catch (BindException taken) {
            return false;
          }
        });
    return opened.getFirst();
  }

  private static ServerSocket listen(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
      return socket;
    } catch (IOException taken) {
      socket.close();
      throw taken;
    }
  }

  private static List<AutoCloseable> dropping(int port) throws Exception {
    List<AutoCloseable> open = new ArrayList<>();
    ServerSocket full = again(() -> listen(port));
    for (int i = 0; i < 8; i++) {
      Socket one = new Socket();
      open.add(one);
      try {
        one.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 300);
      } catch (IOException dropped) {
        break; // from now on
      }
    }
    open.add(full);
    return open;
  }

  private void replace(Lab lab, Edit edit, String version) throws Exception {
    Path variant = VariantBundle.make(lab.distribution, edit, version, folder);
    lab.cli("bundle", "update", variant.toString());
    String name = "org.strowger." + edit.directory() + " ";
    Lab.await(
        name + "is replaced",
        () ->
            lab.director
                .cli("show", "bundles")
                .out()
                .lines()
                .anyMatch(l -> l.contains(name) && l.contains(version) && l.contains("active")));
  }

  /** Of the probe of the n-th real server. */
  private static long looks(Lab lab, int number) throws Exception {
    String real = "web/" + lab.reals.get(number).name();
    for (Map<String, String> row : rows(lab.cli("show", "checks", "--json"))) {
      if (real.equals(row.get("real"))) {
        return Long.parseLong(row.getOrDefault("looks", "0"));
      }
    }
    return 0;
  }

  /** Numbers and texts of a list of flat objects. */
  private static List<Map<String, String>> rows(String json) {
    List<Map<String, String>> rows = new ArrayList<>();
    Pattern member = Pattern.compile("\"(\\w+)\" *: *\"?([^\",}\\]]*)");
    for (String object : json.split("\\}")) {
      Map<String, String> row = new java.util.HashMap<>();
      Matcher matcher = member.matcher(object);
      while (matcher.find()) {
        row.putIfAbsent(matcher.group(1), matcher.group(2).strip());
      }
      rows.add(row);
    }
    return rows;
  }

  private static List<String> lines(Path told) throws IOException {
    return Files.readAllLines(told);
  }

  /** When it happened, by the director's own clock. */
  private static Optional<Instant> event(Path told, int after, String what) throws IOException {
    return lines(told).stream()
        .skip(after)
        .filter(line -> line.startsWith(what + " "))
        .map(line -> Instant.parse(line.substring(what.length() + 1)))
        .findFirst();
  }
}
