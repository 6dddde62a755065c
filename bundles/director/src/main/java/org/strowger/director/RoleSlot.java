package org.strowger.director;

import java.util.Optional;
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

  private final Runnable wake;
  private volatile DirectorRole role = DirectorRole.ACTIVE;
  private FailoverState reported = FailoverState.ALONE;
  private @Nullable RoleHolder holder;
  private @Nullable Subscription changes;

  RoleSlot(Runnable wake) {
    this.wake = wake;
  }

  synchronized void came(RoleHolder present) {
    close();
    holder = present;
    changes = present.onChange(() -> ask(present));
    ask(present);
  }

  synchronized void went(RoleHolder gone) {
    if (gone.equals(holder)) { // a replacement is bound before the old one is unbound
      close();
      holder = null;
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

  /** Does what an operator asks; why not, or empty. */
  Optional<String> command(FailoverCommand command, String instance) {
    RoleHolder present;
    synchronized (this) {
      present = holder;
    }
    if (present == null) {
      return Optional.of("the bundle org.strowger.failover is not there: start it");
    }
    try {
      return present.command(command, instance);
    } catch (RuntimeException | LinkageError thrown) {
      LOG.atError().setCause(thrown).log("{} failed", command.word());
      return Optional.of("it failed: see the log");
    }
  }

  DirectorRole role() {
    return role;
  }
}
