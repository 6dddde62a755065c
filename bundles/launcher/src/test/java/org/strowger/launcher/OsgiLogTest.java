package org.strowger.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.service.log.FormatterLogger;
import org.osgi.service.log.Logger;
import org.slf4j.LoggerFactory;

final class OsgiLogTest {
  private final ListAppender<ILoggingEvent> heard = new ListAppender<>();
  private final ch.qos.logback.classic.Logger target =
      (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("test.osgi");
  private final Logger log = new OsgiLog().getLogger("test.osgi");

  @BeforeEach
  void listen() {
    target.detachAndStopAllAppenders();
    target.setAdditive(false);
    target.setLevel(Level.INFO);
    heard.start();
    target.addAppender(heard);
  }

  private List<String> said() {
    return heard.list.stream().map(e -> e.getLevel() + " " + e.getFormattedMessage()).toList();
  }

  @Test
  void everyFormOfACallArrives() {
    log.info("a");
    log.warn("b {}", 1);
    log.error("c {} {}", 1, 2);
    log.error("d {} {} {}", 1, 2, 3);
    log.audit("e {}", 1);
    log.warn(l -> l.warn("f"));
    assertEquals(
        List.of("INFO a", "WARN b 1", "ERROR c 1 2", "ERROR d 1 2 3", "INFO e 1", "WARN f"),
        said());
  }

  @Test
  void faultIsNoArgument() {
    Throwable fault = new IllegalStateException("x");
    log.error("a {}", 1, fault);
    log.error("b", fault);
    assertEquals(List.of("ERROR a 1", "ERROR b"), said());
    for (ILoggingEvent event : heard.list) {
      IThrowableProxy proxy = event.getThrowableProxy();
      assertSame(fault, ((ThrowableProxy) proxy).getThrowable());
    }
  }

  @Test
  void levelsAreThoseOfTheLog() {
    assertFalse(log.isDebugEnabled());
    assertTrue(log.isInfoEnabled());
    log.debug("not said");
    log.trace(l -> l.error("not said"));
    assertEquals(List.of(), said());
    target.setLevel(Level.DEBUG);
    assertTrue(log.isDebugEnabled());
  }

  @Test
  void formatterLoggerFormatsAsFormatter() {
    FormatterLogger formatter = new OsgiLog().getLogger("test.osgi", FormatterLogger.class);
    formatter.info("%05d", 42);
    assertEquals(List.of("INFO 00042"), said());
    assertEquals("test.osgi", formatter.getName());
    assertEquals(formatter, formatter);
    assertFalse(formatter.equals(log));
  }
}
