package org.strowger.jmx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.rmi.AccessException;
import java.rmi.ServerException;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.management.Attribute;
import javax.management.MBeanServerConnection;
import javax.management.MBeanServerDelegate;
import javax.management.Notification;
import javax.management.ObjectName;
import javax.management.Query;
import javax.management.RuntimeMBeanException;
import javax.management.openmbean.CompositeData;
import javax.management.relation.MBeanServerNotificationFilter;
import javax.management.remote.JMXConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Alarm;
import org.strowger.api.AlarmType;
import org.strowger.api.ChangeSet;
import org.strowger.api.Management;
import org.strowger.api.OriginKind;
import org.strowger.api.Severity;
import org.strowger.testkit.FakeDirector;

/** The connector as a remote client meets it. */
class ConnectorTest {
  private static final ObjectName REAL_A =
      ObjectTree.real(new org.strowger.api.RealServerId("web", "a"));
  private static final ObjectName WEB = ObjectTree.service("web");

  @TempDir Path state;
  private Lab lab;

  @BeforeEach
  void start() {
    lab = new Lab(state);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  @Test
  void theLauncherIsToldWhereItListens() {
    assertEquals("JMX listens on 127.0.0.1:" + lab.port, lab.agent().status());
  }

  @Test
  void theRightPasswordReadsTheSameNumbersAsTheSnapshot() throws IOException {
    try (JMXConnector client = lab.login("viewer")) {
      MBeanServerConnection beans = client.getMBeanServerConnection();
      assertEquals(1, get(beans, REAL_A, "Weight"));
      assertEquals(7L, get(beans, REAL_A, "Selections"));
      assertEquals("3s", get(beans, WEB, "ConnectTimeout"));
      assertEquals(100L, ((CompositeData) get(beans, WEB, "Verdicts")).get("accepted"));
    }
  }

  @Test
  void aWrongPasswordIsRefusedAndAnsweredSlowly() {
    long begun = System.nanoTime();
    assertThrows(SecurityException.class, () -> lab.login("admin", "guess"));
    assertThrows(SecurityException.class, () -> lab.login("nobody", Lab.PASSWORD));
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(took.toMillis() >= 2L * Login.FAILURE_MILLIS, "two wrong logins took " + took);
  }

  @Test
  void withoutCredentialsNobodyComesIn() {
    assertThrows(SecurityException.class, () -> lab.connect(Map.of()));
  }

  @Test
  void aChangedPasswordFileCountsAtTheNextLogin() throws IOException {
    Files.writeString(state.resolve("viewer"), "another one\n");
    assertThrows(SecurityException.class, () -> lab.login("viewer"));
    lab.login("viewer", "another one").close();
  }

  @Test
  void aPasswordFileThatOthersCanReadIsNoPassword() throws IOException {
    Files.setPosixFilePermissions(
        state.resolve("viewer"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThrows(SecurityException.class, () -> lab.login("viewer"));
  }

  @Test
  void aViewerMayNotWrite() throws IOException {
    try (JMXConnector client = lab.login("viewer")) {
      MBeanServerConnection beans = client.getMBeanServerConnection();
      var refused =
          assertThrows(
              SecurityException.class,
              () -> beans.setAttribute(REAL_A, new Attribute("Weight", 5)));
      assertEquals("role viewer may not set Weight on " + REAL_A, refused.getMessage());
      assertThrows(SecurityException.class, () -> beans.invoke(WEB, "drain", null, null));
      assertTrue(lab.director.asked().isEmpty());
    }
  }

  @Test
  void anOperatorWritesTheWeightUnderTheirOwnName() throws Exception {
    try (JMXConnector client = lab.login("operator")) {
      MBeanServerConnection beans = client.getMBeanServerConnection();
      beans.setAttribute(REAL_A, new Attribute("Weight", 5));
      assertEquals(5, get(beans, REAL_A, "Weight"));
      ChangeSet asked = lab.director.asked().getFirst();
      assertEquals(OriginKind.JMX, asked.origin().kind());
      assertEquals("operator", asked.origin().user());
      assertTrue(asked.origin().source().startsWith("127.0.0.1:"), asked.origin().source());
    }
  }

  @Test
  void aWrongValueIsToldInPlainWordsAndChangesNothing() throws IOException {
    try (JMXConnector client = lab.login("operator")) {
      MBeanServerConnection beans = client.getMBeanServerConnection();
      var wrong =
          assertThrows(
              RuntimeMBeanException.class,
              () -> beans.setAttribute(REAL_A, new Attribute("Weight", 70_000)));
      assertInstanceOf(IllegalArgumentException.class, wrong.getCause());
      assertEquals(
          "pools.web.realServers.a.weight: '70000': expected a whole number 0 to 65535",
          wrong.getCause().getMessage());
      assertThrows(
          RuntimeMBeanException.class,
          () -> beans.setAttribute(REAL_A, new Attribute("Weight", "much")));
      assertEquals(1, get(beans, REAL_A, "Weight"));
    }
  }

  @Test
  void drainResumeAndExplainWork() throws Exception {
    try (JMXConnector client = lab.login("operator")) {
      MBeanServerConnection beans = client.getMBeanServerConnection();
      beans.invoke(WEB, "drain", null, null);
      assertEquals("drain", get(beans, WEB, "AdminState"));
      beans.invoke(WEB, "resume", null, null);
      assertEquals("inService", get(beans, WEB, "AdminState"));
      String[] text = {String.class.getName()};
      var answer =
          (CompositeData) beans.invoke(WEB, "explain", new Object[] {"192.0.2.7:4000"}, text);
      assertEquals("web/a", answer.get("chosen"));
      assertEquals("least connections for 192.0.2.7", answer.get("why"));
    }
  }

  @Test
  void nobodyMayLoadCodeOrDumpTheMemory() throws Exception {
    try (JMXConnector client = lab.login("admin")) {
      MBeanServerConnection beans = client.getMBeanServerConnection();
      ObjectName hotspot = new ObjectName("com.sun.management:type=HotSpotDiagnostic");
      Object[] dump = {state.resolve("heap").toString(), true};
      String[] types = {"java.lang.String", "boolean"};
      assertThrows(SecurityException.class, () -> beans.invoke(hotspot, "dumpHeap", dump, types));
      ObjectName timer = new ObjectName("x:type=Timer");
      assertThrows(
          SecurityException.class, () -> beans.createMBean("javax.management.timer.Timer", timer));
      assertThrows(SecurityException.class, () -> beans.unregisterMBean(REAL_A));
      assertThrows(
          SecurityException.class,
          () -> beans.addNotificationListener(ObjectTree.ALARMS, ObjectTree.DIRECTOR, null, null));
    }
  }

  @Test
  void whatJConsoleAsksIsAnsweredToAViewer() throws Exception {
    try (JMXConnector client = lab.login("viewer")) {
      MBeanServerConnection beans = client.getMBeanServerConnection();
      var threads =
          ManagementFactory.newPlatformMXBeanProxy(
              beans, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
      assertTrue(threads.getThreadInfo(threads.getAllThreadIds(), 5).length > 1);
      assertTrue(threads.dumpAllThreads(true, true).length > 1);
      var memory =
          ManagementFactory.newPlatformMXBeanProxy(
              beans, ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class);
      assertTrue(memory.getHeapMemoryUsage().getUsed() > 0);
      for (ObjectName name : beans.queryNames(null, null)) {
        beans.getMBeanInfo(name);
      }
      beans.addNotificationListener(
          MBeanServerDelegate.DELEGATE_NAME,
          (_, _) -> {},
          new MBeanServerNotificationFilter(),
          null);
    }
  }

  @Test
  void aForeignClassIsNotEvenUnpacked() throws Exception {
    try (JMXConnector client = lab.login("admin")) {
      MBeanServerConnection beans = client.getMBeanServerConnection();
      Object[] foreign = {new java.io.File("x")};
      String[] types = {"java.io.File"};
      var refused =
          assertThrows(IOException.class, () -> beans.invoke(WEB, "explain", foreign, types));
      assertTrue(refused.toString().contains("REJECTED"), refused.toString());
    }
  }

  @Test
  void aViewerCannotReadThroughAQuery() throws Exception {
    try (JMXConnector client = lab.login("viewer")) {
      MBeanServerConnection beans = client.getMBeanServerConnection();
      assertEquals(1, beans.queryNames(WEB, null).size());
      assertThrows(
          SecurityException.class,
          () -> beans.queryNames(null, Query.gt(Query.attr("Weight"), Query.value(0))));
    }
    try (JMXConnector client = lab.login("admin")) {
      var heavy = Query.gt(Query.attr("Weight"), Query.value(0));
      assertEquals(2, client.getMBeanServerConnection().queryNames(null, heavy).size());
    }
  }

  @Test
  void aRemovedUserLosesAnOpenSession() throws IOException {
    try (JMXConnector client = lab.login("viewer")) {
      MBeanServerConnection beans = client.getMBeanServerConnection();
      get(beans, REAL_A, "Weight");
      lab.director.configure(
          new Management.Jmx(
              InetAddress.getLoopbackAddress(),
              lab.port,
              Map.of(
                  "admin",
                  new Management.JmxUser("admin", org.strowger.api.Role.ADMIN, Path.of("admin")))));
      Lab.until(() -> refused(beans));
    }
  }

  @Test
  void alarmsAndCommitsArriveAsNotifications() throws Exception {
    BlockingQueue<Notification> received = new LinkedBlockingQueue<>();
    try (JMXConnector client = lab.login("viewer")) {
      MBeanServerConnection beans = client.getMBeanServerConnection();
      beans.addNotificationListener(ObjectTree.ALARMS, (n, _) -> received.add(n), null, null);
      beans.addNotificationListener(ObjectTree.DIRECTOR, (n, _) -> received.add(n), null, null);
      Alarm alarm =
          Alarm.raised(
              1,
              AlarmType.REAL_DOWN,
              "pool=web,real=a",
              Severity.MINOR,
              "connection refused",
              FakeDirector.START,
              41);
      lab.director.raise(alarm);
      Notification raised = received.poll(20, TimeUnit.SECONDS);
      assertEquals("strowger.alarm.raise", raised.getType());
      assertEquals(41, raised.getSequenceNumber());
      assertEquals(ObjectTree.ALARMS, raised.getSource());
      assertEquals("realDown", ((CompositeData) raised.getUserData()).get("type"));
      assertEquals(1L, get(beans, ObjectTree.ALARMS, "ActiveMinor"));
      lab.director.clear(alarm);
      assertEquals("strowger.alarm.clear", received.poll(20, TimeUnit.SECONDS).getType());
      lab.director.add("c");
      assertEquals("strowger.config.commit", received.poll(20, TimeUnit.SECONDS).getType());
    }
  }

  @Test
  void aLocalClientCannotReplaceTheServerInTheRegistry() throws Exception {
    Registry registry = LocateRegistry.getRegistry("127.0.0.1", lab.port);
    assertEquals("jmxrmi", registry.list()[0]);
    var stolen = registry.lookup("jmxrmi");
    var refused = assertThrows(ServerException.class, () -> registry.rebind("jmxrmi", stolen));
    assertInstanceOf(AccessException.class, refused.getCause());
    assertThrows(ServerException.class, () -> registry.unbind("jmxrmi"));
    lab.login("viewer").close();
  }

  @Test
  void stoppingFreesThePortAndRemovesEveryMBean() throws Exception {
    JMXConnector client = lab.login("viewer");
    lab.agent().stop();
    assertEquals(0, lab.beans.queryNames(new ObjectName("org.strowger:*"), null).size());
    assertEquals(0, lab.director.listeners());
    try (ServerSocket again = new ServerSocket(lab.port, 1, InetAddress.getLoopbackAddress())) {
      assertTrue(again.isBound());
    }
    assertThrows(IOException.class, () -> client.getMBeanServerConnection().getMBeanCount());
    try (Lab next = new Lab(state)) {
      next.director.configure(lab.configuration(InetAddress.getLoopbackAddress()));
      Lab.until(() -> next.agent().status().endsWith(":" + lab.port));
      lab.login("viewer").close();
    }
  }

  @Test
  void aForeignAddressIsRefusedUntilThereIsTls() throws Exception {
    lab.director.configure(lab.configuration(InetAddress.ofLiteral("192.0.2.1")));
    Lab.until(() -> lab.agent().status().startsWith("failed: "));
    assertEquals(
        "failed: JMX: 192.0.2.1 is not a loopback address,"
            + " and without TLS JMX listens on loopback only",
        lab.agent().status());
    assertThrows(IOException.class, () -> lab.login("admin"));
  }

  @Test
  void aPortInUseIsSaidAndTakenWhenItIsFree() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      lab.director.configure(
          new Management.Jmx(
              InetAddress.getLoopbackAddress(),
              port,
              lab.configuration(InetAddress.getLoopbackAddress()).users()));
      String said = "failed: JMX: TCP port " + port + " on 127.0.0.1 is in use";
      Lab.until(() -> lab.agent().status().equals(said));
    }
    Lab.until(() -> lab.agent().status().startsWith("JMX listens"));
  }

  @Test
  void withoutAnyUserItDoesNotListen() throws IOException {
    for (String user : new String[] {"viewer", "operator", "admin"}) {
      Files.delete(state.resolve(user));
    }
    Lab.until(() -> lab.agent().status().startsWith("JMX does not listen"));
    lab.password("admin");
    Lab.until(() -> lab.agent().status().startsWith("JMX listens"));
    lab.login("admin").close();
  }

  @Test
  void tooManyConnectionsAreClosedAtOnce() throws Exception {
    java.util.List<java.net.Socket> open = new java.util.ArrayList<>();
    try {
      for (int i = 0; i < CallerSockets.CONNECTION_LIMIT + 8; i++) {
        open.add(new java.net.Socket(InetAddress.getLoopbackAddress(), lab.port));
      }
      Lab.until(
          () -> (Long) lab.beans.getAttribute(ObjectTree.CONNECTOR, "ConnectionsRefused") >= 8);
    } finally {
      for (java.net.Socket socket : open) {
        socket.close();
      }
    }
    Lab.until(
        () -> {
          try (JMXConnector client = lab.login("viewer")) {
            return client.getConnectionId() != null;
          } catch (IOException e) {
            return false;
          }
        });
  }

  private static boolean refused(MBeanServerConnection beans) throws IOException {
    try {
      get(beans, REAL_A, "Weight");
      return false;
    } catch (SecurityException e) {
      assertEquals("a removed user may not getAttribute on " + REAL_A, e.getMessage());
      return true;
    }
  }

  private static Object get(MBeanServerConnection beans, ObjectName name, String attribute)
      throws IOException {
    try {
      return beans.getAttribute(name, attribute);
    } catch (javax.management.JMException e) {
      throw new AssertionError(e);
    }
  }
}
