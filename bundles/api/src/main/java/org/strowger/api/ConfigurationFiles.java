package org.strowger.api;

import java.nio.file.Path;
import java.util.Map;

/** Reads and prints configurations as YAML 1.2; an OSGi service. */
public interface ConfigurationFiles {
  /**
   * Reads a file as far as it can be read; never throws for what stands in it or for a file that
   * cannot be opened: that is in {@link Change.ImportFile#problems}.
   */
  Change.ImportFile read(Path file);

  /** The tree as YAML that {@link #read} reads back equal. */
  String print(Map<String, Object> tree);
}
