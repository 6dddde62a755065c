package org.strowger.jmx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.MBeanAttributeInfo;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.openmbean.OpenMBeanAttributeInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.RealServerId;
import org.strowger.testkit.FakeDirector;

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
            "org.strowger:type=Connector",
            "org.strowger:type=Service,name=\"web\"",
            "org.strowger:type=Pool,name=\"web\"",
            "org.strowger:type=Real,pool=\"web\",name=\"a\"",
            "org.strowger:type=Real,pool=\"web\",name=\"b\"",
            "org.strowger:type=Scheduler,name=\"wlc\""),
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

  @Test
  void everyComponentOfTheRecordsIsAnAttribute() {
    complete(ServiceObject.KIND, ServiceObject.View.class);
    complete(PoolObject.KIND, PoolObject.View.class);
    complete(RealObject.KIND, RealObject.View.class);
    for (RecordComponent part : org.strowger.api.SchedulerState.class.getRecordComponents()) {
      has(SchedulerObject.KIND, part);
    }
  }

  private static void complete(ObjectKind<?> kind, Class<?> view) {
    for (RecordComponent record : view.getRecordComponents()) {
      for (RecordComponent part : record.getType().getRecordComponents()) {
        // The real servers of a pool are MBeans of their own.
        if (!part.getName().equals("realServers")) {
          has(kind, part);
        }
      }
    }
  }

  private static void has(ObjectKind<?> kind, RecordComponent part) {
    String name = Character.toUpperCase(part.getName().charAt(0)) + part.getName().substring(1);
    assertTrue(kind.field(name).isPresent(), kind.type() + " lacks " + name);
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
