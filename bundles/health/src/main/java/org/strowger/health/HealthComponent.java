package org.strowger.health;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
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
import org.strowger.api.CheckProvider;
import org.strowger.api.HealthChecker;

/** Offers the {@link HealthChecker}, and takes the types of check that are there. */
@Component(
    name = "org.strowger.health",
    service = {},
    immediate = true)
public final class HealthComponent {
  private final List<CheckProvider> early = new ArrayList<>();
  private @Nullable HealthService health;
  private @Nullable ServiceRegistration<HealthChecker> service;

  @Activate
  synchronized void start(BundleContext context) {
    String state = context.getProperty("strowger.state");
    if (state == null) {
      throw new IllegalStateException("the framework property strowger.state is not set");
    }
    HealthService made = new HealthService(InstantSource.system(), Path.of(state), Limits.RUNNING);
    early.forEach(made::add); // before anybody asks: none of them is missing
    health = made;
    service = context.registerService(HealthChecker.class, made, null);
  }

  /** First the director takes what is known, then nothing more is looked at. */
  @Deactivate
  synchronized void stop() {
    if (service != null) {
      service.unregister();
    }
    if (health != null) {
      health.close();
    }
  }

  @Reference(
      service = CheckProvider.class,
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  synchronized void bindCheck(CheckProvider provider) {
    early.add(provider);
    if (health != null) {
      health.add(provider);
    }
  }

  synchronized void unbindCheck(CheckProvider provider) {
    early.remove(provider);
    if (health != null) {
      health.remove(provider);
    }
  }
}
