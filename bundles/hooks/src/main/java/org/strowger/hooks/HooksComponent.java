package org.strowger.hooks;

import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.strowger.api.HookRunner;

/** Offers the {@link HookRunner}. */
@Component(
    name = "org.strowger.hooks",
    service = {},
    immediate = true)
public final class HooksComponent {
  private @Nullable Runner runner;
  private @Nullable ServiceRegistration<HookRunner> service;

  @Activate
  synchronized void start(BundleContext context) {
    String state = context.getProperty("strowger.state");
    if (state == null) {
      throw new IllegalStateException("the framework property strowger.state is not set");
    }
    Runner made = new Runner(InstantSource.system(), new Acts(Path.of(state)));
    runner = made;
    service = context.registerService(HookRunner.class, made, null);
  }

  /** First the director takes back what waits, then what runs is given a moment to end. */
  @Deactivate
  synchronized void stop() {
    if (service != null) {
      service.unregister();
    }
    if (runner != null) {
      runner.close();
    }
  }
}
