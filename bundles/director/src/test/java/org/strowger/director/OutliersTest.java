package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.strowger.api.Pool;
import org.strowger.api.RealServerCounters;
import org.strowger.api.RealServerId;

/** Ejection by what the traffic shows; ten real servers, of which 20 % may be ejected. */
class OutliersTest {
  private static final long SECOND = 1_000_000_000L;

  private final Outliers outliers = new Outliers();
  private final Map<RealServerId, RealServerCounters> counters = new HashMap<>();
  private final Set<RealServerId> down = new HashSet<>();
  private final Pool pool = pool();
  private long nanos = 9 * SECOND;

  private static Pool pool() {
    Map<String, Object> reals = new LinkedHashMap<>();
    for (int i = 0; i < 10; i++) {
      reals.put("r" + i, Map.of("address", "192.0.2." + i, "port", 80L));
    }
    Map<String, Object> outlier =
        Map.of(
            "failures",
            5L,
            "responseFactor",
            3L,
            "ejection",
            "10s",
            "longestEjection",
            "25s",
            "maxEjected",
            20L);
    Map<String, Object> web = Map.of("outlier", outlier, "realServers", reals);
    return ConfigurationReader.read(Map.of("pools", Map.of("web", web))).pools().get("web");
  }

  private static RealServerId id(int number) {
    return new RealServerId("web", "r" + number);
  }

  private void count(int number, long connections, long failures, long micros) {
    RealServerCounters more = new RealServerCounters(0, connections, 0, 0, failures, 0, 0, 0, 0);
    RealServerCounters before = counters.getOrDefault(id(number), RealServerCounters.ZERO);
    RealServerCounters sum = before.plus(more);
    counters.put(
        id(number),
        new RealServerCounters(0, sum.connsTotal(), 0, 0, sum.connFailures(), 0, 0, 0, micros));
  }

  private void look() {
    nanos += SECOND;
    outliers.look(pool, counters, down::contains, nanos);
  }

  private boolean ejected(int number) {
    return outliers.ejected(id(number), nanos).isPresent();
  }

  @Test
  void oneThatFailsOftenIsLeftAloneForLongerEachTime() {
    look();
    count(0, 10, 4, 0);
    look();
    assertFalse(ejected(0), "four are not five");
    count(0, 10, 5, 0);
    look();
    assertEquals(
        "5 connections failed or were reset within a second; ejected for 10 s",
        outliers.ejected(id(0), nanos).orElseThrow());
    assertEquals(10 * SECOND, outliers.nanosUntilDue(nanos));
    nanos += 10 * SECOND;
    assertFalse(ejected(0));
    look();
    count(0, 10, 9, 0);
    look();
    assertTrue(outliers.ejected(id(0), nanos).orElseThrow().endsWith("ejected for 20 s"));
    nanos += 20 * SECOND;
    count(0, 10, 9, 0);
    look();
    look();
    count(0, 10, 9, 0);
    look();
    assertTrue(outliers.ejected(id(0), nanos).orElseThrow().endsWith("ejected for 25 s"));
  }

  @Test
  void theLongerItBehavesTheShorterTheNextEjection() {
    look();
    count(0, 10, 5, 0);
    look();
    nanos += 10 * SECOND;
    for (int i = 0; i < 15; i++) {
      look();
    }
    count(0, 10, 5, 0);
    look();
    assertTrue(outliers.ejected(id(0), nanos).orElseThrow().endsWith("ejected for 10 s"));
  }

  @Test
  void neverMoreThanItsShareOfThePoolAndNeverTheLastOne() {
    look();
    for (int i = 0; i < 10; i++) {
      count(i, 10, 100, 0);
    }
    look();
    assertEquals(2, java.util.stream.IntStream.range(0, 10).filter(this::ejected).count());
    outliers.release(id(0));
    outliers.release(id(1));
    for (int i = 1; i < 10; i++) {
      down.add(id(i));
    }
    count(0, 10, 100, 0);
    look();
    assertFalse(ejected(0), "all others are down");
  }

  @Test
  void oneThatAnswersMuchSlowerThanThePoolIsAnOutlier() {
    for (int i = 0; i < 10; i++) {
      count(i, 10, 0, 1_000);
    }
    look();
    count(3, 0, 0, 9_000);
    look();
    assertFalse(ejected(3), "an old figure, no traffic");
    count(3, 1, 0, 2_900);
    look();
    assertFalse(ejected(3));
    count(3, 1, 0, 3_100);
    look();
    assertTrue(ejected(3));
    assertTrue(outliers.ejected(id(3), nanos).orElseThrow().contains("3100 us"));
  }

  @Test
  void theOperatorTakesItBack() {
    look();
    count(0, 10, 5, 0);
    look();
    outliers.release(id(0));
    assertFalse(ejected(0));
  }
}
