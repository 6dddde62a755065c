package org.strowger.hooks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Hook;
import org.strowger.api.HookCall;
import org.strowger.api.Program;

/**
 * Runs a program, without a shell. Each fact is in its environment ({@code STROWGER_EVENT}, {@code
 * STROWGER_REAL_SERVER}, ...), all of them as one line of JSON on its standard input; nothing else
 * of the director's but a plain PATH. Exit code 0 is good; the first line it prints is kept. At the
 * end of its time it is killed, and what it started with it.
 */
final class Script {
  /** Most bytes of its output kept; the rest is read and dropped. */
  static final int MAX_OUTPUT = 4_096;

  /** Programs of which the output is open; what they leave running may hold it for long. */
  static final int MAX_OPEN = 64;

  private static final Logger LOG = LoggerFactory.getLogger(Script.class);

  /** How long to wait for output that is still in the pipe when the program has ended. */
  private static final Duration LAST_OUTPUT = Duration.ofMillis(200);

  private final Semaphore open = new Semaphore(MAX_OPEN);

  Act.Outcome run(Hook.Action.Script action, HookCall call) throws InterruptedException {
    if (!open.tryAcquire()) {
      return Act.Outcome.bad("programs that ended left " + MAX_OPEN + " others running");
    }
    boolean started = false;
    try {
      Process process = start(action.command(), call.facts());
      started = true;
      return run(process, call);
    } catch (IOException thrown) {
      return Act.Outcome.bad("it cannot be run: " + thrown.getMessage());
    } finally {
      if (!started) {
        open.release();
      }
    }
  }

  private static Process start(List<String> command, Map<String, String> facts) throws IOException {
    ProcessBuilder builder = Program.of(command);
    Map<String, String> environment = builder.environment();
    facts.forEach((name, fact) -> environment.put(variable(name), fact.replace('\0', ' ')));
    return builder.start();
  }

  /** {@code STROWGER_REAL_SERVER} of {@code realServer}. */
  static String variable(String fact) {
    return "STROWGER_" + fact.replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
  }

  private Act.Outcome run(Process process, HookCall call) throws IOException, InterruptedException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    Thread reader =
        Thread.ofPlatform()
            .daemon()
            .name("hook output " + call.hook().name())
            .start(() -> read(process.getInputStream(), output));
    tell(process.getOutputStream(), Json.object(call.facts()) + "\n");
    try {
      long millis = call.hook().timeout().toMillis();
      if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
        return Act.Outcome.late("killed after " + millis + " ms: " + firstLine(output));
      }
      reader.join(LAST_OUTPUT);
      String text = "exit code " + process.exitValue() + ": " + firstLine(output);
      return process.exitValue() == 0 ? Act.Outcome.good(text) : Act.Outcome.bad(text);
    } finally {
      Program.kill(process);
    }
  }

  private void read(InputStream in, ByteArrayOutputStream output) {
    byte[] buffer = new byte[MAX_OUTPUT];
    try (in) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        synchronized (output) {
          output.write(buffer, 0, Math.min(count, MAX_OUTPUT - output.size()));
        }
      }
    } catch (IOException closed) { // it was killed: what it printed is what we have
      LOG.atDebug().setCause(closed).log("no more output");
    } finally {
      open.release();
    }
  }

  /** Never blocks: facts are far less than a pipe holds. */
  private static void tell(OutputStream in, String facts) {
    try (in) {
      in.write(facts.getBytes(StandardCharsets.UTF_8));
    } catch (IOException closed) { // it reads nothing: the facts are in its environment
      LOG.atDebug().setCause(closed).log("facts not read");
    }
  }

  private static String firstLine(ByteArrayOutputStream output) {
    synchronized (output) {
      String text = output.toString(StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.isBlank()).findFirst().orElse("no output");
    }
  }
}
