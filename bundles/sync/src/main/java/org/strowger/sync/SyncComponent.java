package org.strowger.sync;

import java.nio.file.Path;
import java.util.Objects;
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
import org.strowger.api.ConnectionExchange;
import org.strowger.api.ConnectionSync;
import org.strowger.api.Director;

/** The telling of connections as an OSGi component. */
@Component(
    name = "org.strowger.sync",
    immediate = true,
    service = {})
public final class SyncComponent {
  private final SyncService sync;
  private @Nullable ServiceRegistration<ConnectionSync> service;

  /**
   * @param context its property {@code strowger.state} names the state folder
   */
  @Activate
  public SyncComponent(BundleContext context) {
    String state =
        Objects.requireNonNull(
            context.getProperty("strowger.state"), "the property strowger.state is not set");
    String release = context.getBundle().getVersion().toString();
    sync =
        new SyncService(
            Path.of(state),
            release,
            (wanted, name, secret, ear) ->
                GroupChannel.open(wanted, name, secret, GroupChannel.Patience.USUAL, ear));
  }

  @Activate
  void start(BundleContext context) {
    sync.start();
    service = context.registerService(ConnectionSync.class, sync, null);
  }

  @Deactivate
  void stop() {
    if (service != null) {
      service.unregister();
    }
    sync.close();
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindDirector(Director director) {
    sync.attach(director);
  }

  void unbindDirector(Director director) {
    sync.detach(director);
  }

  @Reference(
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindPlane(ConnectionExchange plane) {
    sync.came(plane);
  }

  void unbindPlane(ConnectionExchange plane) {
    sync.went(plane);
  }
}
