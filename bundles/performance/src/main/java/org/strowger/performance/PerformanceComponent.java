package org.strowger.performance;

import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Director;
import org.strowger.api.Performance;
import org.strowger.api.PerformanceMonitor;

/** Offers the {@link PerformanceMonitor}, and looks each step for as long as it is active. */
@Component(
    name = "org.strowger.performance",
    service = {},
    immediate = true)
public final class PerformanceComponent {
  private static final Logger LOG = LoggerFactory.getLogger(PerformanceComponent.class);
  private static final int STOP_SECONDS = 10;

  /** So much after a multiple of a step: a timer that is a little early is not too early. */
  private static final int AFTER_MILLIS = 20;

  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "performance"));
  private final Recorder recorder;
  private final ServiceRegistration<PerformanceMonitor> service;
  private volatile @Nullable Director director;

  /**
   * @param context its property {@code strowger.state} names the state folder
   */
  @Activate
  public PerformanceComponent(BundleContext context) {
    String state = context.getProperty("strowger.state");
    if (state == null) {
      throw new IllegalStateException("the framework property strowger.state is not set");
    }
    recorder = new Recorder(new Shelf(Path.of(state, "performance")), Instant.now());
    service = context.registerService(PerformanceMonitor.class, recorder, null);
    thread.execute(this::step);
  }

  /**
   * One look, and the next right after the next multiple of a step, so that a bin begins and ends
   * with a look.
   */
  private void step() {
    try {
      Director present = director;
      if (present != null) {
        recorder.look(present, Instant.now(), System.nanoTime());
      }
    } catch (RuntimeException e) {
      LOG.error("performance is not measured; it is tried again", e);
    }
    long step = Performance.STEP.toMillis();
    long left = step - Math.floorMod(System.currentTimeMillis(), step) + AFTER_MILLIS;
    try {
      var _ = thread.schedule(this::step, left, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("it stops; there is no next look", e);
    }
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  synchronized void bindDirector(Director present) {
    director = present;
  }

  synchronized void unbindDirector(Director gone) {
    if (gone.equals(director)) {
      director = null;
    }
  }

  @Deactivate
  void stop() {
    service.unregister();
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.error("a look at the performance does not end");
        return;
      }
      recorder.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
