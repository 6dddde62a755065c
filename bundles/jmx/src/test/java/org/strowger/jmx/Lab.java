package org.strowger.jmx;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.management.MBeanServer;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.strowger.api.Management;
import org.strowger.api.Role;
import org.strowger.testkit.FakeDirector;
import org.strowger.testkit.FakeUpgrade;
import org.strowger.testkit.PlatformSample;

/** An agent with a fake director, three users and a free port, as a client meets it. */
final class Lab implements AutoCloseable {
  static final String PASSWORD = "correct horse battery staple";

  final PlatformSample platform = new PlatformSample();
  final FakeDirector director = new FakeDirector("a", "b");
  final FakeUpgrade upgrade = new FakeUpgrade();
  final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
  final int port = freePort();
  final Path state;
  private final JmxAgent agent;

  Lab(Path state) {
    this.state = state;
    agent = new JmxAgent(beans, new Access(beans, state));
    password("viewer");
    password("operator");
    password("admin");
    director.configure(configuration(InetAddress.getLoopbackAddress()));
    agent.platform().came(platform);
    agent.performance().came(platform);
    agent.start();
    agent.upgradeCame(upgrade);
    agent.directorCame(director);
    until(() -> !agent.status().isEmpty());
  }

  Management.Jmx configuration(InetAddress address) {
    return new Management.Jmx(
        address,
        port,
        Map.of(
            "viewer", new Management.JmxUser("viewer", Role.VIEWER, Path.of("viewer")),
            "operator", new Management.JmxUser("operator", Role.OPERATOR, Path.of("operator")),
            "admin", new Management.JmxUser("admin", Role.ADMIN, Path.of("admin"))));
  }

  JmxAgent agent() {
    return agent;
  }

  void password(String user) {
    try {
      Path file = state.resolve(user);
      Files.writeString(file, PASSWORD + "\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  JMXConnector login(String user) throws IOException {
    return login(user, PASSWORD);
  }

  JMXConnector login(String user, String password) throws IOException {
    return connect(Map.of(JMXConnector.CREDENTIALS, new String[] {user, password}));
  }

  @SuppressWarnings("BanJNDI") // this is how JConsole finds a connector by host and port
  JMXConnector connect(Map<String, ?> environment) throws IOException {
    JMXServiceURL url =
        new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + port + "/jmxrmi");
    return JMXConnectorFactory.connect(url, environment);
  }

  static void until(Callable<Boolean> condition) {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(20));
    try {
      while (!condition.call()) {
        if (Instant.now().isAfter(deadline)) {
          throw new AssertionError("it did not become true within 20 s");
        }
        Thread.sleep(20);
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    agent.stop();
  }
}
