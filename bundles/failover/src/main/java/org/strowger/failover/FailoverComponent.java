package org.strowger.failover;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.strowger.api.Director;
import org.strowger.api.Network;
import org.strowger.api.RoleHolder;
import org.strowger.api.VrrpPackets;

/** Failover in the framework: offers the {@link RoleHolder}. */
@Component(
    name = "org.strowger.failover",
    immediate = true,
    service = {})
public final class FailoverComponent {
  private final BundleContext context;
  private final FailoverService failover;
  private @Nullable ServiceRegistration<RoleHolder> service;

  /**
   * @param context its property {@code strowger.state} names the state folder
   */
  @Activate
  public FailoverComponent(BundleContext context) {
    this.context = context;
    String state =
        Objects.requireNonNull(
            context.getProperty("strowger.state"), "the property strowger.state is not set");
    failover = new FailoverService(Path.of(state));
  }

  @Activate
  void start() {
    failover.start();
    service = context.registerService(RoleHolder.class, failover, null);
  }

  /** If the framework stops the director ends; else only this bundle is exchanged. */
  @Deactivate
  void stop() {
    if (service != null) {
      service.unregister();
    }
    if (context.getBundle(0).getState() == Bundle.STOPPING) {
      failover.close();
    } else {
      failover.replaced();
    }
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindDirector(Director director) {
    failover.attach(director);
  }

  void unbindDirector(Director director) {
    failover.detach(director);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindNetwork(Network network) {
    failover.came(network, null);
  }

  /** What it opened goes on until another one is there. */
  void unbindNetwork(Network network) {}

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindPackets(VrrpPackets packets) {
    failover.came(null, packets);
  }

  void unbindPackets(VrrpPackets packets) {}
}
