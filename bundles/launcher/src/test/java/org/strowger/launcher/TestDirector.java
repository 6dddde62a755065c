package org.strowger.launcher;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A director as a process of its own; ended with the test. */
record TestDirector(Process process, Path out, Path err) implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  static TestDirector start(TestHome home, String... more) throws IOException {
    Path out = Files.createTempFile(home.home, "out", ".txt");
    Path err = Files.createTempFile(home.home, "err", ".txt");
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    words.addAll(List.of("--home", home.home.toString(), "--state", home.state.toString()));
    words.addAll(List.of("--config", home.home.resolve("director.yaml").toString()));
    words.addAll(List.of(more));
    Process process =
        new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    return new TestDirector(process, out, err);
  }

  TestDirector awaitReady() throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.readString(out).contains("ready after")) {
      assertTrue(process.isAlive(), () -> "ended: " + errors());
      assertTrue(System.nanoTime() - end < 0, "not ready in time");
      Thread.sleep(20);
    }
    return this;
  }

  int awaitEnd() throws InterruptedException {
    assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), "did not end in time");
    return process.exitValue();
  }

  /** SIGTERM. */
  int terminate() throws InterruptedException {
    process.destroy();
    return awaitEnd();
  }

  String errors() {
    try {
      return Files.readString(err);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
