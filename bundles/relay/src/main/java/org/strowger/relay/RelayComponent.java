package org.strowger.relay;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.api.Connection;
import org.strowger.api.ConnectionFilter;
import org.strowger.api.ForwardingMethod;
import org.strowger.api.ForwardingPlane;
import org.strowger.api.ForwardingTable;
import org.strowger.api.Loads;
import org.strowger.api.PlaneListener;
import org.strowger.api.StartupReport;
import org.strowger.api.Talker;
import org.strowger.api.TalkerKind;

/**
 * Offers the plane as a service and finds the wires. They share no class with this bundle, so they
 * are looked for by name among all services, whoever exports what.
 */
@Component(service = ForwardingPlane.class, immediate = true)
public final class RelayComponent implements ForwardingPlane {
  private static final Logger log = LoggerFactory.getLogger(RelayComponent.class);

  private final RelayPlane plane = new RelayPlane();
  private final ServiceTracker<Object, Wire> tracker;
  private final ServiceRegistration<?> startup;

  @Activate
  public RelayComponent(BundleContext context) {
    tracker = new Wires(context, plane);
    tracker.open(true); // true: also those that do not share our classes
    Supplier<String> report =
        () ->
            plane.methods().isEmpty()
                ? StartupReport.FAILED + "the relay plane found no wire"
                : "relay plane ready";
    startup =
        context.registerService(
            Supplier.class,
            report,
            FrameworkUtil.asDictionary(Map.of(StartupReport.PROPERTY, "relay")));
  }

  @Deactivate
  public void stop() {
    startup.unregister();
    plane.close();
    tracker.close();
  }

  /** Follows the wires: the one with the greatest generation holds the listening sockets. */
  private static final class Wires extends ServiceTracker<Object, Wire> {
    private final Map<ServiceReference<Object>, Wire> present = new ConcurrentHashMap<>();
    private final RelayPlane plane;

    Wires(BundleContext context, RelayPlane plane) {
      super(context, Contract.SERVICE, null);
      this.plane = plane;
    }

    @Override
    public @Nullable Wire addingService(ServiceReference<Object> reference) {
      try {
        Wire wire = Structural.bind(Wire.class, context.getService(reference));
        present.put(reference, wire);
        tell();
        return wire;
      } catch (IllegalArgumentException e) {
        log.atError().log("this wire cannot be used: {}", e.getMessage());
        return null;
      }
    }

    @Override
    public void modifiedService(ServiceReference<Object> reference, Wire wire) {
      tell();
    }

    @Override
    public void removedService(ServiceReference<Object> reference, Wire wire) {
      present.remove(reference);
      tell();
      context.ungetService(reference);
    }

    private synchronized void tell() {
      List<Wire> ordered =
          present.entrySet().stream()
              .sorted(
                  Comparator.comparingLong(
                      (Map.Entry<ServiceReference<Object>, Wire> e) -> -generation(e.getKey())))
              .map(Map.Entry::getValue)
              .toList();
      plane.wires(ordered);
    }

    private static long generation(ServiceReference<Object> reference) {
      return reference.getProperty(Contract.GENERATION) instanceof Long number ? number : 0;
    }
  }

  @Override
  public String name() {
    return plane.name();
  }

  @Override
  public java.util.Set<ForwardingMethod> methods() {
    return plane.methods();
  }

  @Override
  public void apply(ForwardingTable table, PlaneListener listener) {
    plane.apply(table, listener);
  }

  @Override
  public PlaneReport report() {
    return plane.report();
  }

  @Override
  public List<Connection> connections(ConnectionFilter filter, int limit) {
    return plane.connections(filter, limit);
  }

  @Override
  public List<Talker> top(TalkerKind kind, ConnectionFilter filter, int limit) {
    return plane.top(kind, filter, limit);
  }

  @Override
  public ConcurrentMap<String, Object> memory() {
    return plane.memory();
  }

  @Override
  public int disconnect(ConnectionFilter filter) {
    return plane.disconnect(filter);
  }

  @Override
  public Loads loads(String service) {
    return plane.loads(service);
  }
}
