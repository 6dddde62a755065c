package org.strowger.schedulers;

import java.util.List;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.strowger.api.SchedulerProvider;

/** Registers one {@link SchedulerProvider} service for each scheduler of this bundle. */
@Component(service = {})
public final class SchedulersComponent {
  /** Service property that carries the scheduler's name. */
  static final String NAME_PROPERTY = "strowger.scheduler";

  private final List<ServiceRegistration<SchedulerProvider>> registrations;

  @Activate
  public SchedulersComponent(BundleContext context) {
    registrations =
        Schedulers.providers().stream().map(provider -> register(context, provider)).toList();
  }

  private static ServiceRegistration<SchedulerProvider> register(
      BundleContext context, SchedulerProvider provider) {
    return context.registerService(
        SchedulerProvider.class,
        provider,
        FrameworkUtil.asDictionary(Map.of(NAME_PROPERTY, provider.name())));
  }

  @Deactivate
  public void stop() {
    registrations.forEach(ServiceRegistration::unregister);
  }
}
