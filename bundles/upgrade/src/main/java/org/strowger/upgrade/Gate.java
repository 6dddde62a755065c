package org.strowger.upgrade;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * The health gate: whether all is at least as well as it was when the upgrade began. It asks the
 * framework which bundles run, the components what they report to the launcher, and the evidence
 * that the upgrade bundle gives of services, alarms, planes and management.
 */
final class Gate {
  /** Property of the service that gives evidence; see {@link Evidence}. */
  static final String EVIDENCE = "strowger.upgrade.evidence";

  /** Of the reports to the launcher, whose types cannot be seen from here. */
  static final String STARTUP = "strowger.startup";

  private static final String FAILED = "failed: ";

  /** What was well at the beginning. */
  record Baseline(
      Set<String> bundles, Set<String> components, Map<String, String> evidence, long live) {
    /** None: for one who can only look. */
    static final Baseline NONE = new Baseline(Set.of(), Set.of(), Map.of(), Long.MAX_VALUE);
  }

  private final BundleContext context;
  private final Exchange exchange;
  private final Limits limits;

  Gate(BundleContext context, Exchange exchange, Limits limits) {
    this.context = context;
    this.exchange = exchange;
    this.limits = limits;
  }

  Baseline baseline() {
    Set<String> running = new TreeSet<>();
    exchange.active().forEach(bundle -> running.add(String.valueOf(bundle.getSymbolicName())));
    Set<String> ready = new TreeSet<>();
    reports()
        .forEach(
            (name, says) -> {
              if (!says.isEmpty() && !says.startsWith(FAILED)) {
                ready.add(name);
              }
            });
    return new Baseline(running, ready, evidence(), ProcessFaults.live());
  }

  /** The evidence now; empty if nobody gives it. */
  Map<String, String> evidence() {
    Object found = witness();
    Map<String, String> evidence = new HashMap<>();
    if (found instanceof Supplier<?> supplier && supplier.get() instanceof Map<?, ?> map) {
      map.forEach((key, value) -> evidence.put(String.valueOf(key), String.valueOf(value)));
    }
    return evidence;
  }

  /** Connections that failed since the baseline. */
  static long lost(Baseline before, Map<String, String> now) {
    long lost = number(now, Evidence.LOST) - number(before.evidence(), Evidence.LOST);
    return Math.max(0, lost);
  }

  /** Everything that is worse than it was; empty: all well. */
  List<String> wrong(Baseline before) {
    List<String> wrong = new ArrayList<>();
    Set<String> running = new HashSet<>();
    exchange.active().forEach(bundle -> running.add(String.valueOf(bundle.getSymbolicName())));
    before.bundles().stream()
        .filter(name -> !running.contains(name))
        .forEach(name -> wrong.add("the bundle " + name + " does not run"));
    Map<String, String> reports = reports();
    for (String name : before.components()) {
      String says = reports.getOrDefault(name, "");
      if (says.isEmpty()) {
        wrong.add("the component " + name + " is not ready");
      } else if (says.startsWith(FAILED)) {
        wrong.add(name + ": " + says.substring(FAILED.length()));
      }
    }
    if (ProcessFaults.full(before.live(), limits).isEmpty()) {
      ProcessFaults.full(ProcessFaults.live(), limits).ifPresent(wrong::add);
    }
    if (!before.evidence().isEmpty()) {
      judge(before, evidence(), wrong);
    }
    return wrong;
  }

  private void judge(Baseline before, Map<String, String> now, List<String> wrong) {
    if (now.isEmpty()) {
      wrong.add("the director gives no evidence");
      return;
    }
    added(Evidence.DOWN, before, now)
        .forEach(name -> wrong.add("the service " + name + " is down"));
    added(Evidence.CRITICAL, before, now).forEach(alarm -> wrong.add("critical alarm " + alarm));
    added(Evidence.MISSING, before, now).forEach(name -> wrong.add("nobody offers " + name));
    added(Evidence.SILENT, before, now).forEach(name -> wrong.add(name + " does not answer"));
    Set<String> planes = words(now, Evidence.PLANES);
    words(before.evidence(), Evidence.PLANES).stream()
        .filter(plane -> !planes.contains(plane))
        .forEach(plane -> wrong.add("the forwarding plane " + plane + " is away"));
    long lost = lost(before, now);
    if (lost > limits.lost()) {
      wrong.add(lost + " connections failed, expected at most " + limits.lost());
    }
  }

  private static List<String> added(String key, Baseline before, Map<String, String> now) {
    Set<String> known = words(before.evidence(), key);
    return words(now, key).stream().filter(word -> !known.contains(word)).toList();
  }

  /** A list in the evidence: words parted by blanks. */
  static Set<String> words(Map<String, String> evidence, String key) {
    Set<String> words = new TreeSet<>(Arrays.asList(evidence.getOrDefault(key, "").split(" ")));
    words.remove("");
    return words;
  }

  private static long number(Map<String, String> evidence, String key) {
    String text = evidence.getOrDefault(key, "0");
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }

  /** What each component tells the launcher. */
  private Map<String, String> reports() {
    Map<String, String> reports = new HashMap<>();
    for (ServiceReference<?> reference : references("(" + STARTUP + "=*)")) {
      Object service = context.getService(reference);
      if (service instanceof Supplier<?> supplier) {
        reports.put(String.valueOf(reference.getProperty(STARTUP)), answer(supplier));
        context.ungetService(reference);
      }
    }
    return reports;
  }

  private static String answer(Supplier<?> supplier) {
    try {
      return String.valueOf(supplier.get());
    } catch (RuntimeException e) {
      return FAILED + "its report threw " + e;
    }
  }

  /** The one of the highest rank that is there. */
  private @Nullable Object witness() {
    ServiceReference<?> best = null;
    for (ServiceReference<?> each : references("(" + EVIDENCE + "=*)")) {
      if (best == null || each.compareTo(best) > 0) {
        best = each;
      }
    }
    return best == null ? null : context.getService(best);
  }

  /** All: the package java.util.function is nobody's export. */
  private Collection<ServiceReference<?>> references(String filter) {
    try {
      ServiceReference<?>[] found =
          context.getAllServiceReferences(Supplier.class.getName(), filter);
      return found == null ? List.of() : List.of(found);
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e); // the filters are constants
    }
  }

  /** Bundles of these names that run no more, or are persistently started: to be started. */
  List<Bundle> expected(Baseline before) {
    return Arrays.stream(context.getBundles())
        .filter(bundle -> bundle.getBundleId() != 0)
        .filter(bundle -> before.bundles().contains(String.valueOf(bundle.getSymbolicName())))
        .filter(bundle -> bundle.getHeaders("").get("Fragment-Host") == null)
        .sorted(Comparator.comparingInt(Exchange::level))
        .toList();
  }
}
