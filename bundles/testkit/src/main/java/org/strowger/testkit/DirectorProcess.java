package org.strowger.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A director as its own process, started from the distribution with a configuration and a state
 * folder of the test. Closing it stops it.
 */
public final class DirectorProcess implements AutoCloseable {
  private static final long START_SECONDS = 90;

  /** What a command answered. */
  public record Answer(int code, String out) {}

  private final Distribution distribution;
  private final Path folder;
  private final Process process;

  private DirectorProcess(Distribution distribution, Path folder, Process process) {
    this.distribution = distribution;
    this.folder = folder;
    this.process = process;
  }

  /**
   * Starts a director and waits until it is ready.
   *
   * @param folder of the test; the configuration becomes {@code director.yaml} in it, the state its
   *     folder {@code state}
   */
  public static DirectorProcess start(
      Distribution distribution, Path folder, String configuration, String... jvmOptions)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("director.yaml"), configuration);
    return restart(distribution, folder, jvmOptions);
  }

  /** Starts a director on what an earlier one left. */
  public static DirectorProcess restart(
      Distribution distribution, Path folder, String... jvmOptions)
      throws IOException, InterruptedException {
    return restartBehind(List.of(), distribution, folder, jvmOptions);
  }

  /**
   * The same behind words that put it somewhere else, such as {@code ip netns exec NAME}, and
   * become the director's process themselves.
   */
  public static DirectorProcess restartBehind(
      List<String> words, Distribution distribution, Path folder, String... jvmOptions)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(words);
    command.addAll(command(distribution, folder, jvmOptions));
    Path console = folder.resolve("console.log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(console.toFile())
            .start();
    DirectorProcess director = new DirectorProcess(distribution, folder, process);
    director.awaitReady(console);
    return director;
  }

  /** The command that starts a director on the folder's {@code director.yaml} and {@code state}. */
  public static List<String> command(Distribution distribution, Path folder, String... jvmOptions) {
    Path home = distribution.home();
    List<String> command = new ArrayList<>();
    command.add(Distribution.java());
    command.add("@" + home.resolve("felix-config/jvm.options"));
    command.addAll(Arrays.asList(jvmOptions));
    command.addAll(
        List.of(
            "-cp",
            home.resolve("lib") + "/*",
            "org.strowger.launcher.Main",
            "--home",
            home.toString(),
            "--state",
            folder.resolve("state").toString(),
            "--config",
            folder.resolve("director.yaml").toString()));
    return command;
  }

  private void awaitReady(Path console) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!Files.readString(console).contains("ready after")) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        close();
        throw new IllegalStateException("the director did not start: " + Files.readString(console));
      }
      Thread.sleep(20);
    }
  }

  /** The operator's command line, as {@code ./strowger cli WORDS} runs it. */
  public Answer cli(String... words) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Distribution.java(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                distribution.home().resolve("lib") + "/*",
                "org.strowger.launcher.Cli",
                "--socket",
                state().resolve("shell.sock").toString()));
    command.addAll(Arrays.asList(words));
    Process cli = new ProcessBuilder(command).redirectErrorStream(true).start();
    cli.getOutputStream().close();
    String out = new String(cli.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!cli.waitFor(60, TimeUnit.SECONDS)) {
      cli.destroyForcibly();
      throw new IllegalStateException("no answer in 60 s: " + String.join(" ", words));
    }
    return new Answer(cli.exitValue(), out.strip());
  }

  /** The operator's file. */
  public Path configuration() {
    return folder.resolve("director.yaml");
  }

  public Path state() {
    return folder.resolve("state");
  }

  public String console() throws IOException {
    return Files.readString(folder.resolve("console.log"));
  }

  public String log() throws IOException {
    return Files.readString(state().resolve("log/strowger.log"));
  }

  public String audit() throws IOException {
    return Files.readString(state().resolve("log/audit.log"));
  }

  public long pid() {
    return process.pid();
  }

  /** As a power cut would: kill -9. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
