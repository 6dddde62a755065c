package org.strowger.upgrade;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
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
    Supervision supervision = supervision(context, exchange, box, standing, limits);
    Keeper keeper =
        new Keeper(
            new Replacement(context, overrides), campaign, standing, supervision, box, executor);
    drainage = new Drainage(context, this::later);
    ScheduledFuture<?> _ =
        executor.scheduleWithFixedDelay(supervision::look, 1, 1, TimeUnit.SECONDS);
    context.registerService(
        Function.class, keeper, FrameworkUtil.asDictionary(Map.of(Keeper.PROPERTY, Boolean.TRUE)));
  }

  private static Supervision supervision(
      BundleContext context, Exchange exchange, Installation box, Standing standing, Limits limits)
      throws IOException {
    Budgets budgets = Budgets.of(context);
    DeadThreads deadThreads = new DeadThreads(context);
    context.registerService(
        BiConsumer.class,
        deadThreads,
        FrameworkUtil.asDictionary(Map.of(DeadThreads.PROPERTY, Boolean.TRUE)));
    HandsOf hands = new HandsOf(context);
    Predicate<Bundle> plugIn = bundle -> !Cures.essential(bundle, box.home());
    ProcessFaults process =
        new ProcessFaults(
            limits,
            ProcessFaults::live,
            System::gc,
            info ->
                DeadThreads.owner(context, info.getStackTrace())
                    .filter(plugIn)
                    .map(FailedBundles::name));
    return new Supervision(
        new Symptoms(context, exchange, deadThreads, process, hands),
        new Cures(exchange, hands, new HeapSuspect(context, plugIn), box.home()),
        budgets,
        new NodeActs(box.folder().resolve("supervision"), InstantSource.system()),
        standing,
        Steady.started());
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
