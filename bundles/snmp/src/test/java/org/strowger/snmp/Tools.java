package org.strowger.snmp;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the real tools of net-snmp and libsmi. */
final class Tools {
  private static final int DEADLINE_SECONDS = 60;

  record Output(int code, String text) {
    List<String> lines() {
      return text.lines().filter(line -> !line.isBlank()).toList();
    }
  }

  private Tools() {}

  /** Skips the test, with the reason, where one of the programs is not installed. */
  static void require(String debianPackage, String... programs) {
    for (String program : programs) {
      assumeTrue(
          Arrays.stream(new String[] {"/usr/bin", "/usr/sbin"})
              .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))),
          program + " is not installed (Debian package " + debianPackage + ")");
    }
  }

  static Output run(Map<String, String> environment, List<String> command) {
    try {
      Process process = start(environment, command);
      process.getOutputStream().close();
      byte[] output = process.getInputStream().readAllBytes();
      if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(command + " does not end");
      }
      return new Output(process.exitValue(), new String(output, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static Process start(Map<String, String> environment, List<String> command) throws IOException {
    List<String> full = new ArrayList<>(command);
    if (!Files.isExecutable(Path.of("/usr/bin", command.getFirst()))) {
      full.set(0, "/usr/sbin/" + command.getFirst());
    }
    ProcessBuilder builder = new ProcessBuilder(full).redirectErrorStream(true);
    // Otherwise the tools read and write files of the machine.
    builder.environment().put("SNMP_PERSISTENT_DIR", System.getProperty("java.io.tmpdir"));
    builder.environment().put("SNMPCONFPATH", System.getProperty("java.io.tmpdir"));
    builder.environment().putAll(environment);
    return builder.start();
  }
}
