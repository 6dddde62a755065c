package org.strowger.jmx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import javax.management.Attribute;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** What stands in the audit log of calls through JMX. */
class AuditTest {
  @TempDir Path state;

  @Test
  void loginsChangesAndRefusalsAreAuditedReadsAreNot() throws Exception {
    ObjectName real = ObjectTree.real(new org.strowger.api.RealServerId("web", "a"));
    Logger logger = (Logger) LoggerFactory.getLogger("audit");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try (Lab lab = new Lab(state)) {
      Assertions.assertThrows(SecurityException.class, () -> lab.login("no\nbody", "x"));
      try (JMXConnector client = lab.login("operator")) {
        var beans = client.getMBeanServerConnection();
        beans.getAttribute(real, "Weight");
        beans.setAttribute(real, new Attribute("Weight", 2));
        Object[] none = {};
        Assertions.assertThrows(
            SecurityException.class,
            () ->
                beans.invoke(new ObjectName("java.lang:type=Memory"), "gc", none, new String[] {}));
      }
    } finally {
      logger.detachAppender(lines);
    }
    assertEquals(
        List.of(
            "login origin=jmx user=no?body result=denied",
            "login origin=jmx user=operator result=done",
            "call origin=jmx user=operator object=org.strowger:type=Real,pool='web',name='a'"
                + " operation=set Weight arguments=[2] result=done",
            "call origin=jmx user=operator object=java.lang:type=Memory"
                + " operation=invoke gc arguments=[] result=denied"),
        lines.list.stream().map(AuditTest::line).toList());
  }

  /** Without the source, whose port is another one each time. */
  private static String line(ILoggingEvent event) {
    return event.getMessage()
        + event.getKeyValuePairs().stream()
            .filter(pair -> !pair.key.equals("source"))
            .map((KeyValuePair pair) -> " " + pair.key + "=" + pair.value)
            .collect(Collectors.joining());
  }
}
