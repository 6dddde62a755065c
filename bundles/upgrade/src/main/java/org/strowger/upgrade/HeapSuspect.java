package org.strowger.upgrade;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose objects fill the heap, by the JVM's histogram of classes. It stops the world for as long as
 * the heap is counted, so it is taken only when the alternative is to start the process anew. It
 * sees objects of a bundle's own classes: one that hoards nothing but arrays is not found.
 */
final class HeapSuspect {
  /** Fewer bytes of own objects than this are a working set in any heap. */
  static final long HOARD = 4L << 20;

  /**
   * Of all that stays in use, this part makes its owner a suspect; below it others are to blame.
   */
  static final int HOARD_PERCENT = 20;

  /** Lines of the histogram that are looked at, the biggest first. */
  private static final int LINES = 300;

  private static final Pattern LINE =
      Pattern.compile("^ *[0-9]+: +([0-9]+) +([0-9]+) +([\\w.$/]+)", Pattern.MULTILINE);
  private static final Logger LOG = LoggerFactory.getLogger(HeapSuspect.class);

  private final BundleContext context;
  private final Predicate<Bundle> considered;

  /** The bundle that hoards most. */
  record Suspect(Bundle bundle, long bytes) {}

  /**
   * @param considered bundles that the director can do without
   */
  HeapSuspect(BundleContext context, Predicate<Bundle> considered) {
    this.context = context;
    this.considered = considered;
  }

  /**
   * @param live bytes of the heap that stay in use
   */
  Optional<Suspect> find(long live) {
    long hoard = Math.max(HOARD, live / 100 * HOARD_PERCENT);
    Map<Bundle, Long> bytes = new HashMap<>();
    Matcher line = LINE.matcher(histogram());
    for (int i = 0; i < LINES && line.find(); i++) {
      String entry = line.group(3).replaceFirst("/.*", "").replace('.', '/') + ".class";
      long size = Long.parseLong(line.group(2));
      for (Bundle bundle : context.getBundles()) {
        if (considered.test(bundle) && bundle.getEntry(entry) != null) {
          bytes.merge(bundle, size, Long::sum);
        }
      }
    }
    return bytes.entrySet().stream()
        .filter(each -> each.getValue() >= hoard)
        .max(Map.Entry.comparingByValue())
        .map(each -> new Suspect(each.getKey(), each.getValue()));
  }

  private static String histogram() {
    try {
      Object text =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
      return String.valueOf(text);
    } catch (JMException e) {
      LOG.atWarn().setCause(e).log("the heap cannot be counted by class");
      return "";
    }
  }
}
