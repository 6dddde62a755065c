package org.strowger.launcher;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/** Activators of the small bundles that the launcher is tried with; one a behaviour. */
final class TestBundles {
  private TestBundles() {}

  private static void report(BundleContext context, String component, Supplier<String> answer) {
    context.registerService(
        Supplier.class, answer, FrameworkUtil.asDictionary(Map.of("strowger.startup", component)));
  }

  /** Is ready at the third question, and says with which version of the bundle. */
  public static final class Ready implements BundleActivator {
    private int asked;

    @Override
    public void start(BundleContext context) {
      report(
          context, "ready", () -> ++asked < 3 ? "" : "version " + context.getBundle().getVersion());
    }

    @Override
    public void stop(BundleContext context) {}
  }

  /** Could not come up. */
  public static final class Failed implements BundleActivator {
    @Override
    public void start(BundleContext context) {
      report(context, "failed", () -> "failed: Port 1161 is in use.\nPort 9010 is in use.");
    }

    @Override
    public void stop(BundleContext context) {}
  }

  /** Is never ready. */
  public static final class Starting implements BundleActivator {
    @Override
    public void start(BundleContext context) {
      report(context, "slow", () -> "");
    }

    @Override
    public void stop(BundleContext context) {}
  }

  /** Offers a scheduler by code, which its manifest does not name. */
  public static final class Unnamed implements BundleActivator, ServiceFactory<Object> {
    @Override
    public void start(BundleContext context) {
      context.registerService("org.strowger.api.SchedulerProvider", this, null);
    }

    @Override
    public void stop(BundleContext context) {}

    @Override
    public Object getService(Bundle bundle, ServiceRegistration<Object> registration) {
      throw new IllegalStateException("nobody asks for it");
    }

    @Override
    public void ungetService(
        Bundle bundle, ServiceRegistration<Object> registration, Object service) {}
  }

  /** Its start throws. */
  public static final class Throwing implements BundleActivator {
    @Override
    public void start(BundleContext context) {
      throw new IllegalStateException("no such device");
    }

    @Override
    public void stop(BundleContext context) {}
  }

  /** Its start never returns. */
  public static final class Hanging implements BundleActivator {
    @Override
    public void start(BundleContext context) throws InterruptedException {
      new CountDownLatch(1).await();
    }

    @Override
    public void stop(BundleContext context) {}
  }

  /** Its stop never returns. */
  public static final class Clinging implements BundleActivator {
    @Override
    public void start(BundleContext context) {}

    @Override
    public void stop(BundleContext context) throws InterruptedException {
      new CountDownLatch(1).await();
    }
  }
}
