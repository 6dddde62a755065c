package org.strowger.upgrade;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/**
 * What is wrong now, as the framework shows it; no code of a bundle under suspicion is called. The
 * keeper's thread.
 */
final class Symptoms {
  private final BundleContext context;
  private final Exchange exchange;
  private final DeadThreads deadThreads;
  private final ProcessFaults process;
  private final HandsOf hands;

  /** What the director says of plug-ins is asked for once in so many looks. */
  private static final int DIRECTOR_LOOKS = 5;

  private Map<String, String> shutOut = Map.of();
  private int looks;

  /** Which bundle offered the report of each component that was ready once. */
  private final Map<String, String> components = new HashMap<>();

  Symptoms(
      BundleContext context,
      Exchange exchange,
      DeadThreads deadThreads,
      ProcessFaults process,
      HandsOf hands) {
    this.context = context;
    this.exchange = exchange;
    this.deadThreads = deadThreads;
    this.process = process;
    this.hands = hands;
  }

  /** Whether the framework has started and does not stop. */
  boolean settled() {
    FrameworkStartLevel level = context.getBundle(0).adapt(FrameworkStartLevel.class);
    return context.getBundle(0).getState() == Bundle.ACTIVE && level != null;
  }

  /** The latest of this name. */
  Optional<Bundle> bundle(String name) {
    return exchange.installed(name).stream().findFirst();
  }

  /** Everything, the worst for the director first. */
  List<Fault> look() {
    List<Fault> faults = new ArrayList<>(process.look());
    for (Bundle bundle : context.getBundles()) {
      if (!Exchange.running(bundle) && Exchange.shouldRun(context, bundle)) {
        faults.add(new Fault(FailedBundles.name(bundle), Fault.Kind.DOWN, "it does not run"));
      }
    }
    faults.addAll(gone());
    if (looks++ % DIRECTOR_LOOKS == 0) {
      shutOut = hands.shutOut();
    }
    shutOut.forEach((name, why) -> faults.add(new Fault(name, Fault.Kind.SHUT_OUT, why)));
    faults.addAll(deadThreads.take());
    return faults;
  }

  private List<Fault> gone() {
    Map<String, String> present = new HashMap<>();
    for (ServiceReference<?> each : references()) {
      Bundle owner = each.getBundle();
      if (owner != null) {
        present.put(String.valueOf(each.getProperty(Gate.STARTUP)), FailedBundles.name(owner));
      }
    }
    components.putAll(present);
    // With its bundle gone for good a component is nobody's fault.
    components.values().removeIf(name -> bundle(name).isEmpty());
    List<Fault> faults = new ArrayList<>();
    components.forEach(
        (name, owner) -> {
          if (!present.containsKey(name) && bundle(owner).filter(Exchange::running).isPresent()) {
            faults.add(new Fault(owner, Fault.Kind.GONE, "its component " + name + " is gone"));
          }
        });
    return faults;
  }

  private List<ServiceReference<?>> references() {
    try {
      ServiceReference<?>[] found =
          context.getAllServiceReferences(Supplier.class.getName(), "(" + Gate.STARTUP + "=*)");
      return found == null ? List.of() : List.of(found);
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e); // the filter is a constant
    }
  }
}
