package org.strowger.schedulers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.strowger.api.KeyPath;
import org.strowger.api.Violation;

/** A wrong option gets a sentence that names it, its value and what was expected. */
final class OptionsTest {
  private static String violation(String scheduler, String key, Object value) {
    List<Violation> violations =
        Lab.provider(scheduler)
            .check(Map.of(key, value), KeyPath.virtualService("web", "schedulerOptions"));
    assertEquals(1, violations.size(), scheduler + " " + key + " " + value);
    String path = "virtualServices.web.schedulerOptions." + key + ": '" + value + "': expected ";
    String text = violations.getFirst().text();
    assertEquals(path, text.substring(0, Math.min(path.length(), text.length())));
    return text.substring(path.length());
  }

  @Test
  void anUnknownOptionNamesThoseThatThereAre() {
    assertEquals("an option of scheduler rr: kernelRules", violation("rr", "colour", 3));
    assertEquals(
        "an option of scheduler mh: port, fallback, tableSize, seed, kernelRules",
        violation("mh", "table", 251));
    assertEquals("no options: scheduler swrr has none", violation("swrr", "port", true));
  }

  @Test
  void aValueOfTheWrongKindOrSizeIsAViolation() {
    assertEquals("true or false", violation("sh", "port", "yes"));
    assertEquals(
        "one of [251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071]",
        violation("mh", "tableSize", 4096));
    assertEquals("a whole number from 101 to 1000", violation("boundedHash", "factor", 100));
    assertEquals("a whole number from 101 to 1000", violation("boundedHash", "factor", 125.5));
    assertEquals("a text of 1 to 64 characters", violation("mh", "seed", "x".repeat(65)));
    assertEquals(
        "a duration from 1s to 720h, such as 30s or 5m", violation("lblc", "expiry", "5 days"));
    assertEquals(
        "a duration from 1s to 720h, such as 30s or 5m", violation("lblc", "expiry", "800h"));
  }

  @Test
  void everyRightOptionIsTaken() {
    Map<String, Object> mh =
        Map.of("port", true, "fallback", false, "tableSize", 131_071, "seed", "s");
    assertEquals(List.of(), Lab.provider("mh").check(mh, KeyPath.of("o")));
    Map<String, Object> lblc = Map.of("expiry", "24h", "maxEntries", 1_048_576);
    assertEquals(List.of(), Lab.provider("lblc").check(lblc, KeyPath.of("o")));
  }

  @Test
  void everyNameIsOfferedOnce() {
    assertEquals(Lab.ALL.size(), Lab.ALL.stream().distinct().count());
  }
}
