package org.strowger.failover;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assertions;
import org.strowger.testkit.Street;

/** A street with two houses, {@code a} and {@code b}, and processes in them. */
final class Pair {
  static final String A = "a";
  static final String B = "b";
  private static final long DEADLINE_SECONDS = 30;

  final Street street;
  private final List<Process> processes = new ArrayList<>();

  Pair() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(present("ip"), "iproute2 is not installed");
    street = new Street("sfo");
    street.house(A, "10.77.0.1/24");
    street.house(B, "10.77.0.2/24");
    street.in(A, "ip addr add fd77::1/64 dev door nodad");
    street.in(B, "ip addr add fd77::2/64 dev door nodad");
  }

  static boolean present(String program) {
    return List.of("/usr/sbin/", "/usr/bin/", "/sbin/", "/usr/lib/frr/").stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder + program)));
  }

  /** Waits until it is so. */
  static void await(String what, BooleanSupplier condition, Supplier<String> otherwise)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        Assertions.fail(what + " did not come: " + otherwise.get());
      }
      Thread.sleep(5);
    }
  }

  /** Whether the house has the address. */
  boolean has(String house, String address) {
    return say("ip netns exec " + street.name(house) + " ip -o addr show dev door")
        .contains(" " + address + "/");
  }

  static String say(String command) {
    return say(command.split(" "));
  }

  static String say(String... words) {
    String command = String.join(" ", words);
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return said;
    } catch (IOException e) {
      throw new IllegalStateException(command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(command, e);
    }
  }

  /** Nothing goes through the house's cable any more, and it does not see that. */
  void cut(String house) throws IOException, InterruptedException {
    street.in("link", "bridge link set dev to-" + house + " state 0");
  }

  void mend(String house) throws IOException, InterruptedException {
    street.in("link", "bridge link set dev to-" + house + " state 3");
  }

  Process start(String house, Path log, String... command) throws IOException {
    List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", street.name(house)));
    words.addAll(List.of(command));
    Process process =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    processes.add(process);
    return process;
  }

  void close() throws IOException, InterruptedException {
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      process.waitFor(10, TimeUnit.SECONDS);
    }
    street.remove();
  }
}
