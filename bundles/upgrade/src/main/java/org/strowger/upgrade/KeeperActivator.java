package org.strowger.upgrade;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Activator of the keeper: a bundle made of this bundle's classes at run time, see {@link
 * KeeperBundle}. It does the work, so that the replacement of {@code api}, of the service component
 * runtime and of the upgrade bundle itself goes on to its end while these are stopped.
 */
public final class KeeperActivator implements BundleActivator {
  private static final Logger LOG = LoggerFactory.getLogger(KeeperActivator.class);

  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("upgrade").factory());
  private @Nullable Drainage drainage;

  /** Called by the framework. */
  public KeeperActivator() {}

  @Override
  public void start(BundleContext context) throws IOException {
    String state = context.getProperty("strowger.state");
    if (state == null) {
      throw new IllegalStateException("the framework property strowger.state is not set");
    }
    Path folder = Path.of(state).toAbsolutePath();
    Path home = Path.of(String.valueOf(context.getProperty("strowger.home")));
    Overrides overrides = new Overrides(folder.resolve("bundles"));
    Exchange exchange = new Exchange(context);
    Installation box = new Installation(context, exchange, overrides, folder, home);
    Limits limits = Limits.of(context);
    Gate gate = new Gate(context, exchange, limits);
    Standing standing = new Standing(new Ledger(box.folder()));
    Campaign campaign = new Campaign(box, standing, gate, limits, executor);
    campaign.resume();
    Keeper keeper =
        new Keeper(new Replacement(context, overrides), campaign, standing, box, executor);
    drainage = new Drainage(context, this::later);
    context.registerService(
        Function.class, keeper, FrameworkUtil.asDictionary(Map.of(Keeper.PROPERTY, Boolean.TRUE)));
  }

  private void later(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.atDebug().log("stopping");
    }
  }

  @Override
  public void stop(BundleContext context) {
    if (drainage != null) {
      drainage.close();
    }
    // What was not begun is told to whoever waits for it; what was is interrupted and answers.
    for (Runnable waiting : executor.shutdownNow()) {
      if (waiting instanceof Future<?> future) {
        future.cancel(false);
      }
    }
  }
}
