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
 * @param pending present while a revision waits for its confirmation
 */
public record Revision(
    long number,
    Instant time,
    Origin origin,
    String comment,
    Map<String, Object> tree,
    Optional<ImportedFile> lastImport,
    Optional<Pending> pending) {

  /** One that waits for no confirmation. */
  public Revision(
      long number,
      Instant time,
      Origin origin,
      String comment,
      Map<String, Object> tree,
      Optional<ImportedFile> lastImport) {
    this(number, time, origin, comment, tree, lastImport, Optional.empty());
  }

  /**
   * A commit that is taken back unless it is confirmed in time.
   *
   * @param revision that waits
   * @param base that is gone back to
   * @param until when its time is over
   * @param user who may have locked himself out
   */
  public record Pending(long revision, long base, Instant until, String user) {}

  /** The operator's file at its last import: digest and content. */
  public record ImportedFile(String digest, Map<String, Object> tree) {}

  public RevisionSummary summary() {
    return new RevisionSummary(number, time, origin, comment);
  }
}
