package org.strowger.api;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the committed revisions. Called by the director on its own thread.
 *
 * <p>What {@link #save} accepted survives a crash at any later moment, whole; a crash during it
 * leaves the older revisions untouched.
 */
public interface RevisionStore {
  /**
   * The newest whole revision, and what had to be passed over to find it.
   *
   * @param damaged one sentence for each newer revision that failed its checksum
   */
  record Loaded(Optional<Revision> revision, List<String> damaged) {
    public Loaded {
      damaged = List.copyOf(damaged);
    }
  }

  Loaded load();

  /**
   * Saves durably: when this returns, the revision is on the disk.
   *
   * @throws IOException if it could not be saved; the older revisions are whole
   */
  void save(Revision revision) throws IOException;

  /** The kept revisions, newest first; damaged ones are left out. */
  List<RevisionSummary> list();

  Optional<Revision> read(long number);
}
