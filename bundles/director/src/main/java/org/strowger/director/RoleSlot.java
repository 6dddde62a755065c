package org.strowger.director;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.DirectorRole;
import org.strowger.api.FailoverCommand;
import org.strowger.api.FailoverState;
import org.strowger.api.RoleHolder;
import org.strowger.api.Subscription;
import org.strowger.api.Vrrp;

/**
 * The role of this director, as the bundle that works it out says. While that bundle is replaced
 * the last role stands; a director that never heard of one is alone. Any thread.
 */
final class RoleSlot {
  private static final Logger LOG = LoggerFactory.getLogger(RoleSlot.class);

  /** So long an operator's word waits for the successor of a holder that went. */
  private static final long REPLACED_NANOS = 10_000_000_000L;

  private final Runnable wake;
  private volatile DirectorRole role = DirectorRole.ACTIVE;
  private FailoverState reported = FailoverState.ALONE;
  private @Nullable RoleHolder holder;
  private @Nullable Subscription changes;

  /** When the last one went. */
  private Optional<Long> wentAt = Optional.empty();

  RoleSlot(Runnable wake) {
    this.wake = wake;
  }

  synchronized void came(RoleHolder present) {
    close();
    holder = present;
    changes = present.onChange(() -> ask(present));
    ask(present);
    notifyAll();
  }

  synchronized void went(RoleHolder gone) {
    if (gone.equals(holder)) { // a replacement is bound before the old one is unbound
      close();
      holder = null;
      wentAt = Optional.of(System.nanoTime());
    }
  }

  private void close() {
    if (changes != null) {
      changes.close();
      changes = null;
    }
  }

  private void ask(RoleHolder present) {
    try {
      role = present.role();
    } catch (RuntimeException | LinkageError thrown) { // one being replaced: the last role stands
      LOG.atWarn().setCause(thrown).log("the role is not told");
    }
    wake.run();
  }

  /** All that is observed; while the bundle is replaced, what it said last. */
  synchronized FailoverState report() {
    RoleHolder present = holder;
    if (present != null) {
      try {
        reported = present.report();
      } catch (RuntimeException | LinkageError thrown) { // one being replaced: the last word stands
        LOG.atWarn().setCause(thrown).log("no report of failover");
      }
    }
    return reported;
  }

  /** Before the planes are told. */
  synchronized void expect(Vrrp wanted) {
    RoleHolder present = holder;
    if (present != null) {
      try {
        present.expect(wanted);
      } catch (RuntimeException | LinkageError thrown) { // one being replaced: it looks by itself
        LOG.atWarn().setCause(thrown).log("failover was not told what is to come");
      }
    }
  }

  /**
   * Does what an operator asks; why not, or empty. If the bundle is replaced meanwhile its
   * successor is asked: who stops does not know what is to be.
   */
  Optional<String> command(FailoverCommand command, String instance) {
    long until = System.nanoTime() + REPLACED_NANOS;
    Optional<String> why = Optional.of("the bundle org.strowger.failover is not there: start it");
    while (true) {
      Optional<RoleHolder> present = awaitHolder();
      if (present.isEmpty()) {
        return why;
      }
      why = command(present.get(), command, instance);
      if (why.isEmpty() || stays(present.get()) || System.nanoTime() > until) {
        return why;
      }
    }
  }

  private static Optional<String> command(
      RoleHolder present, FailoverCommand command, String instance) {
    try {
      return present.command(command, instance);
    } catch (RuntimeException | LinkageError thrown) {
      LOG.atError().setCause(thrown).log("{} failed", command.word());
      return Optional.of("it failed: see the log");
    }
  }

  private synchronized boolean stays(RoleHolder present) {
    return present.equals(holder);
  }

  /** The one that is there, or comes soon after the last one went. */
  private synchronized Optional<RoleHolder> awaitHolder() {
    try {
      while (holder == null && wentAt.isPresent()) {
        long left = wentAt.get() + REPLACED_NANOS - System.nanoTime();
        if (left <= 0) {
          break;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.ofNullable(holder);
  }

  DirectorRole role() {
    return role;
  }
}
