package org.strowger.upgrade;

import java.util.List;
import java.util.concurrent.Executor;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uninstalls the old one of two versions that stand beside each other, once it says that its last
 * connection has ended. There is no time limit. What is to go is read from the framework each time,
 * so a restart of anything forgets nothing.
 */
final class Drainage implements AutoCloseable {
  /** Service property by which a bundle says it; the second is the name that wire uses. */
  private static final String DRAINED = "(|(drained=true)(strowger.wire.drained=true))";

  private static final Logger LOG = LoggerFactory.getLogger(Drainage.class);

  private final BundleContext context;
  private final Exchange exchange;
  private final ServiceListener listener;
  private final BundleListener started;

  /**
   * Watches from now on.
   *
   * @param executor does the uninstalling
   */
  Drainage(BundleContext context, Executor executor) {
    this.context = context;
    this.exchange = new Exchange(context);
    this.listener = event -> executor.execute(this::look);
    this.started =
        event -> {
          if (event.getType() == BundleEvent.STARTED) {
            executor.execute(this::look);
          }
        };
    context.addBundleListener(started);
    try {
      context.addServiceListener(listener, DRAINED);
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e); // the filter is a constant
    }
    executor.execute(this::look);
  }

  private void look() {
    try {
      ServiceReference<?>[] drained = context.getAllServiceReferences(null, DRAINED);
      for (ServiceReference<?> reference : drained == null ? new ServiceReference<?>[0] : drained) {
        Bundle bundle = reference.getBundle();
        if (bundle != null && replaced(bundle)) {
          uninstall(bundle);
        }
      }
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e); // the filter is a constant
    } catch (IllegalStateException e) {
      LOG.atDebug().setCause(e).log("stopping"); // the context is no longer valid
    }
  }

  /** Whether a later one of its name runs, and it is of the kind that is left to drain. */
  private boolean replaced(Bundle bundle) {
    List<Bundle> all = exchange.installed(bundle.getSymbolicName());
    return BundleJar.BESIDE.equals(bundle.getHeaders("").get(BundleJar.REPLACE))
        && all.stream()
            .takeWhile(later -> !later.equals(bundle))
            .anyMatch(later -> later.getState() == Bundle.ACTIVE);
  }

  private void uninstall(Bundle bundle) {
    try {
      exchange.uninstall(bundle);
      LOG.atInfo()
          .addKeyValue("bundle", bundle.getSymbolicName())
          .addKeyValue("version", bundle.getHeaders("").get(Constants.BUNDLE_VERSION))
          .log("drained and uninstalled");
    } catch (Refusal e) {
      LOG.atError().addKeyValue("bundle", bundle.getSymbolicName()).log("drained; {}", e.why());
    }
  }

  @Override
  public void close() {
    context.removeServiceListener(listener);
    context.removeBundleListener(started);
  }
}
