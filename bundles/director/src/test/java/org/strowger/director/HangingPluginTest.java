package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.strowger.api.AlarmType;
import org.strowger.api.Change;
import org.strowger.api.ChangeResult;
import org.strowger.api.ChangeSet;
import org.strowger.api.Check;
import org.strowger.api.CheckProvider;
import org.strowger.api.CheckResult;
import org.strowger.api.Choice;
import org.strowger.api.Flow;
import org.strowger.api.ForwardingTable;
import org.strowger.api.KeyPath;
import org.strowger.api.Origin;
import org.strowger.api.OriginKind;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerView;
import org.strowger.api.Scheduler;
import org.strowger.api.SchedulerKind;
import org.strowger.api.SchedulerProvider;
import org.strowger.api.Violation;

/** Somebody else's code that does not come back. */
@Timeout(120)
class HangingPluginTest {
  private final MemoryPlane plane = new MemoryPlane();
  private final DirectorService director = new DirectorService(InstantSource.system());

  @BeforeEach
  void start() {
    director.control().storeIs(new MemoryStore());
    director.control().forwarders().came(plane);
    director.start();
  }

  @AfterEach
  void stop() {
    director.stop();
  }

  @Test
  void aSchedulerThatWaitsForEverIsInterruptedAndNotAskedAgain() throws Exception {
    goesOnWithout(() -> new CountDownLatch(1).await());
  }

  @Test
  void aSchedulerThatComputesForEverEndsWhereItIsAskedWhetherItWasInterrupted() throws Exception {
    goesOnWithout(
        () -> {
          long turns = 0;
          while (!Thread.currentThread().isInterrupted()) { // what the launcher puts into a loop
            turns++;
          }
          throw new IllegalStateException("interrupted after " + turns);
        });
  }

  @Test
  void aSchedulerThatWasReplacedAndIsAskedOnceMoreIsInterruptedToo() throws Exception {
    Hanging hanging = new Hanging(() -> new CountDownLatch(1).await());
    director.shelf().offers().add(DirectorServiceTest.offer(hanging));
    importFile();
    ForwardingTable before = plane.table;
    director.shelf().offers().add(DirectorServiceTest.offer(new Hanging(() -> {})));
    director.wake();
    await(() -> !plane.table.equals(before));
    Thread.sleep(3 * CallWatch.INTERVAL.toMillis()); // looks that might forget it

    CompletableFuture<Choice> late = new CompletableFuture<>();
    Thread.ofPlatform().daemon().start(() -> late.complete(plane.choose(before)));

    assertInstanceOf(Choice.Chosen.class, late.get(60, TimeUnit.SECONDS));
    assertEquals(1, hanging.asked.get());
  }

  @Test
  void aSchedulerThatCannotBeMadeDoesNotHoldTheDirector() throws Exception {
    director
        .shelf()
        .offers()
        .add(
            DirectorServiceTest.offer(
                new Hanging(() -> {}) {
                  @Override
                  public Scheduler create(Map<String, Object> options) {
                    return wait(() -> new CountDownLatch(1).await(), super.create(options));
                  }
                }));
    assertInstanceOf(ChangeResult.Committed.class, importFile());
    await(() -> alarmed(AlarmType.SCHEDULER_FAULTY));
    assertInstanceOf(Choice.Chosen.class, plane.choose());
  }

  @Test
  void aSchedulerWhoseCheckOfOptionsHangsIsRefusedByNameAndTheDirectorGoesOn() throws Exception {
    AtomicInteger checks = new AtomicInteger();
    director.shelf().offers().add(DirectorServiceTest.offer(checking(checks)));
    ChangeResult refused = importFile();
    assertInstanceOf(ChangeResult.Rejected.class, refused);
    assertTrue(
        refused.text().contains("virtualServices.web.scheduler: 'wlc'")
            && refused.text().contains("the scheduler wlc did not come back within 2 s"),
        refused.text());
    assertInstanceOf(ChangeResult.Rejected.class, importFile());
    assertEquals(1, checks.get(), "it is not asked again");
    await(() -> alarmed(AlarmType.BUNDLE_FAILED));

    director.shelf().offers().add(DirectorServiceTest.offer(new Hanging(() -> {})));
    director.wake();
    assertInstanceOf(ChangeResult.Committed.class, importFile());
    await(() -> !alarmed(AlarmType.BUNDLE_FAILED));
  }

  @Test
  void whatRunsMayBeChangedWhileTheCheckOfItsOptionsHangs() throws Exception {
    director.shelf().offers().add(DirectorServiceTest.offer(new Hanging(() -> {})));
    assertInstanceOf(ChangeResult.Committed.class, importFile());
    director.shelf().offers().add(DirectorServiceTest.offer(checking(new AtomicInteger())));
    assertInstanceOf(ChangeResult.Committed.class, weight(9));
    await(() -> alarmed(AlarmType.BUNDLE_FAILED));
    ChangeResult refused = apply(options(Map.of("new", 1L)));
    assertTrue(refused.text().contains("the scheduler wlc did not come back"), refused.text());
  }

  @Test
  void aCheckWhoseOptionsHangOrThrowIsRefusedByName() throws Exception {
    director.shelf().offers().add(DirectorServiceTest.offer(new Hanging(() -> {})));
    assertInstanceOf(ChangeResult.Committed.class, importFile());
    director
        .control()
        .health()
        .types()
        .offers()
        .add(DirectorServiceTest.offer(new Type(() -> new CountDownLatch(1).await())));
    Change probe = new Change.Put(KeyPath.of("checks", "alive"), Map.of("type", "test"));
    ChangeResult hung = apply(probe);
    assertInstanceOf(ChangeResult.Rejected.class, hung);
    assertTrue(hung.text().contains("the type of health check test did not come"), hung.text());
    await(() -> alarmed(AlarmType.BUNDLE_FAILED));
    director
        .control()
        .health()
        .types()
        .offers()
        .add(
            DirectorServiceTest.offer(
                new Type(
                    () -> {
                      throw new IllegalStateException("broken on purpose");
                    })));
    ChangeResult threw = apply(probe);
    assertInstanceOf(ChangeResult.Rejected.class, threw);
    assertTrue(threw.text().contains("broken on purpose"), threw.text());
  }

  /** Its check of options does not come back. */
  private static Hanging checking(AtomicInteger checks) {
    return new Hanging(() -> {}) {
      @Override
      public List<Violation> check(Map<String, Object> options, KeyPath path) {
        checks.incrementAndGet();
        return wait(() -> new CountDownLatch(1).await(), List.of());
      }
    };
  }

  private static Change options(Map<String, Object> options) {
    return new Change.Put(KeyPath.virtualService("web", "schedulerOptions"), options);
  }

  /** A type of health check that does this when it is asked about options. */
  private record Type(Hanging.Wait done) implements CheckProvider {
    @Override
    public String name() {
      return "test";
    }

    @Override
    public List<Violation> check(Map<String, Object> options, KeyPath path) {
      return Hanging.wait(done, List.of());
    }

    @Override
    public Check create(Map<String, Object> options) {
      return target -> CheckResult.passed("alive");
    }
  }

  @Test
  void aSchedulerThatLeavesAnInterruptBehindDoesNotStopTheDirector() throws Exception {
    director
        .shelf()
        .offers()
        .add(
            DirectorServiceTest.offer(
                new Hanging(() -> {}) {
                  @Override
                  public List<Violation> check(Map<String, Object> options, KeyPath path) {
                    Thread.currentThread().interrupt();
                    return super.check(options, path);
                  }

                  @Override
                  public Scheduler create(Map<String, Object> options) {
                    Thread.currentThread().interrupt();
                    return super.create(options);
                  }
                }));
    assertInstanceOf(ChangeResult.Committed.class, importFile());
    assertInstanceOf(ChangeResult.Committed.class, weight(9));
    assertInstanceOf(Choice.Chosen.class, plane.choose());
  }

  private void goesOnWithout(Hanging.Wait forEver) throws Exception {
    Hanging hanging = new Hanging(forEver);
    director.shelf().offers().add(DirectorServiceTest.offer(hanging));
    importFile();
    AtomicBoolean leftInterrupted = new AtomicBoolean();
    CompletableFuture<Choice> first = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(
            () -> {
              first.complete(plane.choose());
              leftInterrupted.set(Thread.currentThread().isInterrupted());
            });
    assertInstanceOf(Choice.Chosen.class, first.get(60, TimeUnit.SECONDS));
    await(() -> alarmed(AlarmType.SCHEDULER_FAULTY));
    assertFalse(leftInterrupted.get(), "what comes next on this thread is not interrupted");
    for (int i = 0; i < 10; i++) {
      assertInstanceOf(Choice.Chosen.class, plane.choose());
    }
    assertEquals(1, hanging.asked.get(), "and it is not asked again");
  }

  @Test
  void aListenerThatDoesNotComeBackKeepsNobodyWaitingAndIsAlarmed() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch inside = new CountDownLatch(1);
    AtomicInteger told = new AtomicInteger();
    director.subscribe(
        event -> {
          inside.countDown();
          try {
            held.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    director.subscribe(event -> told.incrementAndGet());
    importFile();
    assertTrue(inside.await(20, TimeUnit.SECONDS));
    int before = told.get();
    assertInstanceOf(ChangeResult.Committed.class, weight(9));
    await(() -> told.get() > before);
    long later = System.nanoTime() + TimeUnit.SECONDS.toNanos(31);
    assertEquals(
        List.of("org.strowger.director"),
        director.stuck(later).stream().map(failure -> failure.bundle()).toList());
    held.countDown();
    await(() -> director.stuck(later).isEmpty());
  }

  @Test
  void aListenerThatIsTooSlowLosesTheOldestAndNobodyElse() throws Exception {
    CallWatch watch = new CallWatch();
    CountDownLatch held = new CountDownLatch(1);
    List<Long> heard = new java.util.concurrent.CopyOnWriteArrayList<>();
    Subscriber slow =
        new Subscriber(
            event -> {
              heard.add(((org.strowger.api.DirectorEvent.StateChanged) event).version());
              try {
                held.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            watch,
            () -> {});
    long most = Subscriber.MOST_WAITING + 100;
    slow.tell(new org.strowger.api.DirectorEvent.StateChanged(0));
    await(() -> !heard.isEmpty());
    for (long i = 1; i <= most; i++) {
      slow.tell(new org.strowger.api.DirectorEvent.StateChanged(i));
    }
    held.countDown();
    await(() -> heard.contains(most));
    assertEquals(100, slow.dropped());
    assertEquals(101, heard.get(1), "the oldest that is left");
    slow.close();
  }

  private boolean alarmed(AlarmType type) {
    return director.snapshot().activeAlarms().stream().anyMatch(a -> a.type().equals(type));
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited 60 s in vain");
      Thread.sleep(5);
    }
  }

  private ChangeResult importFile() throws Exception {
    return apply(
        new Change.ImportFile(
            "director.yaml", "1", DirectorServiceTest.file(1, 1), Map.of(), List.of()));
  }

  private ChangeResult weight(long weight) throws Exception {
    return apply(
        new Change.Put(KeyPath.realServer(new RealServerId("web", "a"), "weight"), weight));
  }

  private ChangeResult apply(Change change) throws Exception {
    return director
        .apply(ChangeSet.of(new Origin(OriginKind.FILE, "root", "test"), change))
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  /** Offers a scheduler that does this whenever it is asked. */
  private static class Hanging implements SchedulerProvider {
    interface Wait {
      void forEver() throws InterruptedException;
    }

    final AtomicInteger asked = new AtomicInteger();
    private final Wait wait;

    Hanging(Wait wait) {
      this.wait = wait;
    }

    static <T> T wait(Wait wait, T result) {
      try {
        wait.forEver();
        return result;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    @Override
    public String name() {
      return "wlc";
    }

    @Override
    public SchedulerKind kind() {
      return SchedulerKind.COUNTING;
    }

    @Override
    public List<Violation> check(Map<String, Object> options, KeyPath path) {
      return List.of();
    }

    @Override
    public Scheduler create(Map<String, Object> options) {
      return new Scheduler() {
        @Override
        public void changed(RealServerView reals) {}

        @Override
        public int pick(Flow flow, RealServerView reals, RandomGenerator random) {
          asked.incrementAndGet();
          return Hanging.wait(wait, 0);
        }

        @Override
        public Scheduler copy() {
          return this;
        }
      };
    }
  }
}
