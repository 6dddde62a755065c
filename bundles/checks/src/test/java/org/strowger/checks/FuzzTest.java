package org.strowger.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jazzer makes up what a real server may answer, guided by what of the parsers it reaches: a few
 * seconds for all types of checks together, the same ones each time, and a minute of new ones for
 * each with {@code ./strowger test --long}.
 */
final class FuzzTest {

  @Test
  void noAnswerMakesACheckThrowOrHang(@TempDir Path folder) throws Exception {
    fuzz(FuzzTarget.ALL, "-runs=3000", "-seed=1", folder);
  }

  @ParameterizedTest
  @MethodSource("types")
  void noAnswerMakesACheckThrowOrHangInAMinute(String type, @TempDir Path folder) throws Exception {
    assumeTrue(Boolean.getBoolean("strowger.long"), "takes a minute: ./strowger test --long");
    fuzz(type, "-max_total_time=60", "-seed=0", folder);
  }

  static List<String> types() {
    return FuzzTarget.TYPES;
  }

  private static void fuzz(String type, String bound, String seed, Path folder) throws Exception {
    Path corpus = Files.createDirectory(folder.resolve("corpus"));
    int number = 0;
    for (byte[] known : FuzzTarget.seeds(type)) {
      Files.write(corpus.resolve("seed-" + number++), known);
    }
    Path said = folder.resolve("said");
    Process jazzer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+EnableDynamicAgentLoading",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx512m",
                "-Dstrowger.fuzz=" + type,
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + FuzzTarget.class.getName(),
                "--instrumentation_includes=org.strowger.checks.**:org.xbill.DNS.**",
                // To connect where the input does not say is what a check is for.
                "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/",
                "-timeout=120",
                "-rss_limit_mb=2048",
                "-max_len=4096",
                bound,
                seed,
                corpus.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertTrue(jazzer.waitFor(5, TimeUnit.MINUTES), "Jazzer does not end");
    String text = Files.readString(said, StandardCharsets.ISO_8859_1);
    assertEquals(0, jazzer.exitValue(), text);
    assertTrue(text.contains("Done "), text);
  }
}
