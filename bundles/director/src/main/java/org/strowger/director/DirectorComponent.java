package org.strowger.director;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.strowger.api.BundleInventory;
import org.strowger.api.CheckProvider;
import org.strowger.api.Director;
import org.strowger.api.ForwardingPlane;
import org.strowger.api.HealthChecker;
import org.strowger.api.RevisionStore;
import org.strowger.api.SchedulerProvider;
import org.strowger.api.StartupReport;
import org.strowger.api.Subscription;

/**
 * The director in the framework. It needs nobody to be there: what comes is used, what goes is done
 * without, so that any other bundle can be replaced beneath it.
 */
@Component(
    name = "org.strowger.director",
    service = {},
    immediate = true)
public final class DirectorComponent {
  private final DirectorService director;
  private @Nullable ServiceRegistration<?> service;
  private @Nullable ServiceRegistration<?> report;
  private @Nullable RevisionStore store;
  private @Nullable BundleInventory inventory;
  private @Nullable Subscription failures;

  /**
   * @param context its property {@code strowger.state} names the state folder; without one, nothing
   *     of the alarms outlives this bundle
   */
  @Activate
  public DirectorComponent(BundleContext context) {
    String state = context.getProperty("strowger.state");
    AlarmFolder alarms = state == null ? null : new AlarmFolder(Path.of(state, "alarms"));
    director = new DirectorService(InstantSource.system(), alarms, AlarmStore.SETTLING);
  }

  @Activate
  void start(BundleContext context) {
    director.start();
    service = context.registerService(Director.class, director, null);
    Supplier<String> supplier = director::startupReport;
    report =
        context.registerService(
            Supplier.class,
            supplier,
            FrameworkUtil.asDictionary(Map.of(StartupReport.PROPERTY, "director")));
  }

  @Deactivate
  void stop() {
    if (report != null) {
      report.unregister();
    }
    if (service != null) {
      service.unregister();
    }
    director.stop();
  }

  @Reference(
      service = RevisionStore.class,
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  synchronized void bindStore(RevisionStore present) {
    store = present;
    director.control().storeIs(present);
  }

  synchronized void unbindStore(RevisionStore gone) {
    if (gone.equals(store)) { // a replacement is bound before the old one is unbound
      store = null;
      director.control().storeIs(null);
    }
  }

  @Reference(
      service = BundleInventory.class,
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  synchronized void bindInventory(BundleInventory present) {
    closeFailures();
    inventory = present;
    director.inventoryIs(present);
    failures = present.onFailures(director.control()::bundlesFailed);
  }

  synchronized void unbindInventory(BundleInventory gone) {
    if (gone.equals(inventory)) {
      closeFailures();
      inventory = null;
      director.inventoryIs(null);
    }
  }

  private void closeFailures() {
    if (failures != null) {
      failures.close();
      failures = null;
    }
  }

  @Reference(
      service = ForwardingPlane.class,
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindPlane(ForwardingPlane plane) {
    director.control().forwarders().came(plane);
  }

  void unbindPlane(ForwardingPlane plane) {
    director.control().forwarders().went(plane);
  }

  private static <T> Offers.Offer<T> offer(T provider, ServiceReference<T> reference) {
    Bundle bundle = reference.getBundle(); // null once it is unregistered
    return new Offers.Offer<>(
        provider,
        bundle == null ? "" : bundle.getSymbolicName(),
        bundle == null ? "" : bundle.getVersion().toString(),
        Instant.now());
  }

  @Reference(
      service = SchedulerProvider.class,
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindScheduler(SchedulerProvider provider, ServiceReference<SchedulerProvider> reference) {
    director.shelf().offers().add(offer(provider, reference));
    director.wake();
  }

  void unbindScheduler(SchedulerProvider provider) {
    director.shelf().offers().remove(provider);
    director.wake();
  }

  @Reference(
      service = CheckProvider.class,
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindCheck(CheckProvider provider, ServiceReference<CheckProvider> reference) {
    director.control().health().types().offers().add(offer(provider, reference));
    director.wake();
  }

  void unbindCheck(CheckProvider provider) {
    director.control().health().types().offers().remove(provider);
    director.wake();
  }

  @Reference(
      service = HealthChecker.class,
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindHealth(HealthChecker checker) {
    director.control().health().slot().came(checker);
  }

  void unbindHealth(HealthChecker checker) {
    director.control().health().slot().went(checker);
  }
}
