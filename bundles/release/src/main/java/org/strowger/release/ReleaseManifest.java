package org.strowger.release;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * What a package says of itself: the signed text. The same content gives the same text.
 *
 * @param name of the package; two of one name follow each other by version
 * @param source what it was built from, as the version control names it
 * @param needs least version of {@code org.strowger.api} that must run; empty: any
 * @param migrations of the configuration, in order; see {@link ManifestText}
 */
public record ReleaseManifest(
    String name,
    String version,
    Kind kind,
    String source,
    String needs,
    List<String> migrations,
    List<PackagedFile> files) {
  /** Files of one package. */
  public static final int MAX_FILES = 500;

  /** Bytes of the text. */
  public static final int MAX_BYTES = 1 << 20;

  /** What a package is for. */
  public enum Kind {
    /** All bundles of a build. */
    RELEASE("release"),
    /** Some of them. */
    HOTFIX("hotfix"),
    /** Bundles of others. */
    PLUGIN("plugin"),
    /** A system image, with or without bundles. */
    IMAGE("image");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  public ReleaseManifest {
    migrations = List.copyOf(migrations);
    files = List.copyOf(files);
  }

  /** Reads the text strictly: what is not understood is refused. */
  public static ReleaseManifest parse(byte[] text) throws Untrusted {
    return new ManifestText(new String(text, StandardCharsets.UTF_8)).parse();
  }

  /** The text. */
  public byte[] text() {
    return ManifestText.of(this).getBytes(StandardCharsets.UTF_8);
  }

  /** The worst of its files' classes: what the whole asks of the box. */
  public UpgradeClass upgradeClass() {
    return files.stream()
        .map(PackagedFile::upgradeClass)
        .max(Enum::compareTo)
        .orElse(UpgradeClass.PLUGIN);
  }

  /** The file with this digest, or empty. */
  public Optional<PackagedFile> withDigest(String sha256) {
    return files.stream().filter(file -> file.sha256().equals(sha256)).findFirst();
  }

  /** Bytes of all files. */
  public long bytes() {
    return files.stream().mapToLong(PackagedFile::bytes).sum();
  }
}
