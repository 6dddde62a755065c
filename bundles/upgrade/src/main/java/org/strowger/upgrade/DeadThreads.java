package org.strowger.upgrade;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that died of an exception, as the launcher tells them on the dying thread; and whose they
 * were. At most {@value #MAX} wait to be looked at, more are counted.
 */
final class DeadThreads implements BiConsumer<Thread, Throwable> {
  /** Service property by which the launcher finds it. */
  static final String PROPERTY = "strowger.deadThreads";

  static final int MAX = 100;

  private static final Logger LOG = LoggerFactory.getLogger(DeadThreads.class);

  private record Death(String thread, Throwable cause) {}

  private final BundleContext context;
  private final BlockingQueue<Death> deaths = new LinkedBlockingQueue<>(MAX);
  private final AtomicLong dropped = new AtomicLong();

  DeadThreads(BundleContext context) {
    this.context = context;
  }

  @Override
  public void accept(Thread thread, Throwable cause) {
    if (!deaths.offer(new Death(thread.getName(), cause))) {
      dropped.incrementAndGet();
    }
  }

  /** Those until now are nobody's fault: of what was on trial, and is no more. */
  void forget() {
    deaths.clear();
    dropped.set(0);
  }

  /** Those since this was asked last, where they are a bundle's. */
  List<Fault> take() {
    List<Death> all = new ArrayList<>();
    deaths.drainTo(all);
    long lost = dropped.getAndSet(0);
    if (lost > 0) {
      LOG.atWarn().addKeyValue("count", lost).log("more threads died than were looked at");
    }
    List<Fault> faults = new ArrayList<>();
    for (Death death : all) {
      owner(context, death.cause().getStackTrace())
          .ifPresent(
              bundle ->
                  faults.add(
                      new Fault(
                          FailedBundles.name(bundle),
                          Fault.Kind.THREW,
                          "its thread " + death.thread() + " died: " + death.cause())));
    }
    return faults;
  }

  /** Whose code began the thread: the outermost class of the stack that is in a bundle. */
  static Optional<Bundle> owner(BundleContext context, StackTraceElement[] frames) {
    for (int i = frames.length - 1; i >= 0; i--) {
      String name = frames[i].getClassName().replaceFirst("/.*", ""); // of a hidden class
      String entry = name.replace('.', '/') + ".class";
      for (Bundle bundle : context.getBundles()) {
        if (bundle.getBundleId() != 0 && bundle.getEntry(entry) != null) {
          return Optional.of(bundle);
        }
      }
    }
    return Optional.empty();
  }
}
