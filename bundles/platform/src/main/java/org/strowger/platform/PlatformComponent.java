package org.strowger.platform;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
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
import org.strowger.api.KernelClock;
import org.strowger.api.Management;
import org.strowger.api.Network;
import org.strowger.api.Platform;
import org.strowger.api.PlatformState.Usage;
import org.strowger.api.Syslog;

/** Offers the {@link Platform}. */
@Component(
    name = "org.strowger.platform",
    service = {},
    immediate = true)
public final class PlatformComponent {
  private static final Logger LOG = LoggerFactory.getLogger(PlatformComponent.class);

  private static final int STOP_SECONDS = 2;

  private final LocalPlatform platform;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "platform-loads"));
  private final ScheduledFuture<?> measuring;
  private final ServiceRegistration<Platform> service;
  private final Findings findings = new Findings();
  private volatile @Nullable Director director;

  /**
   * @param context its property {@code strowger.state} names the state folder
   */
  @Activate
  public PlatformComponent(BundleContext context) {
    String state = context.getProperty("strowger.state");
    if (state == null) {
      throw new IllegalStateException("the framework property strowger.state is not set");
    }
    platform =
        new LocalPlatform(
            new Tree(Path.of("/")),
            InstantSource.system(),
            context.getBundle().getVersion().toString(),
            StartCount.count(Path.of(state)),
            new Certificates(Path.of(state), this::management));
    measuring = thread.scheduleAtFixedRate(this::measure, 0, Usage.LOAD_SECONDS, TimeUnit.SECONDS);
    service = context.registerService(Platform.class, platform, null);
  }

  private Optional<Management> management() {
    Director present = director;
    return present == null
        ? Optional.empty()
        : Optional.of(present.snapshot().configuration().management());
  }

  private void measure() {
    platform.measure();
    Director present = director;
    if (present != null) {
      try {
        findings.tell(present, platform.state());
      } catch (RuntimeException e) { // a director that just goes; the next one is told
        LOG.debug("the director was not told what the machine is like", e);
      }
    }
  }

  @Deactivate
  void stop() {
    service.unregister();
    measuring.cancel(false);
    thread.shutdownNow();
    Director present = director;
    awaitEnd();
    if (present != null) {
      try {
        findings.withdraw(present);
      } catch (RuntimeException e) { // a director that just goes takes its alarms with it
        LOG.debug("the director was not told that nobody measures the machine any more", e);
      }
    }
  }

  /** Until the measuring thread is done, so that it reports nothing after the withdrawal. */
  private void awaitEnd() {
    try {
      if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("the machine is still being measured after {} s", STOP_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindNetwork(Network network) {
    platform.networkCame(network);
  }

  void unbindNetwork(Network network) {
    platform.networkWent(network);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindKernelClock(KernelClock clock) {
    platform.kernelClockCame(clock);
  }

  void unbindKernelClock(KernelClock clock) {
    platform.kernelClockWent(clock);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindSyslog(Syslog syslog) {
    platform.syslogCame(syslog);
  }

  void unbindSyslog(Syslog syslog) {
    platform.syslogWent(syslog);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindDirector(Director present) {
    director = present;
  }

  void unbindDirector(Director gone) {
    if (gone.equals(director)) { // a replacement is bound before the old one is unbound
      director = null;
    }
  }
}
