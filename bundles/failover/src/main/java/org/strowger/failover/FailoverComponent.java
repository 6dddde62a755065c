package org.strowger.failover;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.strowger.api.ConnectionSync;
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
  private final SynchronousBundleListener ending = this::framework;
  private final AtomicBoolean resigned = new AtomicBoolean();
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
    context.addBundleListener(ending);
    service = context.registerService(RoleHolder.class, failover, null);
  }

  /** If the framework stops the director ends; else only this bundle is exchanged. */
  @Deactivate
  void stop() {
    context.removeBundleListener(ending);
    if (service != null) {
      service.unregister();
    }
    if (context.getBundle(0).getState() == Bundle.STOPPING) {
      resign();
    } else {
      failover.replaced();
    }
  }

  /**
   * The whole framework begins to stop, before the first of its bundles does: others take over
   * while this one still serves.
   */
  private void framework(BundleEvent event) {
    if (event.getBundle().getBundleId() == 0 && event.getType() == BundleEvent.STOPPING) {
      resign();
    }
  }

  private void resign() {
    if (!resigned.getAndSet(true)) {
      failover.close();
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

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindSync(ConnectionSync sync) {
    failover.ground().came(sync);
  }

  void unbindSync(ConnectionSync sync) {
    failover.ground().went(sync);
  }
}
