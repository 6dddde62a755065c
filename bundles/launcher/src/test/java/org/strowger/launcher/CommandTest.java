package org.strowger.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./strowger run} and the process it starts, by a Java that only notes how it is called. */
class CommandTest {
  /** Writes its number, what it is told of its supervisor, and its words; then waits, or ends. */
  private static final String JAVA =
      """
      #!/bin/sh
      echo "$$ ${STROWGER_SUPERVISOR:-none} $*" >>"$CALLS"
      case $(wc -l <"$CALLS") in
        1) [ -z "${FIRST_CODE:-}" ] || exit "$FIRST_CODE" ;;
        *) exit 3 ;;
      esac
      exec sleep 100
      """;

  @TempDir Path folder;

  private Path calls;
  private Process command;

  @BeforeEach
  void install() throws IOException {
    calls = folder.resolve("calls");
    Path java = folder.resolve("jdk/bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, JAVA);
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
    Files.copy(
        Path.of("../../strowger"), folder.resolve("strowger"), StandardCopyOption.COPY_ATTRIBUTES);
    assertTrue(java.toFile().setExecutable(true));
    assertTrue(folder.resolve("strowger").toFile().setExecutable(true));
  }

  @AfterEach
  void end() throws IOException {
    command.destroyForcibly();
    for (String call : called()) {
      ProcessHandle.of(Long.parseLong(call.split(" ")[0]))
          .ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private void run(Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                folder.resolve("strowger").toString(),
                "run",
                "--fresh",
                "--config",
                "director.yaml",
                "--state",
                folder.resolve("state").toString()));
    builder.environment().remove("NOTIFY_SOCKET");
    builder.environment().remove("WATCHDOG_PID");
    builder.environment().remove("STROWGER_SUPERVISOR");
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().put("CALLS", calls.toString());
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile());
    command = builder.start();
  }

  private List<String> called() {
    try {
      return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - deadline < 0, "in vain: " + what);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private String[] firstCall() {
    await("Java is called", () -> !called().isEmpty());
    return called().getFirst().split(" ");
  }

  /** One that ended and was not asked for its exit code yet does not run. */
  private static boolean runs(String pid) {
    try {
      String stat = Files.readString(Path.of("/proc", pid, "stat"));
      return !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
    } catch (IOException gone) {
      return false;
    }
  }

  private static void supervises() {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/setpriv")),
        "without setpriv there is no supervisor that could leave the director behind");
  }

  @Test
  void whoKillsTheCommandKillsTheDirector() throws Exception {
    supervises();
    run(Map.of());
    String[] call = firstCall();
    assertEquals("restart", call[1]);
    assertFalse(call[0].equals(Long.toString(command.pid())));
    assertTrue(runs(call[0]));

    command.destroyForcibly();
    await("the director ends", () -> !runs(call[0]));
  }

  @Test
  void aServiceManagerWatchesTheDirectorItself() throws Exception {
    run(Map.of("NOTIFY_SOCKET", "/run/nowhere"));
    String[] call = firstCall();
    assertEquals(Long.toString(command.pid()), call[0]);
    assertEquals("none", call[1], "it is for the unit to say");
  }

  @Test
  void whatAsksForItIsStartedAgainWithWhatItHas() throws Exception {
    supervises();
    run(Map.of("FIRST_CODE", "75"));
    assertTrue(command.waitFor(30, TimeUnit.SECONDS));
    assertEquals(3, command.exitValue());
    assertEquals(2, called().size(), called().toString());
    assertTrue(called().getFirst().endsWith(" --fresh"), called().toString());
    assertFalse(called().getLast().endsWith(" --fresh"), called().toString());
  }
}
