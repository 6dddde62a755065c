package org.strowger.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a jar's manifest says for the package it goes into. */
final class BundleFile {
  /** Manifest header with the word of an {@link UpgradeClass}. */
  static final String UPGRADE_CLASS = "Strowger-Upgrade-Class";

  private static final Pattern OURS =
      Pattern.compile(
          "(org\\.strowger\\.[\\w.]+)(?:;[^,\"]*?version=\"?([^\",;]+(?:,[^\"]+)?)\"?)");

  private BundleFile() {}

  /** Describes the jar; one without the header is stateful: it is exchanged with its dependents. */
  static PackagedFile read(Path file) throws IOException, Untrusted {
    try (JarFile jar = new JarFile(file.toFile())) {
      Manifest manifest = jar.getManifest();
      Attributes main = manifest == null ? new Attributes() : manifest.getMainAttributes();
      String name = value(file, main, "Bundle-SymbolicName").split(";", 2)[0].strip();
      String version = value(file, main, "Bundle-Version").strip();
      String word = main.getValue(UPGRADE_CLASS);
      UpgradeClass upgradeClass =
          word == null
              ? UpgradeClass.STATEFUL
              : UpgradeClass.byWord(word.strip())
                  .orElseThrow(
                      () -> new Untrusted(file + ": no class of upgrade is called " + word));
      return new PackagedFile(
          "bundles/" + name + ".jar",
          Files.size(file),
          Digests.of(file),
          upgradeClass,
          Optional.of(
              new PackagedFile.Bundle(name, version, needs(main.getValue("Import-Package")))));
    }
  }

  private static String value(Path file, Attributes main, String header) throws Untrusted {
    String value = main.getValue(header);
    if (value == null) {
      throw new Untrusted(file + ": expected a bundle; its manifest has no " + header);
    }
    return value;
  }

  private static List<String> needs(String imports) {
    List<String> needs = new ArrayList<>();
    Matcher matcher = OURS.matcher(imports == null ? "" : imports);
    while (matcher.find()) {
      needs.add(matcher.group(1) + " " + matcher.group(2));
    }
    return needs;
  }
}
