package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.strowger.api.AlarmType;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.ForwardingTable;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.Revision;
import org.strowger.api.RevisionStore;
import org.strowger.api.RevisionSummary;

/** The director's bundle is replaced, and its successor cannot read what was wanted. */
@Timeout(60)
class LostRevisionTest {
  private static final Origin FILE = new Origin(OriginKind.FILE, "root", "test");

  private final MemoryPlane plane = new MemoryPlane();
  private final ForwardingTable before = plane.table;
  private final DirectorService director = new DirectorService(InstantSource.system());

  /** A disk with this on it. */
  private record Disk(Optional<Revision> newest, List<String> damaged) implements RevisionStore {
    @Override
    public Loaded load() {
      return new Loaded(newest, damaged);
    }

    @Override
    public void save(Revision revision) {}

    @Override
    public List<RevisionSummary> list() {
      return List.of();
    }

    @Override
    public Optional<Revision> read(long number) {
      return Optional.empty();
    }
  }

  @AfterEach
  void stop() {
    director.stop();
  }

  @Test
  void whatForwardsIsLeftAloneWhenNoRevisionCanBeRead() throws Exception {
    startWith(new Disk(Optional.empty(), List.of("The revisions cannot be read: I/O error")));
    awaitAlarm(AlarmType.REVISION_DAMAGED);
    assertEquals(before, plane.table, "an empty table would end the service");
    commit();
    assertEquals(List.of("web"), plane.services(), "what is committed from now on is wanted");
  }

  @Test
  void whatForwardsIsLeftAloneWhenTheRevisionHasKeysOfAnotherVersion() throws Exception {
    startWith(
        new Disk(
            Optional.of(
                new Revision(
                    7,
                    Instant.EPOCH,
                    FILE,
                    "",
                    Map.of("keyOfAnotherVersion", Map.of()),
                    Optional.empty())),
            List.of()));
    awaitAlarm(AlarmType.APPLY_FAILED);
    apply(new Change.Acknowledge(director.snapshot().activeAlarms().getFirst().index()));
    director.wake();
    assertEquals(0, director.snapshot().revision(), "to nobody it is a configuration");
    assertEquals(before, plane.table, "an empty table would end the service");
    assertTrue(director.startupReport().startsWith("failed: revision 7"), director.startupReport());
    commit();
    assertEquals(8, director.snapshot().revision(), "the numbers go on");
    assertEquals(List.of("web"), plane.services());
  }

  @Test
  void anEmptyDiskIsNoLoss() throws Exception {
    startWith(new Disk(Optional.empty(), List.of()));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (plane.table.equals(before)) {
      assertTrue(System.nanoTime() < deadline, "the plane was not told that nothing is wanted");
      Thread.sleep(5);
    }
  }

  private void startWith(Disk disk) {
    director.control().storeIs(disk);
    director.control().forwarders().came(plane);
    director.start();
  }

  private void commit() throws Exception {
    apply(
        new Change.ImportFile(
            "director.yaml", "1", DirectorServiceTest.file(1, 1), Map.of(), List.of()));
  }

  private void apply(Change change) throws Exception {
    assertInstanceOf(
        ChangeResult.Committed.class,
        director.apply(ChangeSet.of(FILE, change)).toCompletableFuture().get(30, TimeUnit.SECONDS));
  }

  private void awaitAlarm(AlarmType type) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (director.snapshot().activeAlarms().stream().noneMatch(a -> a.type().equals(type))) {
      assertTrue(System.nanoTime() < deadline, "waited 30 s in vain for " + type);
      Thread.sleep(5);
    }
  }
}
