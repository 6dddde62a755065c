package org.strowger.upgrade;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.BundleInventory.Failure;
import org.strowger.api.Subscription;

/**
 * Bundles that should be active and are not: persistently started, start level reached, and still
 * not active {@link #HOLD_MILLIS} later, so that no update of a bundle looks like its failure. A
 * failure that ends is taken back at once. Nothing has failed before the framework itself has
 * started: bundles of one level start one after the other, and a slow machine takes its time.
 *
 * <p>Listeners are called on the executor, which has one thread and owns all state.
 */
final class FailedBundles implements AutoCloseable {
  static final int HOLD_MILLIS = 2000;

  private static final Logger LOG = LoggerFactory.getLogger(FailedBundles.class);

  private final BundleContext context;
  private final ScheduledExecutorService executor;
  private final BundleListener bundleListener;
  private final FrameworkListener frameworkListener;

  private final Map<Long, String> thrown = new HashMap<>();
  private final Map<Long, Long> inactiveSince = new HashMap<>();
  private final List<Consumer<List<Failure>>> listeners = new ArrayList<>();
  private List<Failure> told = List.of();

  /** Watches from now on. */
  FailedBundles(BundleContext context, ScheduledExecutorService executor) {
    this.context = context;
    this.executor = executor;
    this.bundleListener = this::bundleChanged;
    this.frameworkListener = this::frameworkTold;
    context.addBundleListener(bundleListener);
    context.addFrameworkListener(frameworkListener);
    run(() -> {});
  }

  /** The whole list soon, and at each change until closed. */
  Subscription listen(Consumer<List<Failure>> listener) {
    run(
        () -> {
          listeners.add(listener);
          tell(listener);
        });
    return () -> run(() -> listeners.remove(listener));
  }

  private void bundleChanged(BundleEvent event) {
    long id = event.getBundle().getBundleId();
    boolean well =
        event.getType() == BundleEvent.STARTED || event.getType() == BundleEvent.UNINSTALLED;
    run(
        () -> {
          if (well) {
            thrown.remove(id);
          }
        });
  }

  private void frameworkTold(FrameworkEvent event) {
    Throwable failure = event.getThrowable();
    long id = event.getBundle().getBundleId();
    run(
        () -> {
          if (event.getType() == FrameworkEvent.ERROR && failure != null) {
            thrown.put(id, Refusal.rootOf(failure));
          }
        });
  }

  private void run(Runnable task) {
    try {
      executor.execute(
          () -> {
            task.run();
            look();
          });
    } catch (RejectedExecutionException e) {
      LOG.atDebug().log("stopping");
    }
  }

  private void look() {
    try {
      derive(System.nanoTime());
    } catch (RuntimeException e) {
      // A bundle was uninstalled between two questions about it: its event brings the next look.
      LOG.atDebug().setCause(e).log("failed bundles not listed");
    }
  }

  private void derive(long now) {
    if (context.getBundle(0).getState() != Bundle.ACTIVE) {
      return; // the framework starts, in the order of the levels, or stops; its event comes
    }
    List<Failure> failures = new ArrayList<>();
    Map<Long, Long> before = Map.copyOf(inactiveSince);
    inactiveSince.clear();
    for (Bundle bundle : context.getBundles()) {
      long id = bundle.getBundleId();
      // One that is just starting has not failed; but one that had is not well before it is done.
      boolean down =
          before.containsKey(id) ? bundle.getState() != Bundle.ACTIVE : !Exchange.running(bundle);
      if (down && Exchange.shouldRun(context, bundle)) {
        long since = before.getOrDefault(id, now);
        inactiveSince.put(id, since);
        if (now - since >= TimeUnit.MILLISECONDS.toNanos(HOLD_MILLIS)) {
          failures.add(new Failure(name(bundle), why(bundle)));
        }
      }
    }
    thrown.keySet().retainAll(inactiveSince.keySet());
    if (failures.size() < inactiveSince.size()) {
      ScheduledFuture<?> _ = executor.schedule(this::look, HOLD_MILLIS / 4, TimeUnit.MILLISECONDS);
    }
    if (!failures.equals(told)) {
      told = List.copyOf(failures);
      List.copyOf(listeners).forEach(this::tell);
    }
  }

  private void tell(Consumer<List<Failure>> listener) {
    try {
      listener.accept(told);
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("a listener for failed bundles failed itself");
    }
  }

  private String why(Bundle bundle) {
    return thrown.getOrDefault(
        bundle.getBundleId(), "it does not run; expected active, see the log");
  }

  static String name(Bundle bundle) {
    String name = bundle.getSymbolicName();
    return name == null ? bundle.getLocation() : name;
  }

  @Override
  public void close() {
    context.removeBundleListener(bundleListener);
    context.removeFrameworkListener(frameworkListener);
  }
}
