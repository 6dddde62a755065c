package org.strowger.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.strowger.api.BundleInventory.Failure;

/** Which bundles count as failed while a framework starts. */
class FailedBundlesTest {
  @TempDir Path folder;

  private void install(Framework framework, TestBundle bundle, String name) throws Exception {
    Path jar = bundle.write(folder.resolve(name + ".jar"));
    Bundle installed = framework.getBundleContext().installBundle(jar.toUri().toString());
    installed.adapt(BundleStartLevel.class).setStartLevel(2);
    installed.start(); // once its level is reached
  }

  @Test
  void whatWaitsForItsTurnAtASlowStartHasNotFailed() throws Exception {
    Framework framework =
        new FrameworkFactory()
            .newFramework(
                Map.of(
                    "org.osgi.framework.storage",
                    folder.resolve("cache").toString(),
                    "org.osgi.framework.startlevel.beginning",
                    "2"));
    framework.init();
    int slow = FailedBundles.HOLD_MILLIS + 1500;
    install(framework, new TestBundle("slow", "1").starts("Thread.sleep(" + slow + ");"), "slow");
    install(framework, new TestBundle("waiting", "1").starts(""), "waiting");
    install(
        framework,
        new TestBundle("faulty", "1").starts("throw new IllegalStateException(\"no luck\");"),
        "faulty");
    List<List<Failure>> told = new CopyOnWriteArrayList<>();
    try (ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        FailedBundles failed = new FailedBundles(framework.getBundleContext(), executor);
        var _ = failed.listen(told::add)) {
      framework.start();

      List<Failure> faulty = List.of(new Failure("faulty", "no luck"));
      TestFramework.await("the faulty one", () -> told.contains(faulty));
      assertEquals(List.of(List.of(), faulty), told);
      executor.shutdownNow();
    }
    framework.stop();
    framework.waitForStop(20_000);
  }
}
