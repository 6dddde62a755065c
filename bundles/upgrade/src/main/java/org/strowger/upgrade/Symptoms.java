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

  /**
   * Which bundle offered the report of a component that was ready once.
   *
   * @param modified when the bundle got its present content
   */
  private record Offered(String bundle, long id, long modified) {
    static Offered by(Bundle bundle) {
      return new Offered(
          FailedBundles.name(bundle), bundle.getBundleId(), bundle.getLastModified());
    }
  }

  /** By the name of the component. */
  private final Map<String, Offered> components = new HashMap<>();

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

  /**
   * What was seen until now is of no account: an upgrade is under way. It judges by itself what it
   * does, and what was on trial and died is not the fault of what ran before and runs again.
   */
  void forget() {
    components.clear();
    deadThreads.forget();
  }

  /** What is left of a lack of memory after a collection of all that can be collected. */
  Optional<Fault> memoryAfterCollection() {
    return process.memoryAfterCollection();
  }

  /** Bytes of the heap that stay in use. */
  long inUse() {
    return process.inUse();
  }

  /** The plug-ins whose threads wait for each other were made anew. */
  void leaveBehind() {
    process.leaveBehind();
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
    Map<String, Offered> present = new HashMap<>();
    for (ServiceReference<?> each : references()) {
      Bundle owner = each.getBundle();
      if (owner != null) {
        present.put(String.valueOf(each.getProperty(Gate.STARTUP)), Offered.by(owner));
      }
    }
    components.putAll(present);
    // Another version may have no such component, or call it otherwise: that is nobody's fault.
    components
        .values()
        .removeIf(owner -> bundle(owner.bundle()).map(Offered::by).filter(owner::equals).isEmpty());
    List<Fault> faults = new ArrayList<>();
    components.forEach(
        (name, owner) -> {
          String bundle = owner.bundle();
          if (!present.containsKey(name) && bundle(bundle).filter(Exchange::running).isPresent()) {
            faults.add(new Fault(bundle, Fault.Kind.GONE, "its component " + name + " is gone"));
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
