package org.strowger.jmx;

import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import javax.management.remote.JMXAuthenticator;
import javax.management.remote.JMXPrincipal;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;

/**
 * Checks user and password. Guessing is slowed down, not locked out, because on loopback everybody
 * has one address and a lock would let anyone shut the operator out: each wrong login is answered
 * after a second, and at most {@value #SLOW_LIMIT} wait for that at a time, which bounds guesses a
 * second; what comes beyond is refused unchecked.
 */
final class Login implements JMXAuthenticator {
  /** Time after which a wrong login is answered, in milliseconds. */
  static final int FAILURE_MILLIS = 1_000;

  /** Wrong logins that wait for their answer at a time. */
  static final int SLOW_LIMIT = 16;

  private final Users users;
  private final Semaphore waiting = new Semaphore(SLOW_LIMIT);
  private final LongAdder logins = new LongAdder();
  private final LongAdder failures = new LongAdder();

  Login(Users users) {
    this.users = users;
  }

  long logins() {
    return logins.sum();
  }

  long failures() {
    return failures.sum();
  }

  @Override
  public Subject authenticate(@Nullable Object credentials) {
    String user = "";
    if (waiting.availablePermits() > 0
        && credentials instanceof String[] pair
        && pair.length == 2
        && pair[0] != null
        && pair[1] != null) {
      user = pair[0];
      if (users.matches(user, pair[1])) {
        logins.increment();
        Audit.login(user, true);
        return new Subject(true, Set.of(new JMXPrincipal(user)), Set.of(), Set.of());
      }
    }
    failures.increment();
    Audit.login(user, false);
    slowDown();
    throw new SecurityException("wrong user or password");
  }

  private void slowDown() {
    if (waiting.tryAcquire()) {
      try {
        Thread.sleep(FAILURE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        waiting.release();
      }
    }
  }
}
