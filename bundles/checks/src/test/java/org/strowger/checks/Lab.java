package org.strowger.checks;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.strowger.api.Check;
import org.strowger.api.CheckProvider;
import org.strowger.api.CheckResult;
import org.strowger.api.CheckTarget;
import org.strowger.api.KeyPath;
import org.strowger.api.RealServerId;
import org.strowger.api.Violation;

/** Looks as the health checker does: on a virtual thread. */
final class Lab {
  static final InetAddress HERE = InetAddress.getLoopbackAddress();

  /** Far more than any look of a test takes. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private Lab() {}

  static CheckProvider provider(String type) {
    return Checks.providers().stream()
        .filter(one -> one.name().equals(type))
        .findFirst()
        .orElseThrow();
  }

  static CheckTarget target(int port, Duration timeout) {
    return new CheckTarget(new RealServerId("web", "a"), HERE, port, Optional.empty(), 10, timeout);
  }

  /** A look with all the time it needs. */
  static CheckResult look(String type, Map<String, Object> options, int port) {
    return look(type, options, target(port, PATIENCE));
  }

  /** A look that is expected to run into its timeout. */
  static CheckResult shortLook(String type, Map<String, Object> options, int port) {
    return look(type, options, target(port, Duration.ofMillis(700)));
  }

  static CheckResult look(String type, Map<String, Object> options, CheckTarget target) {
    List<Violation> violations = provider(type).check(options, KeyPath.of("options"));
    if (!violations.isEmpty()) {
      throw new AssertionError(violations.getFirst().text());
    }
    Check check = provider(type).create(options);
    FutureTask<CheckResult> task = new FutureTask<>(() -> check.run(target));
    Thread.ofVirtual().start(task);
    try {
      return task.get(PATIENCE.plusSeconds(10).toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException thrown) {
      if (thrown.getCause() instanceof RuntimeException fault) {
        throw fault;
      }
      throw new AssertionError(thrown.getCause());
    } catch (Exception thrown) {
      throw new AssertionError(thrown);
    }
  }

  /** What a look says that ran into its timeout, wherever it was then. */
  static boolean ranOut(CheckResult result) {
    return !result.passed() && result.text().startsWith("nothing within 665 ms while ");
  }

  static List<String> violations(String type, Map<String, Object> options) {
    return provider(type).check(options, KeyPath.of("options")).stream()
        .map(Violation::text)
        .toList();
  }
}
