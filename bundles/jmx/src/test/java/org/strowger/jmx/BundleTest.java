package org.strowger.jmx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.management.Attribute;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import org.strowger.api.Director;
import org.strowger.api.Management;
import org.strowger.api.RealServerId;
import org.strowger.api.Role;
import org.strowger.testkit.EmbeddedFelix;
import org.strowger.testkit.FakeDirector;

/** The bundle in a real Felix: updated again and again, leaving nothing behind. */
class BundleTest {
  private static final ObjectName REAL_A = ObjectTree.real(new RealServerId("web", "a"));

  @TempDir Path state;
  private final int port = Lab.freePort();
  private final FakeDirector director = new FakeDirector("a", "b");
  private EmbeddedFelix felix;
  private Bundle jmx;
  private ServiceRegistration<Director> registration;

  @BeforeEach
  void start() throws Exception {
    Path file = Files.writeString(state.resolve("admin"), Lab.PASSWORD);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    director.configure(
        new Management.Jmx(
            InetAddress.getLoopbackAddress(),
            port,
            Map.of("admin", new Management.JmxUser("admin", Role.ADMIN, Path.of("admin")))));
    felix = EmbeddedFelix.start(state, Map.of("strowger.state", state.toString()));
    registration = felix.context().registerService(Director.class, director, null);
    jmx = felix.install(Path.of("target", "classes").toAbsolutePath());
  }

  @AfterEach
  void stop() throws Exception {
    felix.close();
    assertEquals(0, names().size());
    assertEquals(0, director.listeners());
  }

  @Test
  void afterEachUpdateTheSameNamesAndThePortAreThereAgain() throws Exception {
    EmbeddedFelix.until(this::ready);
    List<ObjectName> before = names();
    for (int i = 0; i < 10; i++) {
      try (JMXConnector client = login()) {
        assertEquals(1, client.getMBeanServerConnection().getAttribute(REAL_A, "Weight"));
        jmx.update();
        EmbeddedFelix.until(this::ready);
      } catch (IOException e) {
        // Closing a session that the update ended.
        assertNotNull(e);
      }
      assertEquals(before, names());
    }
    assertEquals(1, director.listeners());
  }

  @Test
  void nothingKeepsTheClassesOfAnOldVersion() throws Exception {
    EmbeddedFelix.until(this::ready);
    List<WeakReference<ClassLoader>> old = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      JMXConnector client = login();
      client
          .getMBeanServerConnection()
          .addNotificationListener(ObjectTree.ALARMS, (_, _) -> {}, null, null);
      client.getMBeanServerConnection().setAttribute(REAL_A, new Attribute("Weight", i));
      old.add(new WeakReference<>(jmx.adapt(BundleWiring.class).getClassLoader()));
      jmx.update();
      refresh();
      EmbeddedFelix.until(this::ready);
    }
    EmbeddedFelix.until(
        () -> {
          System.gc();
          return old.stream().allMatch(each -> each.refersTo(null));
        });
  }

  @Test
  void anUpdateOfTheDirectorIsNotNoticed() throws Exception {
    EmbeddedFelix.until(this::ready);
    try (JMXConnector client = login()) {
      MBeanServerConnection beans = client.getMBeanServerConnection();
      List<ObjectName> before = names();
      registration.unregister();
      assertEquals(1, beans.getAttribute(REAL_A, "Weight"));
      assertEquals(before, names());
      registration = felix.context().registerService(Director.class, director, null);
      beans.setAttribute(REAL_A, new Attribute("Weight", 4));
      assertEquals(4, beans.getAttribute(REAL_A, "Weight"));
    }
  }

  private void refresh() throws Exception {
    List<FrameworkEvent> done = new ArrayList<>();
    felix
        .context()
        .getBundle(0)
        .adapt(FrameworkWiring.class)
        .refreshBundles(List.of(jmx), done::add);
    EmbeddedFelix.until(() -> !done.isEmpty());
  }

  private boolean ready() throws Exception {
    ServiceReference<?>[] found =
        felix.context().getAllServiceReferences(null, "(strowger.startup=jmx)");
    return found != null
        && felix.context().getService(found[0]) instanceof Supplier<?> report
        && ("JMX listens on 127.0.0.1:" + port).equals(report.get());
  }

  private List<ObjectName> names() throws Exception {
    return ManagementFactory.getPlatformMBeanServer()
        .queryNames(new ObjectName("org.strowger:*"), null)
        .stream()
        .sorted()
        .toList();
  }

  @SuppressWarnings("BanJNDI") // this is how JConsole finds a connector by host and port
  private JMXConnector login() throws IOException {
    JMXServiceURL url =
        new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + port + "/jmxrmi");
    String[] credentials = {"admin", Lab.PASSWORD};
    return JMXConnectorFactory.connect(url, Map.of(JMXConnector.CREDENTIALS, credentials));
  }

  @Test
  void itsReadinessIsReported() throws Exception {
    EmbeddedFelix.until(this::ready);
    assertTrue(names().contains(ObjectTree.DIRECTOR));
  }
}
