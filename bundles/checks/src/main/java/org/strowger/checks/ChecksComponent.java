package org.strowger.checks;

import java.util.List;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.strowger.api.CheckProvider;

/** Registers one {@link CheckProvider} service for each type of this bundle. */
@Component(service = {})
public final class ChecksComponent {
  /** Service property that carries the type's name. */
  static final String NAME_PROPERTY = "strowger.check";

  private final List<ServiceRegistration<CheckProvider>> registrations;

  @Activate
  public ChecksComponent(BundleContext context) {
    registrations =
        Checks.providers().stream().map(provider -> register(context, provider)).toList();
  }

  private static ServiceRegistration<CheckProvider> register(
      BundleContext context, CheckProvider provider) {
    return context.registerService(
        CheckProvider.class,
        provider,
        FrameworkUtil.asDictionary(Map.of(NAME_PROPERTY, provider.name())));
  }

  @Deactivate
  public void stop() {
    registrations.forEach(ServiceRegistration::unregister);
  }
}
