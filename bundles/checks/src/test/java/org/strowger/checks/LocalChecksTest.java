package org.strowger.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Check;
import org.strowger.api.CheckResult;

/** script and file. */
final class LocalChecksTest {
  @TempDir private Path folder;

  private Path script(String body) throws Exception {
    Path script = Files.createTempFile(folder, "check", ".sh");
    Files.writeString(script, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script;
  }

  private CheckResult run(String body, String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of(script(body).toString()));
    command.addAll(List.of(arguments));
    return Lab.look("script", Map.of("command", command, "weightFromExit", true), 8080);
  }

  @Test
  void theExitCodeIsTheVerdict() throws Exception {
    assertEquals("exit code 0: fine", run("echo fine").text());
    assertTrue(run("exit 0").passed());
    CheckResult failed = run("echo 'disk full' >&2; exit 1");
    assertFalse(failed.passed());
    assertEquals("exit code 1: disk full", failed.text());
    assertEquals(OptionalInt.of(5), run("exit 7").weight());
    assertEquals(OptionalInt.of(0), run("exit 2").weight());
    assertTrue(run("exit 255").passed());
    Map<String, Object> plain = Map.of("command", List.of(script("exit 7").toString()));
    assertFalse(Lab.look("script", plain, 0).passed());
  }

  @Test
  void theTargetIsInTheEnvironmentAndArgumentsSeeNoShell() throws Exception {
    assertEquals(
        "exit code 0: web/a 127.0.0.1 8080 10 $(id) `id`;",
        run(
                "echo $STROWGER_REAL_SERVER $STROWGER_ADDRESS $STROWGER_PORT $STROWGER_WEIGHT \"$1\"",
                "$(id) `id`;")
            .text());
    assertEquals("exit code 0: no output", run("echo $HOME$JAVA_HOME$USER").text());
  }

  @Test
  void anEndlessOutputIsBoundedAndAHangingScriptKilledWithItsChildren() throws Exception {
    assertTrue(run("yes | head -c 3000000").passed());
    Path pid = folder.resolve("child.pid");
    Path script =
        script("sleep 1000 &\necho $! > " + pid + ".new\nmv " + pid + ".new " + pid + "\nwait");
    Check check = Lab.provider("script").create(Map.of("command", List.of(script.toString())));
    java.util.concurrent.CompletableFuture<String> end =
        new java.util.concurrent.CompletableFuture<>();
    Thread looking =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    end.complete(check.run(Lab.target(80, Duration.ofHours(1))).text());
                  } catch (InterruptedException interrupted) {
                    end.complete("interrupted");
                  }
                });
    await(() -> Files.exists(pid));
    long child = Long.parseLong(Files.readString(pid).strip());
    assertTrue(ProcessHandle.of(child).isPresent());
    looking.interrupt();
    assertEquals("interrupted", end.get(20, TimeUnit.SECONDS));
    await(() -> !ProcessHandle.of(child).map(ProcessHandle::isAlive).orElse(false));
    Map<String, Object> hanging = Map.of("command", List.of(script("sleep 1000").toString()));
    CheckResult late = Lab.shortLook("script", hanging, 80);
    assertFalse(late.passed(), late.text());
  }

  @Test
  void aProgramThatIsMissingOrWritableByOthersIsNoVerdict() throws Exception {
    Map<String, Object> missing = Map.of("command", List.of(folder + "/nothing"));
    assertThrows(IllegalStateException.class, () -> Lab.look("script", missing, 0));
    Path open = script("exit 0");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    Map<String, Object> writable = Map.of("command", List.of(open.toString()));
    IllegalStateException fault =
        assertThrows(IllegalStateException.class, () -> Lab.look("script", writable, 0));
    assertTrue(fault.getMessage().contains("written by others"), fault.getMessage());
  }

  @Test
  void aFileSaysUpDownOrAWeight() throws Exception {
    Path file = folder.resolve("state");
    Map<String, Object> options = Map.of("path", file.toString());
    assertFalse(Lab.look("file", options, 0).passed());
    assertTrue(Lab.look("file", Map.of("path", file.toString(), "missing", "up"), 0).passed());
    Files.writeString(file, "up\n");
    assertTrue(Lab.look("file", options, 0).passed());
    Files.writeString(file, "down\n");
    assertEquals("the file says down", Lab.look("file", options, 0).text());
    Files.writeString(file, "42\n");
    assertEquals(OptionalInt.of(42), Lab.look("file", options, 0).weight());
    for (String nonsense : List.of("", "65536", "maybe", "x".repeat(100_000))) {
      Files.writeString(file, nonsense);
      assertThrows(IllegalStateException.class, () -> Lab.look("file", options, 0), nonsense);
    }
    Map<String, Object> directory = Map.of("path", folder.toString());
    assertThrows(IllegalStateException.class, () -> Lab.look("file", directory, 0));
  }

  private static void await(java.util.function.BooleanSupplier condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - end < 0, "not within 20 s");
      Thread.sleep(10);
    }
  }
}
