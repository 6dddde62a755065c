package org.strowger.release;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.strowger.release.ReleaseManifest.Kind;

/**
 * The text of a manifest: lines {@code key: value}. First those of the package ({@code format,
 * package, version, kind, source, needs, migration...}), then for each file {@code file, sha256,
 * bytes, class} and, of a bundle, {@code bundle, import...}. Keys in this order and no others, so
 * that there is one text for one content.
 *
 * <p>A migration is {@code rename OLD.KEY NEW.KEY} or {@code remove OLD.KEY}, {@code *} standing
 * for any name.
 */
final class ManifestText {
  private static final String FORMAT = "1";
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,127}");
  private static final Pattern PATH =
      Pattern.compile("(bundles|payload)/[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern VERSION =
      Pattern.compile("[0-9]{1,9}([.][0-9]{1,9}){0,2}([.][A-Za-z0-9_-]{1,64})?");
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,12}");
  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{0,200}");
  private static final Pattern NEED =
      Pattern.compile("[A-Za-z0-9_.]{1,128} [\\[(]?[0-9A-Za-z.,_-]{1,64}[\\])]?");
  static final Pattern MIGRATION =
      Pattern.compile("rename [\\w.*-]{1,128} [\\w.*-]{1,128}|remove [\\w.*-]{1,128}");

  private final List<String> lines;
  private int at;

  ManifestText(String text) {
    this.lines = text.lines().toList();
  }

  static String of(ReleaseManifest manifest) {
    StringBuilder text = new StringBuilder();
    line(text, "format", FORMAT);
    line(text, "package", manifest.name());
    line(text, "version", manifest.version());
    line(text, "kind", manifest.kind().word());
    line(text, "source", manifest.source());
    line(text, "needs", manifest.needs());
    manifest.migrations().forEach(migration -> line(text, "migration", migration));
    for (PackagedFile file : manifest.files()) {
      line(text, "file", file.path());
      line(text, "sha256", file.sha256());
      line(text, "bytes", Long.toString(file.bytes()));
      line(text, "class", file.upgradeClass().word());
      file.bundle()
          .ifPresent(
              bundle -> {
                line(text, "bundle", bundle.name() + " " + bundle.version());
                bundle.needs().forEach(need -> line(text, "import", need));
              });
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append(key).append(": ").append(value).append('\n');
  }

  ReleaseManifest parse() throws Untrusted {
    String format = value("format", PRINTABLE);
    if (!format.equals(FORMAT)) {
      throw new Untrusted(
          "the package has the format " + format + "; this release understands " + FORMAT);
    }
    String name = value("package", WORD);
    String version = value("version", VERSION);
    Kind kind = kind(value("kind", WORD));
    String source = value("source", PRINTABLE);
    String needs = value("needs", PRINTABLE);
    if (!needs.isEmpty() && !VERSION.matcher(needs).matches()) {
      throw bad("needs: a version or nothing");
    }
    List<String> migrations = values("migration", MIGRATION);
    List<PackagedFile> files = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    while (at < lines.size()) {
      PackagedFile file = file();
      boolean twice =
          !seen.add(file.path()) || !file.bundle().map(b -> seen.add(b.name())).orElse(true);
      if (twice || files.size() >= ReleaseManifest.MAX_FILES) {
        throw bad(twice ? file.path() + " named once" : "fewer files");
      }
      files.add(file);
    }
    if (files.isEmpty()) {
      throw bad("at least one file");
    }
    return new ReleaseManifest(name, version, kind, source, needs, migrations, files);
  }

  private PackagedFile file() throws Untrusted {
    String path = value("file", PATH);
    String sha256 = value("sha256", DIGEST);
    long bytes = Long.parseLong(value("bytes", NUMBER));
    String word = value("class", WORD);
    UpgradeClass upgradeClass =
        UpgradeClass.byWord(word).orElseThrow(() -> bad("a known class, not " + word));
    Optional<PackagedFile.Bundle> bundle = Optional.empty();
    if (path.startsWith("bundles/")) {
      String[] parts = value("bundle", PRINTABLE).split(" ", -1);
      if (parts.length != 2
          || !WORD.matcher(parts[0]).matches()
          || !VERSION.matcher(parts[1]).matches()) {
        throw bad("bundle: NAME VERSION");
      }
      bundle = Optional.of(new PackagedFile.Bundle(parts[0], parts[1], values("import", NEED)));
    }
    return new PackagedFile(path, bytes, sha256, upgradeClass, bundle);
  }

  private Kind kind(String word) throws Untrusted {
    return Arrays.stream(Kind.values())
        .filter(kind -> kind.word().equals(word))
        .findFirst()
        .orElseThrow(() -> bad("a known kind, not " + word));
  }

  private List<String> values(String key, Pattern pattern) throws Untrusted {
    List<String> values = new ArrayList<>();
    while (at < lines.size() && lines.get(at).startsWith(key + ": ")) {
      values.add(value(key, pattern));
    }
    return values;
  }

  private String value(String key, Pattern pattern) throws Untrusted {
    String line = at < lines.size() ? lines.get(at) : "";
    if (!line.startsWith(key + ": ")) {
      throw bad(key + ": ...");
    }
    String value = line.substring(key.length() + 2);
    if (!pattern.matcher(value).matches()) {
      throw bad(key + ": a valid value");
    }
    at++;
    return value;
  }

  private Untrusted bad(String expected) {
    return new Untrusted("line " + (at + 1) + " of the manifest: expected " + expected);
  }
}
