package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@link LabStories} in a second kernel, that of the appliance, which this repository's own script
 * boots in an emulator: it knows tunnels, SCTP and bad ways, which the kernel under the build may
 * not. One guest for all of them; what it said of each is looked at one by one.
 */
class SecondKernelTest {
  private static final boolean LONG = Boolean.getBoolean("strowger.long");
  private static final String SECONDS = "600";
  private static final int NO_GUEST = 125;

  @TempDir private static Path folder;

  /** What became of each story; null until the guest was there. */
  private static @Nullable Map<String, String> outcomes;

  private static String missing = "";
  private static String ended = "the guest told nothing of it";

  static Stream<String> stories() {
    return LONG ? LabStories.names().stream() : Stream.of("the second kernel");
  }

  @ParameterizedTest
  @MethodSource("stories")
  void story(String name) throws Exception {
    assumeTrue(LONG, "boots an emulator: ./strowger test --long --only lab");
    Path object = Path.of("target", "classes", "director.bpf.o").toAbsolutePath();
    assumeTrue(Files.exists(object), "the programs were not compiled, for want of clang");
    assumeTrue(Segment.present("socat"), "socat is not installed");
    assumeTrue(Segment.present("ethtool"), "ethtool is not installed");
    Map<String, String> known = outcomes;
    if (known == null) {
      known = guest(object);
      outcomes = known;
    }
    assumeTrue(missing.isEmpty(), missing);
    assertEquals("passed", known.getOrDefault(name, ended));
  }

  private static Map<String, String> guest(Path object) throws Exception {
    Path repository = Path.of("").toAbsolutePath();
    while (!Files.exists(repository.resolve("appliance-image/lab"))) {
      repository = repository.getParent();
    }
    List<String> words = new ArrayList<>(List.of("sh"));
    words.add(repository.resolve("appliance-image/lab").toString());
    words.addAll(List.of("--seconds", SECONDS, "--"));
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-cp"));
    words.add(System.getProperty("java.class.path"));
    words.addAll(List.of(LabStories.class.getName(), object.toString()));
    Path errors = folder.resolve("errors");
    ProcessBuilder builder = new ProcessBuilder(words).redirectError(errors.toFile());
    builder.environment().put("var", repository.resolve(".strowger").toString());
    builder.environment().put("jdk", System.getProperty("java.home"));
    Process process = builder.start();
    process.getOutputStream().close();
    Map<String, String> told = read(process.inputReader(StandardCharsets.UTF_8));
    int code = process.waitFor();
    String said = Files.readString(errors);
    if (code == NO_GUEST) {
      missing = said.strip().replace('\n', ' ');
    } else {
      System.out.print(said);
      ended += code == 0 ? "" : ": it ended with code " + code + ": " + said;
    }
    return told;
  }

  private static Map<String, String> read(BufferedReader lines) throws IOException {
    Map<String, String> told = new HashMap<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(line);
      int colon = line.indexOf(": ");
      if (line.startsWith("story ") && colon > 0) {
        told.put(line.substring("story ".length(), colon), line.substring(colon + 2));
      }
    }
    return told;
  }
}
