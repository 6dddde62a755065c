package org.strowger.release;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.strowger.release.ReleaseManifest.Kind;

/**
 * {@code ./strowger package}: makes keys and packages, and looks into them. Ends with 0, with 1
 * when it could not, with 2 when its words were not understood.
 */
public final class PackageCommand {
  static final String USAGE =
      """
      usage: ./strowger package --new-key NAME
             ./strowger package --key FILE [--output FILE] [--name NAME] [--version VERSION]
                 [--needs VERSION] [--migration 'rename OLD NEW' | 'remove OLD']...
                 [--payload CLASS:FILE]... [BUNDLE.jar]...
             ./strowger package --show FILE --keys FOLDER\
      """;

  private static final String SUFFIX = ".stgpkg";
  private static final Set<String> ONCE =
      Set.of("new-key", "key", "output", "name", "version", "needs", "show", "keys", "home");
  private static final Set<String> MANY = Set.of("migration", "payload");

  private final Map<String, List<String>> options = new HashMap<>();
  private final List<Path> jars = new ArrayList<>();

  private PackageCommand() {}

  public static void main(String[] words) {
    System.exit(run(words));
  }

  /** The same for one who goes on afterwards; answers the exit code. */
  public static int run(String... words) {
    PackageCommand command = new PackageCommand();
    try {
      command.parse(words);
      command.act();
      return 0;
    } catch (IllegalArgumentException e) {
      System.err.println("strowger: " + e.getMessage() + "\n" + USAGE);
      return 2;
    } catch (Untrusted e) {
      System.err.println("strowger: " + e.why());
      return 1;
    } catch (IOException | GeneralSecurityException e) {
      System.err.println("strowger: " + e);
      return 1;
    }
  }

  private void parse(String... words) {
    for (int i = 0; i < words.length; i++) {
      if (!words[i].startsWith("--")) {
        jars.add(Path.of(words[i]));
        continue;
      }
      String name = words[i].substring(2);
      if ((!ONCE.contains(name) && !MANY.contains(name)) || i + 1 == words.length) {
        throw new IllegalArgumentException("not understood: " + words[i]);
      }
      List<String> values = options.computeIfAbsent(name, _ -> new ArrayList<>());
      values.add(words[++i]);
      if (values.size() > 1 && ONCE.contains(name)) {
        throw new IllegalArgumentException("--" + name + " is given twice");
      }
    }
  }

  private Optional<String> option(String name) {
    return options.getOrDefault(name, List.of()).stream().findFirst();
  }

  private String needed(String name) {
    return option(name)
        .orElseThrow(() -> new IllegalArgumentException("--" + name + " is missing"));
  }

  private void act() throws IOException, GeneralSecurityException, Untrusted {
    Optional<String> newKey = option("new-key");
    if (newKey.isPresent()) {
      Path name = Path.of(newKey.get()).toAbsolutePath();
      String id = SigningKey.make(name);
      System.out.printf(
          "key %s%nkeep %s.key secret; put %s.pem into the folder keys of the state folder of each"
              + " box%n",
          id, newKey.get(), newKey.get());
    } else if (option("show").isPresent()) {
      show(ReleasePackage.open(Path.of(needed("show")), KeyRing.read(Path.of(needed("keys")))));
    } else {
      make(SigningKey.read(Path.of(needed("key"))));
    }
  }

  private static void show(ReleasePackage opened) {
    System.out.print(new String(opened.manifest().text(), java.nio.charset.StandardCharsets.UTF_8));
    System.out.println("signed by: " + opened.signer() + " (" + opened.signed().keyId() + ")");
  }

  private void make(SigningKey key) throws IOException, Untrusted {
    Map<PackagedFile, Path> files = new HashMap<>();
    boolean whole = jars.isEmpty() && !options.containsKey("payload");
    for (Path jar : whole ? shipped(Path.of(needed("home")).resolve("bundles")) : jars) {
      files.put(BundleFile.read(jar), jar);
    }
    for (String payload : options.getOrDefault("payload", List.of())) {
      Path file = Path.of(payload.substring(payload.indexOf(':') + 1));
      files.put(payload(payload.substring(0, Math.max(0, payload.indexOf(':'))), file), file);
    }
    List<PackagedFile> sorted =
        files.keySet().stream().sorted(Comparator.comparing(PackagedFile::path)).toList();
    String version = option("version").orElseGet(() -> version(sorted));
    ReleaseManifest manifest =
        new ReleaseManifest(
            option("name").orElse(whole ? "strowger" : bare(sorted.getFirst())),
            version,
            kind(whole),
            Optional.ofNullable(System.getenv("STROWGER_SOURCE")).orElse(""),
            option("needs").orElse(""),
            options.getOrDefault("migration", List.of()),
            sorted);
    // What a box would refuse is not made either.
    ReleaseManifest.parse(manifest.text());
    Path target =
        Path.of(option("output").orElse(manifest.name() + "-" + manifest.version() + SUFFIX));
    ReleasePackage.write(
        target,
        SignedManifest.sign(manifest, key),
        sorted.stream().map(file -> Optional.ofNullable(files.get(file)).orElseThrow()).toList());
    System.out.printf(
        "%s: %s %s, class %s, %d files, sha256 %s%n",
        target,
        manifest.name(),
        version,
        manifest.upgradeClass().word(),
        sorted.size(),
        Digests.of(target));
  }

  private Kind kind(boolean whole) {
    if (options.containsKey("payload")) {
      return Kind.IMAGE;
    }
    return whole ? Kind.RELEASE : Kind.PLUGIN;
  }

  private static List<Path> shipped(Path folder) throws IOException {
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.jar")) {
      found.forEach(jars::add);
    }
    return jars;
  }

  private static PackagedFile payload(String word, Path file) throws IOException, Untrusted {
    UpgradeClass upgradeClass =
        UpgradeClass.byWord(word)
            .orElseThrow(
                () -> new IllegalArgumentException("--payload: expected CLASS:FILE, CLASS reboot"));
    return new PackagedFile(
        "payload/" + file.getFileName(),
        Files.size(file),
        Digests.of(file),
        upgradeClass,
        Optional.empty());
  }

  private static String bare(PackagedFile file) {
    return file.bundle().map(PackagedFile.Bundle::name).orElse(file.fileName());
  }

  /** That of the vocabulary, which is the release's; of a part, that of its first bundle. */
  private static String version(List<PackagedFile> files) {
    return files.stream()
        .flatMap(file -> file.bundle().stream())
        .sorted(Comparator.comparing(bundle -> !bundle.name().equals("org.strowger.api")))
        .map(PackagedFile.Bundle::version)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("--version is missing"));
  }
}
