package org.strowger.director;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.strowger.api.Revision;
import org.strowger.api.RevisionStore;
import org.strowger.api.RevisionSummary;

/** Revisions in memory; a full one refuses. */
final class MemoryStore implements RevisionStore {
  final List<Revision> revisions = new ArrayList<>();
  volatile boolean full;
  final AtomicInteger refused = new AtomicInteger();

  @Override
  public synchronized Loaded load() {
    return new Loaded(newest(), List.of());
  }

  @Override
  public synchronized void save(Revision revision) throws IOException {
    if (full) {
      refused.incrementAndGet();
      throw new IOException("No space left on device");
    }
    revisions.add(revision);
  }

  synchronized Optional<Revision> newest() {
    return revisions.isEmpty() ? Optional.empty() : Optional.of(revisions.getLast());
  }

  @Override
  public synchronized List<RevisionSummary> list() {
    return revisions.reversed().stream().map(Revision::summary).toList();
  }

  @Override
  public synchronized Optional<Revision> read(long number) {
    return revisions.stream().filter(r -> r.number() == number).findFirst();
  }
}
