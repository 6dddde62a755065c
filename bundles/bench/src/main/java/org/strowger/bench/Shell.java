package org.strowger.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs that are run to their end, and where they are. */
final class Shell {
  private Shell() {}

  /**
   * What a program printed.
   *
   * @throws IOException if it ended with another code than 0, with what it said
   */
  static String run(String... command) throws IOException, InterruptedException {
    return run(List.of(command), Map.of());
  }

  static String run(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(String.join(" ", command) + ": code " + code + ": " + out.strip());
    }
    return out;
  }

  /** Where a program is; Debian keeps daemons where a user's PATH does not look. */
  static Optional<Path> find(String program) {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
    return Arrays.stream(path.split(":"))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static boolean root() throws IOException, InterruptedException {
    return run("id", "-u").strip().equals("0");
  }

  /** The module without which nginx has no stream. */
  static Optional<Path> nginxStreamModule() {
    return Stream.of(
            "/usr/lib/nginx/modules", "/usr/share/nginx/modules", "/usr/lib64/nginx/modules")
        .map(folder -> Path.of(folder, "ngx_stream_module.so"))
        .filter(Files::exists)
        .findFirst();
  }
}
