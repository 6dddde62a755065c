package org.strowger.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.strowger.api.BpfSource;

/** The object file of the tests, compiled once from src/test/bpf. */
final class Tried {
  private static final Path SOURCE = Path.of("src", "test", "bpf", "tried.bpf.c");

  /** By their options. */
  private static final Map<List<String>, byte[]> COMPILED = new HashMap<>();

  private Tried() {}

  /** Skips a test where no BPF program can be loaded or compiled. */
  static void assume() {
    Optional<String> why = new KernelBpf().unavailable();
    assumeTrue(why.isEmpty(), () -> why.orElse(""));
    assumeTrue(present("clang"), "clang is not installed");
  }

  static boolean present(String command) {
    return List.of("/usr/bin/", "/usr/sbin/", "/sbin/", "/bin/").stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
  }

  static synchronized BpfSource source(String... options) throws IOException, InterruptedException {
    byte[] object = COMPILED.get(List.of(options));
    if (object == null) {
      object = compiled(options);
      COMPILED.put(List.of(options), object);
    }
    return BpfSource.of("tried", ByteBuffer.wrap(object));
  }

  private static byte[] compiled(String... options) throws IOException, InterruptedException {
    Path object = Files.createTempFile("strowger-tried", ".o");
    try {
      List<String> words = new ArrayList<>(List.of("clang", "-O2", "-g", "-Wall", "-Werror"));
      words.addAll(List.of("-target", "bpf"));
      String processor = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
      words.addAll(List.of("-I", "/usr/include/" + processor + "-linux-gnu"));
      words.addAll(List.of(options));
      words.addAll(List.of("-c", SOURCE.toString(), "-o", object.toString()));
      Process clang = new ProcessBuilder(words).redirectErrorStream(true).start();
      String said = new String(clang.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, clang.waitFor(), said);
      return Files.readAllBytes(object);
    } finally {
      Files.deleteIfExists(object);
    }
  }

  /** Bytes in the order of the machine, from position 0. */
  static ByteBuffer room(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }

  static ByteBuffer word(int value) {
    return room(4).putInt(0, value);
  }

  static ByteBuffer wide(long value) {
    return room(8).putLong(0, value);
  }

  /** A frame that no protocol knows. */
  static ByteBuffer frame(int bytes) {
    return room(bytes).putShort(12, Short.reverseBytes((short) 0x88b5));
  }

  /** Skips a test where nothing can be mounted. */
  static void assumeMounts() {
    assumeTrue(Capabilities.has(21), "needs CAP_SYS_ADMIN to mount");
  }

  /**
   * Sees that no more descriptors are open than before. Those of a process that has ended are
   * closed by a thread of the JDK, a little later.
   */
  static void awaitNoMoreThan(long before) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (descriptors() > before) {
      if (System.nanoTime() > deadline) {
        assertEquals(before, descriptors(), "open descriptors");
      }
      Thread.sleep(20);
    }
  }

  /** Descriptors that this process has open. */
  static long descriptors() throws IOException {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }
}
