package org.strowger.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * Runs a test in a network namespace without a name, that of one thread: it ends with the thread,
 * whatever happens. Processes started by the thread are in it too.
 */
final class OwnNamespace {
  private static final int CLONE_NEWNET = 0x40000000;

  private OwnNamespace() {}

  @FunctionalInterface
  interface Steps {
    void run() throws Exception;
  }

  /** With two ends of one cable, near and far, both up; what else there is the test adds. */
  static void run(Steps steps) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Tried.present("ip"), "iproute2 is not installed");
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .name("own-namespace")
        .start(
            () -> {
              try {
                enter();
                ip("link add near type veth peer name far");
                ip("link set lo up");
                ip("link set near up");
                ip("link set far up");
                steps.run();
                done.complete(null);
              } catch (Throwable e) { // of whatever kind: it is the test's to report
                done.completeExceptionally(e);
              }
            });
    try {
      done.get(110, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TestAbortedException aborted) {
        throw aborted;
      }
      if (e.getCause() instanceof AssertionError wrong) {
        throw wrong;
      }
      throw e;
    }
  }

  @SuppressWarnings("restricted") // the JDK cannot make a namespace
  private static void enter() throws Throwable {
    Linker linker = Linker.nativeLinker();
    int answer =
        (int)
            linker
                .downcallHandle(
                    linker.defaultLookup().findOrThrow("unshare"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT))
                .invokeExact(CLONE_NEWNET);
    assumeTrue(answer == 0, "no network namespaces here");
  }

  /** Runs ip(8) in the namespace. */
  static void ip(String words) throws Exception {
    Process process =
        new ProcessBuilder(("ip " + words).split(" ")).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> "ip " + words + ": " + out);
  }
}
