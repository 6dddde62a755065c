package org.strowger.configfile;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.strowger.api.Change.ImportFile;
import org.strowger.api.ConfigurationFiles;
import org.strowger.api.Violation;

/** Reads and prints the operator's file. Has no state: any thread may call it. */
final class YamlFiles implements ConfigurationFiles {
  private final Migrating migrating;

  /** For files of this release's shape. */
  YamlFiles() {
    this(Migrating.NONE);
  }

  YamlFiles(Migrating migrating) {
    this.migrating = migrating;
  }

  @Override
  public ImportFile read(Path file) {
    return parse(file, SourceFile.load(file, Limits.FILE));
  }

  /** What the file said at the moment it was loaded. */
  ImportFile parse(Path file, SourceFile source) {
    return switch (source) {
      case SourceFile.Missing(Violation violation) -> problem(file, violation);
      case SourceFile.Unreadable(Violation violation) -> problem(file, violation);
      case SourceFile.Present(byte[] bytes, String digest) -> {
        YamlText.Reading read = YamlText.read(file.toString(), bytes, Limits.FILE);
        yield new ImportFile(
            file.toString(),
            digest,
            migrating.migrated(read.tree()),
            read.lines(),
            read.problems());
      }
    };
  }

  private static ImportFile problem(Path file, Violation violation) {
    return new ImportFile(file.toString(), "", Map.of(), Map.of(), List.of(violation));
  }

  @Override
  public String print(Map<String, Object> tree) {
    return TreePrinter.print(tree);
  }
}
