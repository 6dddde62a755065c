package org.strowger.platform;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.strowger.api.Network;
import org.strowger.api.Platform;
import org.strowger.api.PlatformState.Usage;

/** Offers the {@link Platform}. */
@Component(
    name = "org.strowger.platform",
    service = {},
    immediate = true)
public final class PlatformComponent {
  private final LocalPlatform platform;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "platform-loads"));
  private final ScheduledFuture<?> measuring;
  private final ServiceRegistration<Platform> service;

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
            StartCount.count(Path.of(state)));
    measuring =
        thread.scheduleAtFixedRate(platform::measure, 0, Usage.LOAD_SECONDS, TimeUnit.SECONDS);
    service = context.registerService(Platform.class, platform, null);
  }

  @Deactivate
  void stop() {
    service.unregister();
    measuring.cancel(false);
    thread.shutdownNow();
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
}
