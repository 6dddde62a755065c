package org.strowger.upgrade;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Work inside of bundles, which may hang: it is interrupted, and left behind if that is in vain.
 */
final class Bounded {
  /** Time that an interrupted step has to end. */
  private static final int LAST_SECONDS = 10;

  private Bounded() {}

  /** What may be refused. */
  @FunctionalInterface
  interface Work {
    void run() throws Refusal;
  }

  static void run(String what, int seconds, Work work) throws Refusal {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("upgrade-step")
            .start(
                () -> {
                  try {
                    work.run();
                  } catch (Refusal | RuntimeException | LinkageError e) {
                    failure.set(e);
                  }
                });
    try {
      if (!thread.join(java.time.Duration.ofSeconds(seconds))) {
        thread.interrupt();
        boolean ended = thread.join(java.time.Duration.ofSeconds(LAST_SECONDS));
        throw new Refusal(
            what + " took longer than " + seconds + " s" + (ended ? "" : " and cannot be stopped"));
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw new Refusal("the framework is stopping", e);
    }
    Throwable thrown = failure.get();
    if (thrown instanceof Refusal refusal) {
      throw refusal;
    }
    if (thrown != null) {
      throw new Refusal(what + ": " + Refusal.rootOf(thrown), thrown);
    }
  }
}
