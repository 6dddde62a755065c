package org.strowger.checks;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.strowger.api.CheckProvider;
import org.strowger.api.Knocker;

/** Registers one {@link CheckProvider} service for each type of this bundle. */
@Component(service = {})
public final class ChecksComponent {
  /** Service property that carries the type's name. */
  static final String NAME_PROPERTY = "strowger.check";

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  private volatile @Nullable Knocker knocker;

  private final List<ServiceRegistration<CheckProvider>> registrations;

  @Activate
  public ChecksComponent(BundleContext context) {
    registrations =
        Checks.providers(() -> Optional.ofNullable(knocker)).stream()
            .map(provider -> register(context, provider))
            .toList();
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
