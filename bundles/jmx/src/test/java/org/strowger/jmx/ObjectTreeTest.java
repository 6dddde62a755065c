package org.strowger.jmx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.RecordComponent;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.MBeanAttributeInfo;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.OpenMBeanAttributeInfo;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Change;
import org.strowger.api.CheckTypeState;
import org.strowger.api.Configuration;
import org.strowger.api.Connection;
import org.strowger.api.HealthCheck;
import org.strowger.api.HealthState;
import org.strowger.api.HookState;
import org.strowger.api.KeyPath;
import org.strowger.api.PlaneState;
import org.strowger.api.ProbeState;
import org.strowger.api.Protocol;
import org.strowger.api.RealServerId;
import org.strowger.api.SchedulerState;
import org.strowger.api.Talker;
import org.strowger.api.Why;
import org.strowger.testkit.FakeDirector;
import org.strowger.testkit.SyncSample;
import org.strowger.testkit.Vocabulary;

/** The MBeans, seen from inside the process. */
class ObjectTreeTest {
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
  void theNamesAreTheDocumentedOnes() throws Exception {
    Set<String> names =
        lab.beans.queryNames(new ObjectName("org.strowger:*"), null).stream()
            .map(ObjectName::toString)
            .collect(Collectors.toSet());
    assertEquals(
        Set.of(
            "org.strowger:type=Director",
            "org.strowger:type=Alarms",
            "org.strowger:type=Config",
            "org.strowger:type=Upgrade",
            "org.strowger:type=Connector",
            "org.strowger:type=Platform",
            "org.strowger:type=Performance",
            "org.strowger:type=Sync",
            "org.strowger:type=Service,name=\"web\"",
            "org.strowger:type=Pool,name=\"web\"",
            "org.strowger:type=Real,pool=\"web\",name=\"a\"",
            "org.strowger:type=Real,pool=\"web\",name=\"b\"",
            "org.strowger:type=Scheduler,name=\"wlc\"",
            "org.strowger:type=Health",
            "org.strowger:type=Check,name=\"ready\"",
            "org.strowger:type=CheckType,name=\"http\"",
            "org.strowger:type=Hook,name=\"page\"",
            "org.strowger:type=Plane,name=\"relay\""),
        names);
  }

  @Test
  void realServersComeAndGoWithTheConfiguration() {
    ObjectName c = ObjectTree.real(new RealServerId("web", "c"));
    lab.director.add("c");
    Lab.until(() -> lab.beans.isRegistered(c));
    lab.director.remove("c");
    Lab.until(() -> !lab.beans.isRegistered(c));
    assertTrue(lab.beans.isRegistered(ObjectTree.real(new RealServerId("web", "a"))));
  }

  /** Where a component is that is no attribute of its own, and why. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "Pool.realServers", "MBeans of their own",
          "Configuration.sync", "type=Sync",
          "Configuration.checks", "MBeans of their own",
          "Configuration.pools", "MBeans of their own",
          "Configuration.virtualServices", "MBeans of their own",
          "Configuration.hooks", "MBeans of their own",
          "Configuration.management", "who may do what is nobody's to read here",
          "Configuration.alarms", "type=Alarms",
          "Configuration.vrrp", "type=Vrrp of each instance");

  @Test
  void everyComponentOfTheRecordsIsAnAttribute() {
    List<String> wrong = new ArrayList<>();
    wrong.addAll(missing(DirectorObject.KIND, Configuration.class));
    wrong.addAll(missing(PlaneObject.KIND, PlaneState.class));
    wrong.addAll(missing(SchedulerObject.KIND, SchedulerState.class));
    wrong.addAll(missing(HealthObjects.HEALTH, HealthState.class));
    wrong.addAll(missing(HealthObjects.CHECK, HealthCheck.class));
    wrong.addAll(missing(HealthObjects.TYPE, CheckTypeState.class));
    wrong.addAll(missing(HealthObjects.HOOK, HookState.class));
    for (RecordComponent record : ServiceObject.View.class.getRecordComponents()) {
      wrong.addAll(missing(ServiceObject.KIND, record.getType()));
    }
    for (RecordComponent record : PoolObject.View.class.getRecordComponents()) {
      wrong.addAll(missing(PoolObject.KIND, record.getType()));
    }
    for (RecordComponent record : RealObject.View.class.getRecordComponents()) {
      wrong.addAll(missing(RealObject.KIND, record.getType()));
    }
    assertEquals(List.of(), wrong);
  }

  private static List<String> missing(ObjectKind<?> kind, Class<?> record) {
    List<String> missing = new ArrayList<>();
    Vocabulary.names(record)
        .forEach(
            (path, name) -> {
              String key = record.getSimpleName() + "." + path;
              if (kind.field(name).isPresent() == ELSEWHERE.containsKey(key)) {
                missing.add(key + " as " + kind.type() + "." + name);
              }
            });
    return missing;
  }

  @Test
  void rowsHaveTheComponentsOfTheirRecords() {
    for (RecordComponent part : Connection.class.getRecordComponents()) {
      var items = Rows.CONNECTION.type();
      assertTrue(
          items.containsKey(part.getName()) || items.containsKey(part.getName() + "Millis"),
          part.getName());
    }
    for (RecordComponent part : ProbeState.class.getRecordComponents()) {
      assertTrue(Probes.PROBE.type().containsKey(part.getName()), part.getName());
    }
    for (RecordComponent part : Why.Evidence.class.getRecordComponents()) {
      assertTrue(Probes.EVIDENCE.type().containsKey(part.getName()), part.getName());
    }
    for (RecordComponent part : Talker.class.getRecordComponents()) {
      assertTrue(Rows.TALKER.type().containsKey(part.getName()), part.getName());
    }
  }

  @Test
  void limitsTimesAndThresholdsAreTuned() throws Exception {
    ObjectName web = ObjectTree.service("web");
    ObjectName a = ObjectTree.real(new RealServerId("web", "a"));
    lab.beans.setAttribute(web, new Attribute("LimitConns", 5000L));
    lab.beans.setAttribute(web, new Attribute("LimitRate", 300));
    lab.beans.setAttribute(web, new Attribute("DrainTimeout", "90s"));
    lab.beans.setAttribute(web, new Attribute("PersistTimeout", "1500ms"));
    lab.beans.setAttribute(web, new Attribute("LogSample", 10));
    lab.beans.setAttribute(a, new Attribute("UpperThreshold", 100L));
    lab.beans.setAttribute(a, new Attribute("LowerThreshold", 80L));
    assertEquals(5000L, lab.beans.getAttribute(web, "LimitConns"));
    assertEquals(300L, lab.beans.getAttribute(web, "LimitRate"));
    assertEquals(90_000L, lab.beans.getAttribute(web, "DrainTimeoutMillis"));
    assertEquals("1500ms", lab.beans.getAttribute(web, "PersistTimeout"));
    assertEquals(10, lab.beans.getAttribute(web, "LogSample"));
    assertEquals(100L, lab.beans.getAttribute(a, "UpperThreshold"));
    assertEquals(80L, lab.beans.getAttribute(a, "LowerThreshold"));
    var refused =
        assertThrows(
            RuntimeMBeanException.class,
            () -> lab.beans.setAttribute(web, new Attribute("DrainTimeout", "soon")));
    assertTrue(
        refused.getCause().getMessage().startsWith("virtualServices.web.timeouts.drain: 'soon'"),
        refused.getCause().getMessage());
  }

  @Test
  void connectionsAreListedInPagesSummedUpAndCut() throws Exception {
    for (long id = 1; id <= 5; id++) {
      lab.director.connect(connection(id, id <= 3 ? "192.0.2.1" : "198.51.100.7"));
    }
    assertEquals(List.of(1L, 2L), ids("connections", "client=192.0.2.0/24", "2", ""));
    assertEquals(List.of(3L), ids("connections", "client=192.0.2.0/24", "2", "2"));
    assertEquals(List.of(4L, 5L), ids("connections", "age>=30s client=198.51.100.7", "9", ""));
    TabularData top = (TabularData) invoke("top", "client", "1");
    assertEquals(3L, top.get(new Object[] {"192.0.2.1"}).get("connections"));
    assertEquals(1, top.size());
    assertEquals(3, invoke("disconnect", "service=web client=192.0.2.0/24"));
    assertEquals(List.of(4L, 5L), ids("connections", "", "9", ""));
    refused("'ag=3': expected service=NAME", "connections", "ag=3", "9", "");
    refused("limit: '0': expected", "connections", "", "0", "");
    refused("kind: 'all': expected client", "top", "all", "9");
    refused("filter: '': expected at least one", "disconnect", "");
    refused("filter: 'after=0': expected at least one", "disconnect", "after=0");
  }

  @Test
  void whatDirectorsTellEachOtherIsSeen() throws Exception {
    assertEquals(0L, lab.beans.getAttribute(ObjectTree.SYNC, "Own"), "nobody tells anything yet");
    lab.director.tellOthers();
    lab.agent().sync().came(new SyncSample());
    assertEquals("10.0.0.1", lab.beans.getAttribute(ObjectTree.SYNC, "Address"));
    assertEquals(2_000L, lab.beans.getAttribute(ObjectTree.SYNC, "MinimumAge"));
    assertEquals(200L, lab.beans.getAttribute(ObjectTree.SYNC, "Own"));
    assertEquals(
        "the copy from director lab-2 is not complete",
        lab.beans.getAttribute(ObjectTree.SYNC, "Behind"));
    TabularData peers = (TabularData) lab.beans.getAttribute(ObjectTree.SYNC, "Peers");
    assertEquals(9_950L, peers.get(new Object[] {"lab-2"}).get("coverage"));
  }

  @Test
  void aVrrpInstanceIsSeenAndSwitched() throws Exception {
    ObjectName gate = ObjectTree.vrrp("gate");
    assertFalse(lab.beans.isRegistered(gate), "the director is alone");
    lab.director.standForOthers();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!lab.beans.isRegistered(gate)) {
      assertTrue(System.nanoTime() < deadline, "it is not registered");
      Thread.sleep(10);
    }
    assertEquals("active", lab.beans.getAttribute(gate, "Role"));
    assertEquals(120L, lab.beans.getAttribute(gate, "Priority"));
    assertEquals(150L, lab.beans.getAttribute(gate, "WantedPriority"));
    assertEquals("new old", lab.beans.getAttribute(gate, "Keys"));
    assertEquals("uplink:30", lab.beans.getAttribute(gate, "Tracks"));
    assertEquals(14L, lab.beans.getAttribute(gate, "SignatureErrors"));
    TabularData moved = (TabularData) lab.beans.getAttribute(gate, "Switches");
    assertEquals("user", moved.get(new Object[] {1L}).get("reason"));
    for (String operation : List.of("switchOver", "forceStandby", "release")) {
      assertEquals("done", lab.beans.invoke(gate, operation, new Object[0], new String[0]));
    }
    assertEquals(
        List.of("switch gate", "force-standby gate", "release gate"), lab.director.words());
  }

  private Object invoke(String operation, Object... args) throws Exception {
    String[] signature = new String[args.length];
    Arrays.fill(signature, String.class.getName());
    return lab.beans.invoke(ObjectTree.DIRECTOR, operation, args, signature);
  }

  private List<Long> ids(String operation, Object... args) throws Exception {
    TabularData rows = (TabularData) invoke(operation, args);
    return rows.values().stream()
        .map(row -> (Long) ((CompositeData) row).get("id"))
        .sorted()
        .toList();
  }

  private void refused(String text, String operation, Object... args) {
    var refused = assertThrows(RuntimeMBeanException.class, () -> invoke(operation, args));
    String message = String.valueOf(refused.getCause().getMessage());
    assertTrue(message.startsWith(text), message);
  }

  private static Connection connection(long id, String client) {
    return new Connection(
        id,
        "web",
        Protocol.TCP,
        new InetSocketAddress(client, 4000),
        new RealServerId("web", "a"),
        "established",
        Duration.ofSeconds(90),
        Duration.ofMillis(1_500),
        10,
        20);
  }

  @Test
  void alarmsAreShelvedAcknowledgedAndAskedForAgain() throws Exception {
    String said =
        (String) on(ObjectTree.ALARMS, "shelve", "night", "realDown", "pool=web,*", "", "rack");
    assertTrue(said.startsWith("committed"), said);
    assertEquals(
        new Change.Put(
            KeyPath.of("alarms", "shelves", "night"),
            Map.of("type", "realDown", "resource", "pool=web,*", "comment", "rack")),
        lab.director.asked().getLast().changes().getFirst());
    on(ObjectTree.ALARMS, "acknowledge", "7");
    assertEquals(new Change.Acknowledge(7), lab.director.asked().getLast().changes().getFirst());
    on(ObjectTree.ALARMS, "resync");
    assertEquals(new Change.Resync(4), lab.director.asked().getLast().changes().getFirst());
    lab.beans.setAttribute(ObjectTree.ALARMS, new Attribute("HeartbeatInterval", 30L));
    assertEquals(
        new Change.Put(KeyPath.of("alarms", "heartbeat"), "30s"),
        lab.director.asked().getLast().changes().getFirst());
    assertThrows(RuntimeMBeanException.class, () -> on(ObjectTree.ALARMS, "unshelve", "other"));
    TabularData history = (TabularData) on(ObjectTree.ALARMS, "history", "0", "10");
    assertEquals(0, history.size());
  }

  @Test
  void aKeyIsSetToBeConfirmedAndConfirmed() throws Exception {
    on(ObjectTree.CONFIG, "set", "pools.web.realServers.a.weight", "9", "300", "try");
    assertEquals(Optional.of(Duration.ofMinutes(5)), lab.director.asked().getLast().confirm());
    assertEquals("try", lab.director.asked().getLast().comment());
    assertEquals(true, lab.beans.getAttribute(ObjectTree.CONFIG, "ConfirmPending"));
    long waits = (Long) lab.beans.getAttribute(ObjectTree.CONFIG, "ConfirmRevision");
    assertThrows(
        RuntimeMBeanException.class,
        () -> on(ObjectTree.CONFIG, "confirm", Long.toString(waits + 1)));
    on(ObjectTree.CONFIG, "confirm", Long.toString(waits));
    assertEquals(false, lab.beans.getAttribute(ObjectTree.CONFIG, "ConfirmPending"));
  }

  @Test
  void anUpgradeIsActivatedAndCommitted() throws Exception {
    assertEquals("staged", lab.beans.getAttribute(ObjectTree.UPGRADE, "State"));
    on(ObjectTree.UPGRADE, "activate", "600", "false");
    assertEquals("trial", lab.beans.getAttribute(ObjectTree.UPGRADE, "State"));
    assertEquals(600L, lab.beans.getAttribute(ObjectTree.UPGRADE, "TrialLeft"));
    TabularData plan = (TabularData) lab.beans.getAttribute(ObjectTree.UPGRADE, "Plan");
    assertEquals(1, plan.size());
    on(ObjectTree.UPGRADE, "commit");
    assertEquals("committed", lab.beans.getAttribute(ObjectTree.UPGRADE, "State"));
    assertEquals(List.of("local Activate", "local Commit"), lab.upgrade.requests);
    lab.agent().upgradeWent(lab.upgrade);
    assertEquals("committed", lab.beans.getAttribute(ObjectTree.UPGRADE, "State"));
    assertThrows(RuntimeMBeanException.class, () -> on(ObjectTree.UPGRADE, "clear"));
  }

  private Object on(ObjectName name, String operation, Object... args) throws Exception {
    String[] signature = new String[args.length];
    Arrays.fill(signature, String.class.getName());
    return lab.beans.invoke(name, operation, args, signature);
  }

  @Test
  void everyAttributeCanBeReadAndIsDescribed() throws Exception {
    for (ObjectName name : lab.beans.queryNames(new ObjectName("org.strowger:*"), null)) {
      for (MBeanAttributeInfo info : lab.beans.getMBeanInfo(name).getAttributes()) {
        Object value = lab.beans.getAttribute(name, info.getName());
        var type = assertInstanceOf(OpenMBeanAttributeInfo.class, info).getOpenType();
        assertTrue(value == null || type.isValue(value), name + " " + info.getName());
        assertTrue(info.getDescription().length() > 3, name + " " + info.getName());
        assertNotNull(info.getDescriptor().getFieldValue("role"));
      }
    }
  }

  @Test
  void descriptorsSayUnitsKindAndWhoMayWrite() throws Exception {
    var info = lab.beans.getMBeanInfo(ObjectTree.service("web"));
    var bytes =
        Arrays.stream(info.getAttributes())
            .filter(a -> a.getName().equals("BytesIn"))
            .findFirst()
            .orElseThrow();
    assertEquals("By", bytes.getDescriptor().getFieldValue("units"));
    assertEquals("counter", bytes.getDescriptor().getFieldValue("metricType"));
    assertFalse(bytes.isWritable());
  }

  @Test
  void severalAttributesAreSetTogetherOrNotAtAll() throws Exception {
    ObjectName a = ObjectTree.real(new RealServerId("web", "a"));
    AttributeList wrong = new AttributeList();
    wrong.add(new Attribute("Weight", 9));
    wrong.add(new Attribute("Selections", 0L));
    assertThrows(RuntimeMBeanException.class, () -> lab.beans.setAttributes(a, wrong));
    assertEquals(1, lab.beans.getAttribute(a, "Weight"));
    AttributeList right = new AttributeList();
    right.add(new Attribute("Weight", 9));
    right.add(new Attribute("AdminState", "drain"));
    lab.beans.setAttributes(a, right);
    assertEquals(9, lab.beans.getAttribute(a, "Weight"));
    assertEquals("drain", lab.beans.getAttribute(a, "AdminState"));
    assertEquals(1, lab.director.asked().size());
  }

  @Test
  void whatIsNotThereOrReadOnlyIsSaid() {
    ObjectName a = ObjectTree.real(new RealServerId("web", "a"));
    assertThrows(AttributeNotFoundException.class, () -> lab.beans.getAttribute(a, "Colour"));
    assertThrows(
        AttributeNotFoundException.class,
        () -> lab.beans.setAttribute(a, new Attribute("ConnsTotal", 0L)));
  }

  @Test
  void whileTheDirectorIsAwayReadsGoOnAndWritesWaitForTheNewOne() throws Exception {
    ObjectName a = ObjectTree.real(new RealServerId("web", "a"));
    assertEquals(1, lab.beans.getAttribute(a, "Weight"));
    lab.agent().directorWent(lab.director);
    assertEquals(1, lab.beans.getAttribute(a, "Weight"));
    FakeDirector next = new FakeDirector("a", "b");
    Thread updater =
        Thread.startVirtualThread(
            () -> {
              try {
                Thread.sleep(200);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              lab.agent().directorCame(next);
            });
    lab.beans.setAttribute(a, new Attribute("Weight", 3));
    updater.join();
    assertTrue(lab.director.asked().isEmpty());
    assertEquals(1, next.asked().size());
    assertEquals(3, lab.beans.getAttribute(a, "Weight"));
  }
}
