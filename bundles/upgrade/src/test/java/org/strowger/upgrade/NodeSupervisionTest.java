package org.strowger.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.strowger.api.KernelClock;
import org.strowger.api.TimeSync;

/** What is done to the process and the machine: in a real framework, by a clock of the test. */
class NodeSupervisionTest {
  private static final String NAME = "org.strowger.sample";
  private static final Instant START = Instant.parse("2026-11-23T03:00:00Z");
  private static final Limits LIMITS = new Limits(100, 30, 90, 90);
  private static final Budgets AT_ONCE =
      new Budgets(
          2,
          2,
          Duration.ofMinutes(10),
          2,
          Duration.ofHours(1),
          1,
          Duration.ZERO,
          Duration.ofSeconds(20));
  private static final long FULL = Runtime.getRuntime().maxMemory() / 100 * 95;

  @TempDir Path folder;

  private TestFramework felix;
  private final AtomicLong live = new AtomicLong();
  private final AtomicLong nanos = new AtomicLong();
  private Runnable collection = () -> {};
  private Path written = Path.of("/nowhere");

  /** What the launcher was asked for. */
  private final List<Map<String, String>> asked = new CopyOnWriteArrayList<>();

  private DeadThreads deadThreads;
  private Standing standing;

  @BeforeEach
  void open() throws Exception {
    // Its own supervision is to keep out of this.
    felix = new TestFramework(folder, false, Map.of("strowger.supervision.holdSeconds", "600"));
    written = folder.resolve("supervision");
    deadThreads = new DeadThreads(felix.context());
    standing = new Standing(new Ledger(folder.resolve("ledger")));
    standing.read();
    Function<Map<String, String>, Map<String, String>> launcher =
        request -> {
          asked.add(request);
          return Map.of();
        };
    felix
        .context()
        .registerService(
            Function.class,
            launcher,
            FrameworkUtil.asDictionary(Map.of(HandsOf.PROCESS, "restart reboot")));
  }

  @AfterEach
  void close() throws Exception {
    felix.close();
  }

  private Symptoms symptoms() {
    ProcessFaults process =
        new ProcessFaults(LIMITS, live::get, () -> collection.run(), info -> Optional.empty());
    return new Symptoms(
        felix.context(),
        new Exchange(felix.context()),
        deadThreads,
        process,
        new HandsOf(felix.context()));
  }

  private Cures cures() {
    return new Cures(
        new Exchange(felix.context()),
        new HandsOf(felix.context()),
        new HeapSuspect(felix.context(), each -> false),
        folder);
  }

  private Supervision supervision() throws Exception {
    return new Supervision(
        symptoms(),
        cures(),
        AT_ONCE,
        new NodeActs(written, this::now),
        standing,
        new Steady(now(), Duration.ZERO, nanos::get));
  }

  private Instant now() {
    return START.plusNanos(nanos.get());
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void memoryThatACollectionGivesBackIsNoReasonToDoAnything() throws Exception {
    live.set(FULL);
    collection = () -> live.set(FULL / 10);
    Supervision supervision = supervision();
    supervision.look();
    assertEquals(FULL / 10, live.get(), "it was collected");
    assertEquals(List.of(), asked);
    assertEquals(Map.of(), supervision.status());
  }

  @Test
  void memoryThatStaysInUseEndsTheProcessOnceAndThenItIsWaited() throws Exception {
    live.set(FULL);
    Supervision supervision = supervision();
    supervision.look();
    assertEquals(1, asked.size());
    assertEquals("restart", asked.getFirst().get(Hands.WORD));
    pass(Duration.ofSeconds(19));
    supervision.look();
    assertEquals(1, asked.size(), "it may help yet");
    assertTrue(
        supervision
            .status()
            .get(Supervision.KEY + Fault.PROCESS)
            .startsWith("process restarted 1x"),
        supervision.status().toString());

    Supervision next = supervision(); // of the next process
    next.look();
    assertEquals(List.of("restart"), words(), "a moment after the other one");
    pass(Duration.ofSeconds(60));
    next.look();
    assertEquals(List.of("restart", "restart"), words());
    pass(Duration.ofSeconds(60));
    next.look();
    assertEquals(List.of("restart", "restart", "reboot"), words());
  }

  private List<String> words() {
    return asked.stream().map(each -> each.get(Hands.WORD)).toList();
  }

  @Test
  void whatCannotBeWrittenDownAYoungProcessDoesNot() throws Exception {
    live.set(FULL);
    Files.writeString(folder.resolve("file"), "in the way of a folder");
    written = folder.resolve("file").resolve("supervision");
    Supervision supervision = supervision();
    supervision.look();
    pass(Duration.ofMinutes(5));
    supervision.look();
    assertEquals(List.of(), asked, "the next one would do it again, and the next");

    pass(AT_ONCE.processWindow());
    supervision.look();
    assertEquals(List.of("restart"), words(), "it has run for as long as one restart counts");
  }

  @Test
  void aLookThatFailsHoweverDoesNotEndTheLooking() throws Exception {
    live.set(FULL);
    collection =
        () -> {
          throw new NoClassDefFoundError("of a bundle that is broken");
        };
    Supervision supervision = supervision();
    supervision.look();
    collection = () -> {};
    pass(Duration.ofSeconds(60));
    supervision.look();
    assertEquals(List.of("restart"), words());
  }

  @Test
  void theMachineIsNotRestartedAgainByAClockThatFollowsNoTime() throws Exception {
    Fault fault = new Fault(Fault.PROCESS, Fault.Kind.MEMORY, "it is full");
    Cures cures = cures();
    assertTrue(cures.offered(Optional.empty(), fault, false).contains(Rung.REBOOT), "the first");
    assertFalse(cures.offered(Optional.empty(), fault, true).contains(Rung.REBOOT));
    TimeSync[] said = {TimeSync.of(true, 0, 16_000_000)};
    felix.context().registerService(KernelClock.class, () -> said[0], null);
    assertFalse(cures.offered(Optional.empty(), fault, true).contains(Rung.REBOOT));
    said[0] = TimeSync.of(false, 10, 1_000);
    TestFramework.await(
        "the clock is seen",
        () -> cures.offered(Optional.empty(), fault, true).contains(Rung.REBOOT));
  }

  @Test
  void withoutADirectorThatSaysSoNothingIsHandedOver() {
    Fault fault = new Fault(Fault.PROCESS, Fault.Kind.MEMORY, "it is full");
    assertFalse(cures().offered(Optional.empty(), fault, false).contains(Rung.PEER));
  }

  @Test
  void whoDiedOnATrialIsNotChargedToWhatRunsAfterIt() throws Exception {
    Bundle bundle = felix.install(new TestBundle(NAME, "1.0.0").starts("").write(jar("plugIn")));
    bundle.start();
    Throwable died = new IllegalStateException("ouch");
    died.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("orgstrowgersample.Start", "start", "Start.java", 1)
        });
    Supervision supervision = supervision();
    standing.force("trial");
    deadThreads.accept(Thread.currentThread(), died);
    supervision.look();
    standing.force("rolledBack");
    supervision.look();
    assertEquals(Map.of(), supervision.status());

    deadThreads.accept(Thread.currentThread(), died);
    supervision.look();
    String told = supervision.status().getOrDefault(Supervision.KEY + NAME, "");
    assertTrue(told.startsWith("bundle restarted 1x: its thread "), told);
  }

  private Path jar(String name) {
    return folder.resolve(name + ".jar");
  }

  private List<Fault> ofSample(Symptoms symptoms) {
    List<Fault> faults = new ArrayList<>(symptoms.look());
    faults.removeIf(fault -> !fault.subject().equals(NAME));
    return faults;
  }

  @Test
  void aComponentThatAnotherVersionDoesNotHaveIsNotMissed() throws Exception {
    String offers =
        """
        Hashtable<String, Object> p = new Hashtable<>();
        p.put("strowger.startup", "sample");
        java.util.function.Supplier<String> report = () -> "ready";
        ServiceRegistration<?> r =
            context.registerService(java.util.function.Supplier.class, report, p);
        Hashtable<String, Object> d = new Hashtable<>();
        d.put("die", true);
        context.registerService(Runnable.class, (Runnable) r::unregister, d);
        """;
    Bundle bundle = felix.install(new TestBundle(NAME, "1.0.0").starts(offers).write(jar("one")));
    bundle.start();
    Symptoms symptoms = symptoms();
    assertEquals(List.of(), ofSample(symptoms));

    Path next = new TestBundle(NAME, "1.1.0").starts("").write(jar("two"));
    try (InputStream in = Files.newInputStream(next)) {
      bundle.update(in);
    }
    assertEquals(List.of(), ofSample(symptoms), "of another version");

    Path again = new TestBundle(NAME, "1.2.0").starts(offers).write(jar("three"));
    try (InputStream in = Files.newInputStream(again)) {
      bundle.update(in);
    }
    assertEquals(List.of(), ofSample(symptoms));
    var found = felix.context().getServiceReferences(Runnable.class, "(die=true)");
    felix.context().getService(found.iterator().next()).run();
    assertEquals(
        List.of(new Fault(NAME, Fault.Kind.GONE, "its component sample is gone")),
        ofSample(symptoms),
        "of the same version");
    symptoms.forget();
    assertEquals(List.of(), ofSample(symptoms), "an upgrade has begun since");
  }

  @Test
  void whatWasShippedIsEssentialUnlessItSaysOtherwise() throws Exception {
    Files.createDirectories(folder.resolve("bundles"));
    Files.writeString(folder.resolve("bundles/shipped.jar"), "");
    Files.writeString(folder.resolve("bundles/optional.jar"), "");
    Bundle shipped =
        felix.install(
            new TestBundle("shipped", "1.0.0")
                .starts("")
                .header("Strowger-Upgrade-Class", "plugin")
                .write(jar("shipped")));
    Bundle optional =
        felix.install(
            new TestBundle("optional", "1.0.0")
                .starts("")
                .header(Cures.ESSENTIAL, "false")
                .write(jar("optional")));
    Bundle added =
        felix.install(
            new TestBundle("added", "1.0.0")
                .starts("")
                .header("Strowger-Upgrade-Class", "stateful")
                .write(jar("added")));
    Bundle needed =
        felix.install(
            new TestBundle("needed", "1.0.0")
                .starts("")
                .header(Cures.ESSENTIAL, "true")
                .write(jar("needed")));
    assertTrue(Cures.essential(shipped, folder), "however easily it is upgraded");
    assertFalse(Cures.essential(optional, folder));
    assertFalse(Cures.essential(added, folder));
    assertTrue(Cures.essential(needed, folder));
  }
}
