package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.felix.scr.impl.Activator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.util.function.Consumer;
import org.osgi.util.promise.Promise;
import org.strowger.api.Director;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.NotificationKind;

/**
 * The two bundles in a real framework: the library and the agent are bundles, the director is a
 * service of the test.
 */
class BundleTest {
  private static final String BOOTS = ".1.3.6.1.6.3.10.2.1.2.0";
  private static final String ENGINE_ID = ".1.3.6.1.6.3.10.2.1.1.0";

  @TempDir Path folder;
  private @Nullable Framework framework;
  private @Nullable Bundle agent;
  private @Nullable Rig rig;

  @BeforeEach
  void start() throws BundleException {
    Tools.require("snmp", "snmpget");
    SnmpTarget target =
        new SnmpTarget(
            "noc",
            Rig.LOOPBACK,
            Rig.freePort(),
            NotificationKind.INFORM,
            "viewer",
            Duration.ofMillis(100),
            1);
    Rig prepared = Rig.withoutAgent(folder, Map.of("noc", target));
    rig = prepared;
    Map<String, String> configuration = new HashMap<>();
    configuration.put(Constants.FRAMEWORK_STORAGE, folder.resolve("cache").toString());
    configuration.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, packages());
    configuration.put("strowger.state", folder.toString());
    Framework started =
        ServiceLoader.load(FrameworkFactory.class)
            .findFirst()
            .orElseThrow()
            .newFramework(configuration);
    framework = started;
    started.start();
    BundleContext context = started.getBundleContext();
    context.registerService(Director.class, prepared.director, null);
    List<Bundle> bundles = new ArrayList<>();
    for (Class<?> inJar :
        List.of(Consumer.class, Promise.class, ServiceComponentRuntime.class, Activator.class)) {
      bundles.add(context.installBundle("reference:" + location(inJar)));
    }
    bundles.add(context.installBundle("reference:" + content("snmp4j")));
    agent = context.installBundle("reference:" + content("snmp"));
    bundles.add(agent);
    for (Bundle bundle : bundles) {
      bundle.start();
    }
    untilReady();
  }

  private static String packages() {
    return "org.strowger.api;version=0.1.0,org.slf4j;version=2.0.19,org.slf4j.spi;version=2.0.19,"
        + "org.jspecify.annotations;version=1.0.0";
  }

  private static URI location(Class<?> type) {
    try {
      return type.getProtectionDomain().getCodeSource().getLocation().toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The unpacked content of one of our bundles, manifest included, as the build leaves it. */
  private static URI content(String bundle) {
    return Path.of("..", bundle, "target", "classes").toAbsolutePath().normalize().toUri();
  }

  @AfterEach
  void stop() throws BundleException, InterruptedException {
    if (framework != null) {
      framework.stop();
      framework.waitForStop(TimeUnit.SECONDS.toMillis(20));
    }
  }

  private void untilReady() {
    Rig.until(() -> report().startsWith("SNMP: UDP port"), this::report);
  }

  /** What the launcher reads. */
  private String report() {
    BundleContext context = Objects.requireNonNull(framework).getBundleContext();
    try {
      return context.getServiceReferences(Supplier.class, "(strowger.startup=snmp)").stream()
          .findFirst()
          .map(context::getService)
          .map(supplier -> String.valueOf(supplier.get()))
          .orElse("no report");
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void updateAfterUpdateTakesThePortAtOnceAndKeepsTheEngine() throws BundleException {
    Bundle bundle = Objects.requireNonNull(agent);
    Rig running = Objects.requireNonNull(rig);
    String engine = running.get(ENGINE_ID);
    int boots = number(running.get(BOOTS));
    for (int i = 1; i <= 10; i++) {
      bundle.update();
      untilReady();
      assertEquals(engine, running.get(ENGINE_ID));
      assertEquals(boots + i, number(running.get(BOOTS)));
    }
  }

  private static int number(String answer) {
    return Integer.parseInt(answer.substring(answer.lastIndexOf(' ') + 1));
  }

  @Test
  void updatedBundleLeavesNothingOfItsOldSelf() throws BundleException {
    Bundle bundle = Objects.requireNonNull(agent);
    Objects.requireNonNull(rig).get(ENGINE_ID);
    WeakReference<ClassLoader> old =
        new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader());
    bundle.update();
    untilReady();
    Rig.until(
        () -> {
          System.gc();
          return old.refersTo(null);
        },
        () -> "the class loader of the old version is still held");
  }

  @Test
  void stoppedBundleAnswersNobody() throws BundleException {
    Objects.requireNonNull(agent).stop();
    Tools.Output output = Objects.requireNonNull(rig).as("viewer", "snmpget", "-r0", ENGINE_ID);
    assertTrue(output.code() != 0, output.text());
    assertEquals("no report", report());
  }
}
