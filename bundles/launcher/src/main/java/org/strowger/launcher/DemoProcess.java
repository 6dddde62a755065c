package org.strowger.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A {@link DemoRealServer} as a child process. It ends with this process even when this one is
 * killed, because it watches the pipe that is its standard input.
 */
record DemoProcess(String name, String port, Process process, CompletableFuture<String> firstLine)
    implements AutoCloseable {
  private static final int DEADLINE_SECONDS = 15;

  static DemoProcess start(String name, String port) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DemoRealServer.class.getName(),
                name,
                port,
                "--until-stdin-closes")
            .redirectErrorStream(true)
            .start();
    CompletableFuture<String> firstLine = new CompletableFuture<>();
    Thread.ofVirtual().name("demo-" + name).start(() -> read(process, firstLine));
    return new DemoProcess(name, port, process, firstLine);
  }

  private static void read(Process process, CompletableFuture<String> firstLine) {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (!firstLine.complete(line)) {
          System.err.println(line);
        }
      }
      firstLine.complete("ended without a word");
    } catch (IOException e) {
      // The stream closes under the reader when close() ends the process.
      firstLine.complete("ended: " + e.getMessage());
    }
  }

  long pid() {
    return process.pid();
  }

  void awaitListening() throws StartFailure {
    String line;
    try {
      line = firstLine.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      line = "nothing was heard of it for " + DEADLINE_SECONDS + " s";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      line = "interrupted";
    }
    if (!line.equals(DemoRealServer.LISTENING)) {
      throw new StartFailure("The demo's real server " + name + " did not start: " + line);
    }
  }

  /** Ends the process at once, it holds nothing, and waits until its port is free again. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("strowger: The demo's real server " + name + " did not end.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
