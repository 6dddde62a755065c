package org.strowger.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A process that the bench started, with the file of its output. */
final class Child implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(3); // in an emulator

  private final String name;
  private final Process process;
  private final Path output;

  private Child(String name, Process process, Path output) {
    this.name = name;
    this.process = process;
    this.output = output;
  }

  /** Starts a server whose output goes to a file NAME.out of the folder. */
  static Child start(String name, Path folder, List<String> command) throws IOException {
    Path output = folder.resolve(name + ".out");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(output.toFile())
            .start();
    return new Child(name, process, output);
  }

  /** Starts one that is spoken to by lines. */
  static Child startToTalk(String name, Path folder, List<String> command) throws IOException {
    Path output = folder.resolve(name + ".out");
    Process process = new ProcessBuilder(command).redirectError(output.toFile()).start();
    return new Child(name, process, output);
  }

  /**
   * Waits until it is ready.
   *
   * @throws IllegalStateException with what it said, if it ends or three minutes pass before
   */
  void await(BooleanSupplier ready) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    while (!ready.getAsBoolean()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        close();
        throw new IllegalStateException(name + " did not start: " + said().strip());
      }
      Thread.sleep(20);
    }
  }

  String said() throws IOException {
    return Files.exists(output) ? Files.readString(output) : "";
  }

  /** The answer to a command of {@link LoadGenerator}. */
  String ask(String command) throws IOException {
    Writer to = process.outputWriter(StandardCharsets.US_ASCII);
    to.write(command + "\n");
    to.flush();
    BufferedReader from = process.inputReader(StandardCharsets.US_ASCII);
    String answer = from.readLine();
    if (answer == null || answer.startsWith("error")) {
      throw new IOException(name + ": " + command + ": " + answer + " " + said().strip());
    }
    return answer;
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Takes it off the processors while another one is measured. */
  void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String word) throws IOException, InterruptedException {
    for (ProcessHandle each : ProcessFigures.tree(handle())) {
      new ProcessBuilder("kill", "-" + word, String.valueOf(each.pid())).start().waitFor();
    }
  }

  /** Ends it and what it started, at once: a frozen one would not hear a polite word. */
  @Override
  public void close() {
    List<ProcessHandle> all = ProcessFigures.tree(handle());
    all.forEach(ProcessHandle::destroyForcibly);
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        System.err.println("bench: " + name + " (" + pid() + ") did not end");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
