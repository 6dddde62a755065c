package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.strowger.testkit.Distribution;

/**
 * What is shipped does not tell where it was built: two builds in two folders are the same octets.
 * {@code ./strowger image --twice} compares all of them; this finds the cheap mistake early, as bnd
 * takes a word that begins with a dot and a slash in a description for a file of this folder.
 */
class ReproducibleTest {
  @Test
  void noManifestNamesTheFolderOfTheBuild() throws IOException {
    String root = Sources.root().toRealPath().toString();
    List<String> found = new ArrayList<>();
    int looked = 0;
    try (Stream<Path> files = Files.walk(Distribution.ofThisRepository().home())) {
      for (Path jar : files.filter(each -> each.toString().endsWith(".jar")).toList()) {
        looked++;
        try (JarFile opened = new JarFile(jar.toFile())) {
          opened
              .getManifest()
              .getMainAttributes()
              .forEach(
                  (name, value) -> {
                    if (value.toString().contains(root)) {
                      found.add(jar.getFileName() + ": " + name + ": " + value);
                    }
                  });
        }
      }
    }
    assertTrue(looked > 30, looked + " jars only");
    assertEquals(List.of(), found);
  }
}
