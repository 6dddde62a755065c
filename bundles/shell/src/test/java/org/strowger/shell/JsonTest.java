package org.strowger.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.strowger.api.AlarmType;
import org.strowger.api.OperState;

/** How the vocabulary is printed. */
class JsonTest {
  record Sample(
      OperState state,
      AlarmType type,
      Duration age,
      Instant since,
      InetAddress address,
      Optional<Path> file,
      List<Long> numbers) {}

  @Test
  void aRecordIsItsComponents() {
    Sample sample =
        new Sample(
            OperState.UP,
            AlarmType.REAL_DOWN,
            Duration.ofMinutes(5),
            Instant.EPOCH,
            InetAddress.ofLiteral("2001:db8::1"),
            Optional.empty(),
            List.of(1L, 18_446_744_073L));
    assertEquals(
        """
        {
          "state": "up",
          "type": "realDown",
          "age": "5m",
          "since": "1970-01-01T00:00:00Z",
          "address": "2001:db8:0:0:0:0:0:1",
          "file": null,
          "numbers": [
            1,
            18446744073
          ]
        }
        """,
        Json.write(sample));
  }

  @Test
  void whatWouldBreakTheLineIsEscaped() {
    assertEquals("\"a\\\"b\\\\c\\n\\u001b\\u007f\"\n", Json.write("a\"b\\c\n\u001b\u007f"));
    assertEquals("\"\\ud83d\\ude00 \u00e9\"\n", Json.write("\ud83d\ude00 \u00e9"));
  }

  @Test
  void whatIsNoNumberInJsonIsNull() {
    assertEquals("[\n  null,\n  1.5\n]\n", Json.write(Arrays.asList(Double.NaN, 1.5)));
    assertEquals("{}\n", Json.write(Map.of()));
  }

  @Test
  void endlessNestingIsRefused() {
    List<Object> inside = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      inside = new ArrayList<>(List.of(inside));
    }
    List<Object> deep = inside;
    assertThrows(IllegalArgumentException.class, () -> Json.write(deep));
  }

  @Test
  void aNameFromOutsideCannotForgeALineOfATable() {
    String table = Table.of(List.of(Map.of("text", "one\nFAKE  line")), "TEXT=text");
    assertEquals("TEXT\none FAKE  line\n", table);
  }
}
