package org.strowger.configfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Change.ImportFile;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.Configuration;
import org.strowger.api.Director;
import org.strowger.api.KeyPath;
import org.strowger.api.Management;
import org.strowger.api.OriginKind;
import org.strowger.api.Revision;
import org.strowger.api.Snapshot;
import org.strowger.api.Violation;

class OperatorsFileTest {
  @TempDir Path folder;

  private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
  private Path file;
  private RevisionFolder revisions;
  private FakeDirector director;
  private OperatorsFile operatorsFile;
  private FolderWatch watch;

  /** Commits what it is asked to, unless told otherwise, and saves it as the real one does. */
  private static final class FakeDirector {
    final List<ChangeSet> asked = new CopyOnWriteArrayList<>();
    final RevisionFolder store;
    volatile Function<ImportFile, ChangeResult> answer = this::commit;
    volatile long revision;

    FakeDirector(RevisionFolder store) {
      this.store = store;
      this.revision = store.load().revision().map(Revision::number).orElse(0L);
    }

    private ChangeResult commit(ImportFile change) {
      if (!change.problems().isEmpty()) {
        return new ChangeResult.Rejected(change.problems());
      }
      long number = revision + 1;
      Revision next =
          new Revision(
              number,
              Instant.EPOCH,
              asked.getLast().origin(),
              "",
              change.tree(),
              Optional.of(new Revision.ImportedFile(change.digest(), change.tree())));
      try {
        store.save(next);
      } catch (IOException e) {
        return new ChangeResult.Busy(e.getMessage());
      }
      revision = number;
      return new ChangeResult.Committed(number, true);
    }

    private CompletionStage<ChangeResult> apply(ChangeSet changes) {
      asked.add(changes);
      ImportFile change = (ImportFile) changes.changes().getFirst();
      return CompletableFuture.supplyAsync(() -> answer.apply(change));
    }

    private Snapshot snapshot() {
      return new Snapshot(
          revision,
          0,
          Instant.EPOCH,
          Instant.EPOCH,
          new Configuration(
              "d",
              "",
              0,
              Optional.empty(),
              "",
              Map.of(),
              Map.of(),
              Map.of(),
              new Management(Optional.empty(), Optional.empty(), Optional.empty())),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          new java.util.TreeMap<>(),
          new java.util.TreeMap<>(),
          org.strowger.api.HealthState.NONE,
          new java.util.TreeMap<>(),
          Map.of(),
          new java.util.TreeMap<>(),
          new java.util.TreeMap<>(),
          org.strowger.api.DirectorRole.ACTIVE,
          org.strowger.api.FailoverState.ALONE,
          List.of(),
          org.strowger.api.Alarms.of(List.of(), 0, Instant.EPOCH),
          List.of(),
          Optional.empty());
    }

    /** Two methods are all that is used: any other call is an error. */
    Director service() {
      return (Director)
          Proxy.newProxyInstance(
              Director.class.getClassLoader(),
              new Class<?>[] {Director.class},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "apply" -> apply((ChangeSet) arguments[0]);
                    case "snapshot" -> snapshot();
                    case "equals" ->
                        System.identityHashCode(self) == System.identityHashCode(arguments[0]);
                    case "hashCode" -> System.identityHashCode(self);
                    case "toString" -> "fake director";
                    default -> throw new UnsupportedOperationException(method.getName());
                  });
    }
  }

  @BeforeEach
  void open() throws IOException {
    file = folder.resolve("etc").resolve("director.yaml");
    Files.createDirectories(file.getParent());
    revisions = new RevisionFolder(folder.resolve("revisions"));
    director = new FakeDirector(revisions);
    start(false);
  }

  private void start(boolean fallback) throws IOException {
    operatorsFile = new OperatorsFile(file, new YamlFiles(), revisions, fallback, executor);
    if (watch != null) {
      watch.close();
    }
    watch = new FolderWatch(file, operatorsFile::changed);
  }

  @AfterEach
  void close() throws Exception {
    watch.close();
    executor.shutdownNow();
    assertTrue(executor.awaitTermination(10, TimeUnit.SECONDS));
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "in vain: " + what);
      Thread.sleep(10);
    }
  }

  private void awaitReport(String text) throws InterruptedException {
    await(text, () -> operatorsFile.report().contains(text));
  }

  /** As editors do: a new file takes the name. */
  private void edit(String text) throws IOException {
    Path temporary = Files.writeString(file.resolveSibling(".director.yaml.swp"), text);
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Long enough that what must not happen would have. */
  private void looksSeveralTimes() throws Exception {
    for (int i = 0; i < 3; i++) {
      operatorsFile.changed();
      Thread.sleep(OperatorsFile.SETTLE_MILLIS + 50);
    }
    executor.submit(() -> {}).get();
  }

  @Test
  void theFileIsImportedAtTheStartInTheNameOfItsOwner() throws Exception {
    edit("a: 1\n");
    assertEquals("", operatorsFile.report());
    operatorsFile.use(director.service());

    awaitReport("imported: committed as revision 1");
    ChangeSet asked = director.asked.getFirst();
    assertEquals(OriginKind.FILE, asked.origin().kind());
    assertEquals(Files.getOwner(file).getName(), asked.origin().user());
    assertEquals(file.toString(), asked.origin().source());
    assertEquals(Map.of("a", 1L), ((ImportFile) asked.changes().getFirst()).tree());
  }

  @Test
  void aFileThatIsAsItWasImportedIsNotSentAgain() throws Exception {
    edit("a: 1\n");
    operatorsFile.use(director.service());
    awaitReport("committed as revision 1");

    start(false);
    operatorsFile.use(new FakeDirector(revisions).service());

    awaitReport("as it was imported");
    looksSeveralTimes();
    assertEquals(1, director.asked.size());
  }

  @Test
  void editsByRenameAndInPlaceAreImportedOnceEach() throws Exception {
    edit("a: 1\n");
    operatorsFile.use(director.service());
    awaitReport("revision 1");

    edit("a: 2\n");
    await("the second import", () -> director.revision == 2);
    Files.writeString(file, "a: 3\n");
    await("the third import", () -> director.revision == 3);

    looksSeveralTimes();
    assertEquals(3, director.asked.size());
    assertEquals(Map.of("a", 3L), revisions.load().revision().orElseThrow().tree());
  }

  @Test
  void aFileThatIsWrittenInStepsIsImportedWhenItIsComplete() throws Exception {
    edit("a: 1\n");
    operatorsFile.use(director.service());
    awaitReport("revision 1");

    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      text.append("b").append(i).append(": ").append(i).append('\n');
      Files.writeString(file, text);
      Thread.sleep(10);
    }
    await("the second import", () -> director.revision == 2);

    Map<String, Object> tree = revisions.load().revision().orElseThrow().tree();
    assertEquals(20, tree.size(), "half a file was imported");
  }

  @Test
  void aRejectedFileIsToldOnceAndAskedAgainOnlyWhenItOrTheDirectorChanges() throws Exception {
    edit("a: 1\nb: [\n");
    operatorsFile.use(director.service());
    awaitReport("failed: " + file + ":");
    looksSeveralTimes();
    assertEquals(1, director.asked.size());

    operatorsFile.use(null);
    operatorsFile.use(director.service());
    await("the new director is asked", () -> director.asked.size() == 2);

    edit("a: 1\n");
    awaitReport("imported");
    assertEquals(3, director.asked.size());
  }

  @Test
  void allViolationsAreInTheReportEachOnItsLine() throws Exception {
    director.answer =
        change ->
            new ChangeResult.Rejected(
                List.of(
                    Violation.of(KeyPath.of("a"), 1, "a name"),
                    Violation.of(KeyPath.of("b"), 2, "a port")));
    edit("a: 1\nb: 2\n");
    operatorsFile.use(director.service());

    awaitReport("failed: a: '1': expected a name\nb: '2': expected a port");
  }

  @Test
  void aStartThatWentWellIsNotTakenBackByABadEdit() throws Exception {
    edit("a: 1\n");
    operatorsFile.use(director.service());
    awaitReport("revision 1");
    edit("a: [");
    await("the bad edit was asked", () -> director.asked.size() == 2);

    looksSeveralTimes();
    assertTrue(operatorsFile.report().startsWith("the configuration file is imported"));
    assertEquals(1, director.revision);
  }

  @Test
  void withFallbackAWrongFileDoesNotKeepTheSavedRevisionDown() throws Exception {
    edit("a: 1\n");
    operatorsFile.use(director.service());
    awaitReport("revision 1");
    start(true);
    edit("a: [\n");
    operatorsFile.use(new FakeDirector(revisions).service());

    awaitReport("revision 1 runs; the configuration file is wrong: " + file + ":");
  }

  @Test
  void aBusyDirectorIsAskedAgain() throws Exception {
    Function<ImportFile, ChangeResult> commit = director.answer;
    director.answer = change -> new ChangeResult.Busy("queue full");
    edit("a: 1\n");
    operatorsFile.use(director.service());
    await("asked again", () -> director.asked.size() > 2);
    assertEquals("", operatorsFile.report());

    director.answer = commit;
    awaitReport("revision 1");
  }

  @Test
  void aDirectorThatThrowsIsAskedAgainAtTheNextLook() throws Exception {
    Director broken =
        (Director)
            Proxy.newProxyInstance(
                Director.class.getClassLoader(),
                new Class<?>[] {Director.class},
                (self, method, arguments) -> {
                  throw new IllegalStateException("in the middle of its update");
                });
    edit("a: 1\n");
    operatorsFile.use(broken);
    operatorsFile.use(director.service());

    awaitReport("revision 1");
  }

  @Test
  void anAnswerOfADirectorThatIsGoneCountsForNothing() throws Exception {
    CompletableFuture<Void> released = new CompletableFuture<>();
    director.answer =
        change -> {
          released.join();
          return new ChangeResult.Rejected(List.of());
        };
    edit("a: 1\n");
    operatorsFile.use(director.service());
    await("the old director is asked", () -> director.asked.size() == 1);
    FakeDirector second = new FakeDirector(revisions);
    operatorsFile.use(second.service());
    awaitReport("revision 1");
    released.complete(null);

    looksSeveralTimes();
    assertTrue(operatorsFile.report().contains("revision 1"), operatorsFile.report());
    assertEquals(1, second.asked.size());
  }

  @Test
  void aDirectorThatStillRestoresIsWaitedFor() throws Exception {
    edit("a: 1\n");
    operatorsFile.use(director.service());
    awaitReport("revision 1");
    start(false);
    FakeDirector starting = new FakeDirector(revisions);
    starting.revision = 0;
    operatorsFile.use(starting.service());
    looksSeveralTimes();
    assertEquals("", operatorsFile.report());
    assertEquals(0, starting.asked.size());

    starting.revision = 1;

    awaitReport("as it was imported");
    assertEquals(0, starting.asked.size());
  }

  @Test
  void withoutAFileAndWithoutARevisionTheStartFails() throws Exception {
    operatorsFile.use(director.service());
    awaitReport("failed: " + file + ": expected a configuration file; there is none");
    assertEquals(0, director.asked.size());

    edit("a: 1\n");
    awaitReport("revision 1");
  }

  @Test
  void withoutAFileTheSavedRevisionRuns() throws Exception {
    edit("a: 1\n");
    operatorsFile.use(director.service());
    awaitReport("revision 1");
    Files.delete(file);
    start(false);
    operatorsFile.use(new FakeDirector(revisions).service());

    awaitReport("no configuration file; revision 1 runs");
  }

  @Test
  void aConflictLeavesWhatRunsAndIsNoFailedStart() throws Exception {
    director.answer = change -> new ChangeResult.Conflict(4, List.of("a: changed by snmp"));
    edit("a: 1\n");
    operatorsFile.use(director.service());

    awaitReport("not imported: conflict with revision 4: a: changed by snmp");
    looksSeveralTimes();
    assertEquals(1, director.asked.size());
  }
}
