package org.strowger.api;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A committed configuration.
 *
 * @param number grows by one with each commit
 * @param tree the wanted configuration as written
 * @param lastImport the operator's file as it was when it was last imported
 */
public record Revision(
    long number,
    Instant time,
    Origin origin,
    String comment,
    Map<String, Object> tree,
    Optional<ImportedFile> lastImport) {

  /** The operator's file at its last import: digest and content. */
  public record ImportedFile(String digest, Map<String, Object> tree) {}

  public RevisionSummary summary() {
    return new RevisionSummary(number, time, origin, comment);
  }
}
