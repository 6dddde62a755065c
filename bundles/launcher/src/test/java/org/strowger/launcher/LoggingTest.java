package org.strowger.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log as felix-config/logback.xml shapes it, and its levels through JMX. */
final class LoggingTest {
  private static final Path SHIPPED = Path.of("../../felix-config/logback.xml");

  @TempDir private static Path state;
  private static Logging logging;
  private static LoggingMXBean bean;

  @BeforeAll
  static void log() throws Exception {
    logging = Logging.start(SHIPPED, state);
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    bean = JMX.newMXBeanProxy(server, new ObjectName(Logging.OBJECT_NAME), LoggingMXBean.class);
  }

  @AfterAll
  static void end() {
    logging.close();
  }

  private static List<String> lines(String file, String containing) throws Exception {
    return Files.readAllLines(state.resolve("log").resolve(file)).stream()
        .filter(line -> line.contains(containing))
        .toList();
  }

  @Test
  void eventWithFieldsAndFaultIsOneLine() throws Exception {
    LoggerFactory.getLogger("test.line")
        .atError()
        .addKeyValue("service", "web")
        .setCause(new IllegalStateException("two\nlines", new RuntimeException("cause")))
        .log("It\nbroke");
    List<String> found = lines("strowger.log", "test.line");
    assertEquals(1, found.size());
    String line = found.getFirst();
    assertTrue(line.matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]{12}Z ERROR \\[.*"), line);
    assertTrue(line.contains("It | broke service=\"web\""), line);
    assertTrue(line.contains("IllegalStateException: two | lines"), line);
    assertTrue(line.contains("Caused by: java.lang.RuntimeException: cause"), line);
  }

  @Test
  void auditHasItsOwnFile() throws Exception {
    LoggerFactory.getLogger("audit").atInfo().addKeyValue("who", "demo").log("Weight set");
    assertEquals(1, lines("audit.log", "Weight set who=\"demo\"").size());
    assertEquals(0, lines("strowger.log", "Weight set").size());
  }

  @Test
  void levelIsSetLiveAndAudited() throws Exception {
    Logger logger = LoggerFactory.getLogger("test.level");
    assertFalse(logger.isDebugEnabled());
    bean.setLevel("test.level", "debug");
    assertTrue(logger.isDebugEnabled());
    assertEquals("DEBUG", bean.getLevels().get("test.level"));
    bean.setLevel("test.level", "");
    assertFalse(logger.isDebugEnabled());
    assertNull(bean.getLevels().get("test.level"));
    assertEquals(1, lines("audit.log", "logger=\"test.level\" level=\"DEBUG\"").size());
  }

  @Test
  void levelThatIsNoneIsRefusedAndChangesNothing() {
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> bean.setLevel("ROOT", "loud"));
    assertTrue(String.valueOf(refused.getMessage()).contains("level 'loud', expected one of"));
    assertThrows(IllegalArgumentException.class, () -> bean.setLevel("ROOT", ""));
    assertEquals("INFO", bean.getLevels().get("ROOT"));
  }

  @Test
  void auditCannotBeSilenced() {
    assertThrows(IllegalArgumentException.class, () -> bean.setLevel("audit", "OFF"));
    assertEquals("INFO", bean.getLevels().get("audit"));
  }
}
