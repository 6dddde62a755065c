package org.strowger.configfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TreePrinterTest {
  private static Map<String, Object> back(Map<String, Object> tree) {
    byte[] printed = TreePrinter.print(tree).getBytes(StandardCharsets.UTF_8);
    YamlText.Reading read = YamlText.read("printed", printed, Limits.FILE);
    assertEquals(List.of(), read.problems());
    return read.tree();
  }

  @Test
  void namesThatLookLikeSomethingElseAreQuoted() {
    Map<String, Object> tree = new LinkedHashMap<>();
    for (String name :
        List.of("on", "1", "null", "a.b", "0755", "1e3", "12:30", "2026-01-01", "~", "<<", "yes")) {
      tree.put(name, name);
    }

    assertEquals(tree, back(tree));
    assertEquals(
        """
        'on': 'on'
        '1': '1'
        'null': 'null'
        a.b: a.b
        '0755': '0755'
        '1e3': '1e3'
        '12:30': '12:30'
        '2026-01-01': '2026-01-01'
        '~': '~'
        '<<': '<<'
        'yes': 'yes'
        """,
        TreePrinter.print(tree));
  }

  @Test
  void addressesNumbersAndBranchesStandAsPeopleWriteThem() {
    Map<String, Object> real = new LinkedHashMap<>();
    real.put("port", 9001L);
    real.put("address", "127.0.0.1");
    real.put("v6", "2001:db8::1");
    real.put("quiet", false);
    real.put("list", List.of("a", 1L));
    real.put("none", Map.of());

    assertEquals(
        """
        a:
          port: 9001
          address: 127.0.0.1
          v6: 2001:db8::1
          quiet: false
          list:
            - a
            - 1
          none: {}
        """,
        TreePrinter.print(Map.of("a", real)));
  }

  @Test
  void aBranchThatIsUsedTwiceIsWrittenTwice() {
    Map<String, Object> shared = Map.of("x", "y");
    String printed = TreePrinter.print(Map.of("a", shared, "b", shared));

    assertTrue(!printed.contains("&") && !printed.contains("*"), printed);
  }

  @Test
  void anEmptyTreeIsNoEmptyFile() {
    assertEquals("{}\n", TreePrinter.print(Map.of()));
  }

  @Test
  void whateverStringsThereAreTheyReadBackEqual() {
    Random random = new Random(7);
    for (int round = 0; round < 5_000; round++) {
      Map<String, Object> tree = new LinkedHashMap<>();
      for (int i = 0; i < 4; i++) {
        tree.put(text(random, 1), text(random, 0));
        tree.put(text(random, 1), new ArrayList<>(List.of(text(random, 0), random.nextLong())));
        tree.put(text(random, 1), new LinkedHashMap<>(Map.of(text(random, 1), text(random, 0))));
      }
      assertEquals(tree, back(tree), () -> TreePrinter.print(tree));
      assertEquals(List.copyOf(tree.keySet()), List.copyOf(back(tree).keySet()));
    }
  }

  private static String text(Random random, int least) {
    String signs =
        " \n\r\t:#-?&*!|>'\"%@`{}[],~.\\abnoy019_=\u0000\u0007\u0085\u00a0\u2028\ufeffäß€\ud83d";
    StringBuilder text = new StringBuilder();
    int length = least + random.nextInt(random.nextInt(20) + 1);
    for (int i = 0; i < length; i++) {
      if (random.nextInt(30) == 0) {
        text.append("😀");
      } else {
        text.append(signs.charAt(random.nextInt(signs.length())));
      }
    }
    return text.toString();
  }

  @Test
  void whatNoConfigurationHoldsIsRefusedByName() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> TreePrinter.print(Map.of("a", Map.of("b", 1.5))));

    assertEquals("a.b: a configuration holds no java.lang.Double", e.getMessage());
  }
}
