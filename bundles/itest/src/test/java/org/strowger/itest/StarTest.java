package org.strowger.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.strowger.itest.Sources.Source;

/** The star: a bundle imports the vocabulary, its own library and the JDK, never another bundle. */
class StarTest {
  private static final Pattern OURS =
      Pattern.compile("^import (?:static )?org\\.strowger\\.(\\w+)");

  /** Libraries, and the bundles they are at home in. */
  private static final Map<String, Set<String>> HOMES =
      Map.of(
          "io.netty", Set.of("wire"),
          "org.jgroups", Set.of("sync"),
          "org.snmp4j", Set.of("snmp"),
          "org.snakeyaml", Set.of("configfile"),
          "org.apache.hc", Set.of("checks"),
          "org.xbill", Set.of("checks"),
          "com.google.re2j", Set.of("checks"),
          "org.apache.felix.service.command", Set.of("shell"),
          // Wire hands sockets over by itself: it must not need a bundle that may be replaced.
          "java.lang.foreign", Set.of("linux", "wire"),
          "io.prometheus", Set.of("metrics"));

  /** Of what is installed, all that is ours; snmp4j is a library made a bundle. */
  private static final Set<String> BUNDLES = installed();

  private static Set<String> installed() {
    Properties configured = new Properties();
    try (Reader in =
        Files.newBufferedReader(Sources.root().resolve("felix-config/config.properties"))) {
      configured.load(in);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return configured.stringPropertyNames().stream()
        .filter(key -> key.startsWith("strowger.bundles."))
        .flatMap(key -> Stream.of(configured.getProperty(key).split("\\s+")))
        .filter(name -> name.startsWith("org.strowger.") && !name.endsWith(".snmp4j"))
        .map(name -> name.substring("org.strowger.".length()))
        .collect(Collectors.toUnmodifiableSet());
  }

  @Test
  void theBundlesAreKnown() {
    assertTrue(
        BUNDLES.containsAll(Set.of("api", "director", "wire", "bpf", "failover")),
        BUNDLES::toString);
  }

  @Test
  void aBundleKnowsTheVocabularyAndItself() {
    List<String> found = new ArrayList<>();
    for (Source source : Sources.java()) {
      if (!source.main() || !BUNDLES.contains(source.bundle())) {
        continue;
      }
      for (String line : source.lines()) {
        Matcher matcher = OURS.matcher(line);
        if (matcher.find() && !allowed(source.bundle(), matcher.group(1))) {
          found.add(source.path() + ": " + line);
        }
      }
    }
    assertEquals(List.of(), found);
  }

  private static boolean allowed(String bundle, String imported) {
    return imported.equals(bundle)
        // The library of signed packages, which the upgrade bundle carries inside itself.
        || (imported.equals("release") && (bundle.equals("upgrade") || bundle.equals("configfile")))
        || (imported.equals("api") && !bundle.equals("wire") && !bundle.equals("api"));
  }

  @Test
  void aLibraryHasOneHome() {
    List<String> found = new ArrayList<>();
    for (Source source : Sources.java()) {
      HOMES.forEach(
          (library, home) -> {
            boolean imports =
                source.lines().stream()
                    .anyMatch(
                        l ->
                            l.startsWith("import " + library + ".")
                                || l.startsWith("import static " + library + "."));
            if (source.main()
                && BUNDLES.contains(source.bundle())
                && !home.contains(source.bundle())
                && imports) {
              found.add(source.path() + " imports " + library);
            }
          });
    }
    assertEquals(List.of(), found);
  }

  @Test
  void implementationsExportNothing() throws IOException {
    int seen = 0;
    for (String bundle : BUNDLES) {
      Attributes manifest = manifest(bundle);
      String exported = manifest.getValue("Export-Package");
      if (bundle.equals("api")) {
        assertTrue(String.valueOf(exported).startsWith("org.strowger.api;version="));
      } else {
        assertEquals(null, exported, bundle + " exports " + exported);
      }
      seen++;
    }
    assertEquals(BUNDLES.size(), seen);
  }

  @Test
  void allButThesePlugInsAreEssential() throws IOException {
    Set<String> optional = new TreeSet<>();
    for (String bundle : BUNDLES) {
      String said = String.valueOf(manifest(bundle).getValue("Strowger-Essential"));
      assertTrue(said.equals("true") || said.equals("false"), bundle + " says " + said);
      if (said.equals("false")) {
        optional.add(bundle);
      }
    }
    // Supervision shuts them out when nothing helps. Without others nobody is served, or nobody can
    // see and mend what is wrong.
    assertEquals(
        Set.of("checks", "hooks", "metrics", "performance", "schedulers", "sync", "syslog"),
        optional);
  }

  /** Else the launcher does not make their loops end on an interrupt. */
  @Test
  void schedulersSayWhatTheyProvide() throws IOException {
    String provided = String.valueOf(manifest("schedulers").getValue("Provide-Capability"));
    assertTrue(provided.contains("org.strowger.api.SchedulerProvider"), provided);
  }

  @Test
  void theVocabularyResolvesAlone() throws IOException {
    assertEquals(
        "org.jspecify.annotations;version=\"[1.0,2)\";resolution:=optional,javax.net.ssl",
        manifest("api").getValue("Import-Package"),
        "the JDK, and what it can do without");
  }

  @Test
  void wireImportsNoBundleOfOurs() throws IOException {
    String imports = String.valueOf(manifest("wire").getValue("Import-Package"));
    assertTrue(!imports.contains("org.strowger"), imports);
  }

  private static Attributes manifest(String bundle) throws IOException {
    Path target = Sources.root().resolve("bundles").resolve(bundle).resolve("target");
    try (Stream<Path> files = Files.list(target)) {
      Path jar =
          files
              .filter(
                  f -> f.getFileName().toString().matches("org\\.strowger\\.\\w+-[0-9.]+\\.jar"))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("not built: " + bundle));
      try (JarFile opened = new JarFile(jar.toFile())) {
        return opened.getManifest().getMainAttributes();
      }
    }
  }
}
