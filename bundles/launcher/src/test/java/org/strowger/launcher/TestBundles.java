package org.strowger.launcher;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;

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
