package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.strowger.api.AlarmType;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.DirectorEvent;
import org.strowger.api.KeyPath;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.RealServerId;
import org.strowger.api.Revision;

/** Commits that are taken back by themselves unless they are confirmed. */
class ConfirmTest {
  private static final Origin SHELL = new Origin(OriginKind.SHELL, "anna", "test");
  private static final RealServerId A = new RealServerId("web", "a");
  private static final RealServerId B = new RealServerId("web", "b");

  private final MemoryStore store = new MemoryStore();
  private final List<DirectorEvent> events = new CopyOnWriteArrayList<>();
  private DirectorService director;

  @BeforeEach
  void startDirector() throws Exception {
    start();
    apply(new Change.ImportFile("f", "1", DirectorServiceTest.file(1, 1), Map.of(), List.of()));
  }

  private void start() {
    director = new DirectorService(InstantSource.system());
    director.control().storeIs(store);
    director.subscribe(events::add);
    director.start();
  }

  @AfterEach
  void stopDirector() {
    director.stop();
  }

  private ChangeResult apply(Change... changes) throws Exception {
    return answer(ChangeSet.of(SHELL, changes));
  }

  private ChangeResult answer(ChangeSet set) throws Exception {
    return director.apply(set).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private ChangeResult weightToConfirm(RealServerId id, long weight, Duration time)
      throws Exception {
    return answer(
        new ChangeSet(
            SHELL, OptionalLong.empty(), List.of(weight(id, weight)), "try", Optional.of(time)));
  }

  private static Change weight(RealServerId id, long weight) {
    return new Change.Put(KeyPath.realServer(id, "weight"), weight);
  }

  private int weight(RealServerId id) {
    return director.snapshot().configuration().realServer(id).map(r -> r.weight()).orElse(-1);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited 30 s in vain");
      Thread.sleep(5);
    }
  }

  private boolean pendingIsAlarmed() {
    return director.snapshot().activeAlarms().stream()
        .anyMatch(alarm -> alarm.type() == AlarmType.CONFIRM_PENDING);
  }

  @Test
  void whatNobodyConfirmsGoesBackByItself() throws Exception {
    weightToConfirm(A, 9, Duration.ofSeconds(1));
    assertEquals(9, weight(A));
    await(() -> weight(A) == 1);
    await(() -> director.snapshot().pending().isEmpty());
    await(() -> events.stream().anyMatch(e -> e instanceof DirectorEvent.RevisionTakenBack));
    await(() -> !pendingIsAlarmed());
    assertEquals(3, director.snapshot().revision());
    assertEquals(
        "revision 2 was not confirmed in time",
        director.snapshot().lastRevision().orElseThrow().comment());
  }

  @Test
  void whatIsConfirmedStays() throws Exception {
    weightToConfirm(A, 9, Duration.ofHours(1));
    await(this::pendingIsAlarmed);
    assertEquals(2, director.snapshot().pending().orElseThrow().revision());
    assertInstanceOf(ChangeResult.Rejected.class, apply(new Change.Confirm(7)));
    assertInstanceOf(ChangeResult.Committed.class, apply(new Change.Confirm(2)));
    assertEquals(9, weight(A));
    assertTrue(director.snapshot().pending().isEmpty());
    assertTrue(store.newest().orElseThrow().pending().isEmpty(), "durable before the answer");
    await(() -> !pendingIsAlarmed());
    assertInstanceOf(ChangeResult.Rejected.class, apply(new Change.Confirm(2)));
  }

  @Test
  void aRollbackByHandEndsTheWait() throws Exception {
    weightToConfirm(A, 9, Duration.ofHours(1));
    apply(new Change.Rollback(1));
    assertEquals(1, weight(A));
    assertTrue(director.snapshot().pending().isEmpty());
  }

  @Test
  void whatOthersChangedMeanwhileStays() throws Exception {
    weightToConfirm(A, 9, Duration.ofHours(1));
    apply(weight(B, 7));
    assertEquals(2, director.snapshot().pending().orElseThrow().revision());
    restartTooLate();
    await(() -> weight(A) == 1);
    assertEquals(7, weight(B));
  }

  @Test
  void whatContradictsItselfGoesBackWhole() throws Exception {
    weightToConfirm(A, 9, Duration.ofHours(1));
    apply(weight(A, 11), weight(B, 7));
    restartTooLate();
    await(() -> weight(A) == 1);
    assertEquals(1, weight(B));
  }

  @Test
  void twoCannotWaitAtOnceAndTheTimeHasARange() throws Exception {
    assertInstanceOf(ChangeResult.Rejected.class, weightToConfirm(A, 9, Duration.ZERO));
    assertInstanceOf(ChangeResult.Rejected.class, weightToConfirm(A, 9, Duration.ofDays(2)));
    weightToConfirm(A, 9, Duration.ofHours(1));
    assertInstanceOf(ChangeResult.Conflict.class, weightToConfirm(B, 9, Duration.ofHours(1)));
  }

  @Test
  void theWaitOutlivesTheDirector() throws Exception {
    weightToConfirm(A, 9, Duration.ofHours(1));
    director.stop();
    start();
    await(() -> director.snapshot().revision() == 2);
    await(() -> weight(A) == 9);
    assertEquals(2, director.snapshot().pending().orElseThrow().revision());
    apply(new Change.Confirm(2));
    assertTrue(director.snapshot().pending().isEmpty());
  }

  @Test
  void whoseTimeWasOverWhileNobodyRanGoesBackAtTheStart() throws Exception {
    director.stop();
    Revision first = store.newest().orElseThrow();
    store.save(
        new Revision(
            2,
            Instant.now(),
            SHELL,
            "",
            Trees.put(first.tree(), KeyPath.realServer(A, "weight"), 9L),
            first.lastImport(),
            Optional.of(new Revision.Pending(2, 1, Instant.now().minusSeconds(60), "anna"))));
    start();
    await(() -> director.snapshot().revision() == 3);
    assertEquals(1, weight(A));
    assertEquals("anna", director.snapshot().lastRevision().orElseThrow().origin().user());
  }

  /** The director ends, and comes back when the time to confirm is over. */
  private void restartTooLate() {
    director.stop();
    Revision last = store.revisions.getLast();
    Revision.Pending waits = last.pending().orElseThrow();
    store.revisions.set(
        store.revisions.size() - 1,
        new Revision(
            last.number(),
            last.time(),
            last.origin(),
            last.comment(),
            last.tree(),
            last.lastImport(),
            Optional.of(
                new Revision.Pending(
                    waits.revision(), waits.base(), Instant.now().minusSeconds(1), waits.user()))));
    start();
  }

  @Test
  void goingBackIsTriedAgainUntilTheDiskTakesIt() throws Exception {
    weightToConfirm(A, 9, Duration.ofHours(1));
    store.full = true;
    restartTooLate();
    await(() -> store.refused.get() > 0);
    await(() -> weight(A) == 9); // the disk decides
    store.full = false;
    await(() -> weight(A) == 1);
  }
}
