package org.strowger.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BundleListTest {
  @TempDir private Path folder;

  private BundleList read(String text, Properties winning) throws IOException, StartFailure {
    return BundleList.read(Files.writeString(folder.resolve("list"), text), winning);
  }

  private String refused(String text) {
    StartFailure failure =
        assertThrows(StartFailure.class, () -> read(text, new Properties()), text);
    return failure.sentences().getFirst();
  }

  @Test
  void levelsAreNumbersAndAllElseIsSettings() throws Exception {
    BundleList list =
        read("strowger.bundles.10=c\nstrowger.bundles.2 = a, \\\n  b\nx=y\n", new Properties());
    assertEquals(List.of(List.of("a", "b"), List.of("c")), List.copyOf(list.levels().values()));
    assertEquals(10, list.lastLevel());
    assertEquals(Map.of("x", "y"), list.settings());
  }

  @Test
  void systemPropertyWins() throws Exception {
    Properties winning = new Properties();
    winning.setProperty("strowger.bundles.2", "b");
    winning.setProperty("x", "z");
    winning.setProperty("other", "ignored");
    BundleList list = read("strowger.bundles.2=a\nx=y\n", winning);
    assertEquals(Map.of(2, List.of("b")), list.levels());
    assertEquals(Map.of("x", "z"), list.settings());
  }

  @Test
  void badLinesAreNamed() {
    assertTrue(refused("strowger.bundles.0=a").contains("strowger.bundles.0, expected"));
    assertTrue(refused("strowger.bundles.100=a").contains("strowger.bundles.100, expected"));
    assertTrue(refused("strowger.bundles.x=a").contains("strowger.bundles.x, expected"));
    assertTrue(refused("strowger.bundles.1=a\nstrowger.bundles.2=a").endsWith("names a twice."));
    assertTrue(refused("strowger.bundles.1=\\uzzzz").contains("cannot be read"));
  }

  @Test
  void secondsOutOfRangeAreNamed() throws Exception {
    BundleList list = read("a=0\nb=601\nc=x\nd=600", new Properties());
    for (String bad : List.of("a", "b", "c")) {
      assertThrows(StartFailure.class, () -> list.seconds(bad, 1));
    }
    assertEquals(600, list.seconds("d", 1));
    assertEquals(7, list.seconds("absent", 7));
  }

  @Test
  void shippedListIsRead() throws Exception {
    Path shipped = Path.of("../../felix-config/config.properties");
    BundleList list = BundleList.read(shipped, new Properties());
    List<String> all = list.levels().values().stream().flatMap(List::stream).toList();
    assertTrue(all.indexOf("org.apache.felix.scr") < all.indexOf("org.strowger.api"));
    assertTrue(all.indexOf("org.strowger.api") < all.indexOf("org.strowger.director"));
  }
}
