package org.strowger.checks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Check;
import org.strowger.api.CheckOutcome;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;

/**
 * ICMP echo, IPv4 and IPv6. The JDK does it only with the capability NET_RAW; without it, it would
 * try TCP port 7 and call a refusal reachable, so that this check then refuses to look.
 *
 * <p>The JDK's call blocks its thread and does not heed interrupts: it runs on platform threads, at
 * most {@value #MAX_AT_ONCE} of them, and ends by its own timeout.
 */
final class IcmpCheck implements Check {
  static final int MAX_AT_ONCE = 64;

  private static final Semaphore PERMITS = new Semaphore(MAX_AT_ONCE);

  /** Bit of CAP_NET_RAW, linux/capability.h. */
  private static final int CAP_NET_RAW = 13;

  /** 0 is the system's. */
  private final int timeToLive;

  IcmpCheck(Options options) {
    timeToLive = (int) options.number("timeToLive", 0, 255, 0);
  }

  @Override
  public CheckResult run(CheckTarget target) throws InterruptedException {
    if (!rawSockets()) {
      throw new IllegalStateException(
          "ICMP needs the capability NET_RAW, which this process does not have: run it as root,"
              + " or with AmbientCapabilities=CAP_NET_RAW of systemd");
    }
    return Look.at(target, this::look);
  }

  private CheckResult look(Look look) throws IOException, InterruptedException {
    look.step("waiting for the echo reply");
    NetworkInterface source = source(look.target());
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    int millis = look.remainingMillis();
    Thread asking =
        Thread.ofPlatform()
            .daemon()
            .name("icmp check")
            .unstarted(() -> ask(look.address(), source, millis, answer));
    if (!PERMITS.tryAcquire(millis / 2, TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(MAX_AT_ONCE + " ICMP checks wait for an answer already");
    }
    asking.start();
    try {
      return answer.get()
          ? CheckResult.passed("echo reply")
          : CheckResult.failed(CheckOutcome.TIMEOUT, "no echo reply within " + millis + " ms");
    } catch (ExecutionException thrown) {
      throw new IOException(thrown.getCause());
    }
  }

  private void ask(
      InetAddress address,
      @Nullable NetworkInterface source,
      int millis,
      CompletableFuture<Boolean> answer) {
    try {
      answer.complete(address.isReachable(source, timeToLive, millis));
    } catch (IOException | RuntimeException thrown) {
      answer.completeExceptionally(thrown);
    } finally {
      PERMITS.release();
    }
  }

  /** The JDK takes an interface, and of that the first address of the family. */
  private static @Nullable NetworkInterface source(CheckTarget target) throws SocketException {
    if (target.source().isEmpty()) {
      return null;
    }
    NetworkInterface found = NetworkInterface.getByInetAddress(target.source().get());
    if (found == null) {
      throw new IllegalStateException(
          target.source().get().getHostAddress() + " is no address of this machine");
    }
    return found;
  }

  static boolean rawSockets() {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("CapEff:"))
          .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
          .anyMatch(bits -> (bits >> CAP_NET_RAW & 1) == 1);
    } catch (IOException | RuntimeException unknown) {
      throw new IllegalStateException("capabilities cannot be read: " + unknown, unknown);
    }
  }
}
