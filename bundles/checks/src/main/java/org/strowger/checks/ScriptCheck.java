package org.strowger.checks;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.strowger.api.Check;
import org.strowger.api.CheckOutcome;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;
import org.strowger.api.Program;

/**
 * Runs a program, without a shell: exit code 0 is up. With {@code weightFromExit}, 2 to 255 is up
 * with the weight exit code - 2, as misc_dynamic of keepalived has it.
 *
 * <p>The program gets {@code STROWGER_REAL_SERVER}, {@code _ADDRESS}, {@code _PORT}, {@code
 * _WEIGHT} and {@code _TIMEOUT_MILLIS} in its environment and nothing of the director's but a plain
 * PATH. The first line it prints is the text of the result. At the end of its time it is killed,
 * and what it started with it.
 */
final class ScriptCheck implements Check {
  static final int MAX_ARGUMENTS = 32;

  /** Most bytes of its output kept; the rest is read and dropped. */
  static final int MAX_OUTPUT = 4096;

  /** Most programs that run at once. */
  static final int MAX_AT_ONCE = 64;

  private static final Semaphore PERMITS = new Semaphore(MAX_AT_ONCE);

  /** How long to wait for output that is still in the pipe when the program has ended. */
  private static final Duration LAST_OUTPUT = Duration.ofMillis(200);

  private final List<String> command;
  private final boolean weightFromExit;

  ScriptCheck(Options options) {
    command =
        options.list(
            "command",
            MAX_ARGUMENTS,
            "texts: the absolute path of a program, then its arguments",
            value ->
                Optional.of(String.valueOf(value))
                    .filter(text -> text.length() <= Options.MAX_TEXT && text.indexOf('\0') < 0));
    if (!options.has("command") || (!command.isEmpty() && !command.getFirst().startsWith("/"))) {
      options.refuse("command", "a list that starts with the absolute path of a program");
    }
    weightFromExit = options.flag("weightFromExit", false);
  }

  @Override
  public CheckResult run(CheckTarget target) throws InterruptedException {
    return Look.at(target, this::look);
  }

  private CheckResult look(Look look) throws IOException, InterruptedException {
    ProcessBuilder program = program(look.target());
    look.step("waiting for " + command.getFirst());
    if (!PERMITS.tryAcquire(look.remainingMillis() / 2, TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(MAX_AT_ONCE + " scripts run already");
    }
    Process process;
    try {
      process = start(program);
    } catch (RuntimeException thrown) {
      PERMITS.release();
      throw thrown;
    }
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    // A pipe's read holds its thread, and would hold the carrier of a virtual one.
    Thread reader =
        Thread.ofPlatform()
            .daemon()
            .name("script check output")
            .start(() -> read(process.getInputStream(), output));
    try {
      if (!process.waitFor(look.remainingMillis(), TimeUnit.MILLISECONDS)) {
        return CheckResult.failed(
            CheckOutcome.TIMEOUT, "killed, because it ran too long: " + firstLine(output));
      }
      reader.join(LAST_OUTPUT);
      return result(process.exitValue(), firstLine(output));
    } finally {
      Program.kill(process);
    }
  }

  private ProcessBuilder program(CheckTarget target) {
    ProcessBuilder builder;
    try {
      builder = Program.of(command).redirectInput(new File("/dev/null"));
    } catch (IOException refused) { // not the real server's fault
      throw new IllegalStateException(refused.getMessage(), refused);
    }
    Map<String, String> environment = builder.environment();
    environment.put("STROWGER_REAL_SERVER", target.id().toString());
    environment.put("STROWGER_ADDRESS", target.address().getHostAddress());
    environment.put("STROWGER_PORT", String.valueOf(target.port()));
    environment.put("STROWGER_WEIGHT", String.valueOf(target.weight()));
    environment.put("STROWGER_TIMEOUT_MILLIS", String.valueOf(target.timeout().toMillis()));
    return builder;
  }

  private static Process start(ProcessBuilder program) {
    try {
      return program.start();
    } catch (IOException thrown) {
      throw new IllegalStateException("cannot be started: " + thrown.getMessage(), thrown);
    }
  }

  private static void read(InputStream in, ByteArrayOutputStream output) {
    byte[] buffer = new byte[MAX_OUTPUT];
    try (in) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        synchronized (output) {
          output.write(buffer, 0, Math.min(count, MAX_OUTPUT - output.size()));
        }
      }
    } catch (IOException closed) {
      Thread.currentThread().interrupt(); // the program was killed: what it printed is what we have
    } finally {
      // Not before: what the program left running may hold its output, and this thread, for long.
      PERMITS.release();
    }
  }

  private static String firstLine(ByteArrayOutputStream output) {
    synchronized (output) {
      String text = output.toString(StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.isBlank()).findFirst().orElse("no output");
    }
  }

  private CheckResult result(int exit, String said) {
    String text = "exit code " + exit + ": " + said;
    if (exit == 0) {
      return CheckResult.passed(text);
    }
    return weightFromExit && exit >= 2 && exit <= 255
        ? CheckResult.passed(text).withWeight(exit - 2)
        : CheckResult.failed(CheckOutcome.SCRIPT_ERROR, text);
  }
}
