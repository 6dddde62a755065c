package org.strowger.wire;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts and stops the wire. Plain OSGi without Declarative Services, so that an update of these
 * does not touch it.
 *
 * <p>If another wire is there already, this one takes its listening sockets over and the other one
 * drains. When a wire that holds the sockets is stopped and another one is still there, it gives
 * them back.
 */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
public final class WireComponent implements BundleActivator {
  private static final Logger log = LoggerFactory.getLogger(WireComponent.class);

  /** Framework property: {@code auto} (default), {@code io_uring}, {@code epoll} or {@code nio}. */
  static final String TRANSPORT = "strowger.transport";

  /** Framework property: number of event loops, 1 to 64; default one a core. */
  static final String LOOPS = "strowger.loops";

  private static final String STARTUP = "strowger.startup";
  private static final int LOOPS_MAX = 64;

  private volatile @Nullable SocketWire wire;
  private volatile @Nullable ServiceRegistration<?> registration;

  @Override
  public void start(BundleContext bundleContext) {
    Supplier<String> startup;
    try {
      SocketWire started = open(bundleContext);
      String ready = "wire relays on " + started.transport();
      startup = () -> ready;
    } catch (IllegalArgumentException e) {
      log.error("the wire cannot start: {}", e.getMessage());
      String failed = "failed: " + e.getMessage();
      startup = () -> failed;
    }
    bundleContext.registerService(
        Supplier.class, startup, FrameworkUtil.asDictionary(Map.of(STARTUP, "wire")));
  }

  private SocketWire open(BundleContext bundleContext) {
    Transport transport = Transport.choose(property(bundleContext, TRANSPORT));
    int loops = loops(property(bundleContext, LOOPS));
    Optional<Object> before = holder(bundleContext);
    SocketWire opened;
    if (before.isPresent()) {
      Wire other = Structural.bind(Wire.class, before.get());
      opened = takeOver(transport, loops, other);
    } else {
      opened = new SocketWire(transport, loops, SocketWire.Books.empty(), this::publish);
    }
    wire = opened;
    registration = bundleContext.registerService(Contract.SERVICE, opened, properties(opened));
    log.info("transport {}, {} loops, generation {}", transport.word(), loops, opened.generation());
    return opened;
  }

  private SocketWire takeOver(Transport transport, int loops, Wire other) {
    Takeover takeover = new Takeover(other.handOver());
    SocketWire opened = new SocketWire(transport, loops, takeover.books(), this::publish);
    try {
      takeover.into(opened);
    } catch (RuntimeException e) {
      opened.close(); // the other one has not been retired: it goes on
      throw new IllegalStateException("cannot take over from the wire before: " + e, e);
    }
    other.retire();
    return opened;
  }

  private static String property(BundleContext context, String name) {
    String value = context.getProperty(name);
    return value == null ? "" : value.trim();
  }

  static int loops(String text) {
    if (text.isEmpty()) {
      return Math.min(LOOPS_MAX, Runtime.getRuntime().availableProcessors());
    }
    if (!text.matches("[1-9]|[1-5][0-9]|6[0-4]")) {
      throw new IllegalArgumentException(LOOPS + ": '" + text + "': expected 1 to " + LOOPS_MAX);
    }
    return Integer.parseInt(text);
  }

  /** The newest other wire, if there is one. */
  private static Optional<Object> holder(BundleContext bundleContext) {
    ServiceReference<?> @Nullable [] all;
    try {
      all = bundleContext.getAllServiceReferences(Contract.SERVICE, null);
    } catch (InvalidSyntaxException impossible) { // there is no filter
      throw new IllegalStateException(impossible);
    }
    return Arrays.stream(all == null ? new ServiceReference<?>[0] : all)
        .filter(reference -> !bundleContext.getBundle().equals(reference.getBundle()))
        .max(Comparator.comparingLong(WireComponent::generation))
        .map(bundleContext::getService);
  }

  private static long generation(ServiceReference<?> reference) {
    return reference.getProperty(Contract.GENERATION) instanceof Long number ? number : 0;
  }

  private static Dictionary<String, Object> properties(SocketWire current) {
    return FrameworkUtil.asDictionary(
        Map.of(
            Contract.GENERATION,
            current.generation(),
            Constants.SERVICE_RANKING,
            Math.toIntExact(current.generation()),
            Contract.DRAINED,
            current.drained(),
            Contract.TRANSPORT,
            current.transport()));
  }

  /** Something that the properties tell has changed. */
  private void publish() {
    ServiceRegistration<?> current = registration;
    SocketWire live = wire;
    if (current == null || live == null) {
      return;
    }
    try {
      current.setProperties(properties(live));
    } catch (IllegalStateException unregistered) {
      log.debug("stopping: {}", unregistered.toString());
    }
  }

  @Override
  public void stop(BundleContext bundleContext) {
    SocketWire closing = wire;
    ServiceRegistration<?> current = registration;
    if (closing == null || current == null) {
      return;
    }
    if (!closing.retired()) {
      giveBack(bundleContext, closing);
    }
    registration = null;
    current.unregister();
    closing.close();
    wire = null;
  }

  /** Leaves the sockets to a wire that is still there, if any. */
  private void giveBack(BundleContext bundleContext, SocketWire closing) {
    holder(bundleContext)
        .ifPresent(
            other -> {
              try {
                Structural.bind(Wire.class, other).takeOverFrom(closing);
              } catch (RuntimeException e) {
                log.atError().setCause(e).log("cannot give the listening sockets back");
              }
            });
  }
}
