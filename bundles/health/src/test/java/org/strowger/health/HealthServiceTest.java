package org.strowger.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.Check;
import org.strowger.api.CheckOutcome;
import org.strowger.api.CheckProvider;
import org.strowger.api.CheckResult;
import org.strowger.api.HealthCheck;
import org.strowger.api.HealthListener;
import org.strowger.api.HealthTable;
import org.strowger.api.KeyPath;
import org.strowger.api.ProbeId;
import org.strowger.api.ProbeState;
import org.strowger.api.ProbeVerdict;
import org.strowger.api.RealServerId;
import org.strowger.api.Violation;

/** The checker with real threads and real time; the checks are the test's. */
class HealthServiceTest {
  @TempDir private Path folder;

  private final List<HealthService> services = new ArrayList<>();
  private final Ear ear = new Ear();

  @AfterEach
  void close() {
    services.forEach(HealthService::close);
  }

  private HealthService service(int running, CheckProvider... providers) {
    HealthService service = new HealthService(InstantSource.system(), folder, running);
    List.of(providers).forEach(service::add);
    services.add(service);
    return service;
  }

  /** What the director would hear. */
  private static final class Ear implements HealthListener {
    private final Map<ProbeId, ProbeState> heard = new ConcurrentHashMap<>();
    private final AtomicInteger times = new AtomicInteger();
    private volatile Set<String> maintenance = Set.of("never told");

    @Override
    public void on(ProbeId probe, ProbeState state) {
      heard.put(probe, state);
      times.incrementAndGet();
    }

    @Override
    public void maintenance(Set<String> names) {
      maintenance = names;
    }

    ProbeVerdict verdict(int number) {
      ProbeState state = heard.get(id(number));
      return state == null ? ProbeVerdict.PENDING : state.verdict();
    }
  }

  private record Provided(String name, Check check) implements CheckProvider {
    @Override
    public List<Violation> check(Map<String, Object> options, KeyPath path) {
      return List.of();
    }

    @Override
    public Check create(Map<String, Object> options) {
      return check;
    }
  }

  private static ProbeId id(int number) {
    return new ProbeId("c", InetAddress.ofLiteral("192.0.2." + number), 80);
  }

  private static HealthTable.Probe probe(int number, Duration interval, Duration timeout) {
    HealthCheck check =
        new HealthCheck(
            "c",
            "test",
            interval,
            interval,
            interval,
            interval,
            interval,
            timeout,
            2,
            2,
            Optional.empty(),
            0,
            Optional.empty(),
            Map.of());
    return new HealthTable.Probe(id(number), check, new RealServerId("web", "r" + number), 1);
  }

  private static HealthTable table(int probes) {
    return table(probes, Map.of());
  }

  private static HealthTable table(int probes, Map<ProbeId, ProbeState> known) {
    List<HealthTable.Probe> all = new ArrayList<>();
    for (int i = 1; i <= probes; i++) {
      all.add(probe(i, Duration.ofMillis(50), Duration.ofMillis(500)));
    }
    return new HealthTable(all, known, Optional.empty());
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited 30 s in vain: " + what);
      Thread.sleep(5);
    }
  }

  @Test
  void verdictsAreToldWhenTheyChangeAndOnlyThen() throws Exception {
    Set<Integer> dead = ConcurrentHashMap.newKeySet();
    HealthService service =
        service(
            100,
            new Provided(
                "test",
                target ->
                    dead.contains(target.address().getAddress()[3] & 0xff)
                        ? CheckResult.failed("dead")
                        : CheckResult.passed("alive")));
    service.apply(table(2), ear);
    await(
        "both pass",
        () -> ear.verdict(1) == ProbeVerdict.PASSED && ear.verdict(2) == ProbeVerdict.PASSED);
    long looks = service.report().checker().looks();
    await("more looks", () -> service.report().checker().looks() > looks + 10);
    assertEquals(2, ear.times.get(), "results that decide nothing are not told");
    dead.add(1);
    await("one fails", () -> ear.verdict(1) == ProbeVerdict.FAILED);
    assertEquals(ProbeVerdict.PASSED, ear.verdict(2));
    dead.clear();
    await("it passes again", () -> ear.verdict(1) == ProbeVerdict.PASSED);
    assertEquals(2, service.report().probes().get(id(1)).transitions());
  }

  @Test
  void aLookThatTakesTooLongIsInterruptedAndFails() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    HealthService service =
        service(
            100,
            new Provided(
                "test",
                target -> {
                  try {
                    Thread.sleep(60_000);
                  } catch (InterruptedException stopped) {
                    interrupted.countDown();
                    throw stopped;
                  }
                  return CheckResult.passed("late");
                }));
    service.apply(table(1), ear);
    assertTrue(interrupted.await(30, TimeUnit.SECONDS));
    await("it fails", () -> ear.verdict(1) == ProbeVerdict.FAILED);
    ProbeState state = service.report().probes().get(id(1));
    assertEquals("no result within 500 ms", state.last().orElseThrow().text());
    assertEquals(0, state.faults(), "being interrupted is no fault");
  }

  @Test
  void aCheckThatThrowsIsNoEvidence() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    HealthService service =
        service(
            100,
            new Provided(
                "test",
                target -> {
                  if (calls.incrementAndGet() > 3) {
                    throw new IllegalStateException("broken on purpose");
                  }
                  return CheckResult.passed("alive");
                }));
    service.apply(table(1), ear);
    await("the fault is told", () -> faultText().contains("broken on purpose"));
    assertEquals(ProbeVerdict.PASSED, ear.verdict(1), "the last verdict stands");
    assertEquals(3, service.report().probes().get(id(1)).looks());
  }

  @Test
  void aCheckThatAnswersNothingIsNoEvidenceAndIsAskedAgain() throws Exception {
    HealthService service = service(100, new Provided("test", target -> null));
    service.apply(table(1), ear);
    await("three faults are told", () -> !faultText().isEmpty());
    assertEquals(ProbeVerdict.PENDING, ear.verdict(1));
  }

  private String faultText() {
    ProbeState state = ear.heard.get(id(1));
    return state == null ? "" : state.faultText();
  }

  @Test
  void withoutItsTypeTheLastVerdictStandsAndTheNextProviderGoesOn() throws Exception {
    Provided first = new Provided("test", target -> CheckResult.passed("first"));
    HealthService service = service(100, first);
    service.apply(table(1), ear);
    await("it passes", () -> ear.verdict(1) == ProbeVerdict.PASSED);
    service.remove(first);
    await("nothing runs", () -> service.report().checker().running() == 0);
    ProbeState before = service.report().probes().get(id(1));
    service.add(new Provided("test", target -> CheckResult.passed("second")));
    await("the second looks", () -> newest(service).equals("second"));
    ProbeState after = service.report().probes().get(id(1));
    assertEquals(ProbeVerdict.PASSED, after.verdict());
    assertEquals(0, after.transitions());
    assertTrue(after.looks() > before.looks(), "its counts go on");
    assertTrue(after.history().stream().anyMatch(r -> r.text().equals("first")));
  }

  private static String newest(HealthService service) {
    return service.report().probes().get(id(1)).last().map(ProbeState.Result::text).orElse("");
  }

  @Test
  void aLookThatFailsBecauseItsBundleGoesIsNoEvidence() throws Exception {
    CountDownLatch looking = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    Provided provider =
        new Provided(
            "test",
            target -> {
              looking.countDown();
              gone.await();
              return CheckResult.failed("my bundle was stopped");
            });
    HealthService service = service(100, provider);
    service.apply(
        new HealthTable(
            List.of(probe(1, Duration.ofMillis(50), Duration.ofMinutes(5))),
            Map.of(),
            Optional.empty()),
        ear);
    assertTrue(looking.await(30, TimeUnit.SECONDS));
    service.remove(provider);
    gone.countDown();
    await("it has ended", () -> service.report().checker().running() == 0);
    assertEquals(0, service.report().probes().get(id(1)).looks());
  }

  @Test
  void aNewCheckerGoesOnWhereTheOldOneEndedAndANewListenerIsToldAtOnce() throws Exception {
    HealthService old = service(100, new Provided("test", target -> CheckResult.failed("dead")));
    old.apply(table(1), ear);
    await("it fails", () -> ear.verdict(1) == ProbeVerdict.FAILED);
    Map<ProbeId, ProbeState> known = old.report().probes();
    old.close();
    HealthService next = service(100); // no type of check yet
    Ear nextEar = new Ear();
    next.apply(table(1, known), nextEar);
    assertEquals(ProbeVerdict.FAILED, nextEar.verdict(1));
    assertEquals(known.get(id(1)).history(), nextEar.heard.get(id(1)).history());
    Ear third = new Ear();
    next.apply(table(1), third);
    assertEquals(ProbeVerdict.FAILED, third.verdict(1), "without being told what is known");
  }

  @Test
  void noMoreLooksThanMayRunAtOnceAndTheOthersWait() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch open = new CountDownLatch(1);
    HealthService service =
        service(
            2,
            new Provided(
                "test",
                target -> {
                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                  open.await();
                  running.decrementAndGet();
                  return CheckResult.passed("alive");
                }));
    List<HealthTable.Probe> probes = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      probes.add(probe(i, Duration.ofMillis(50), Duration.ofMinutes(5)));
    }
    service.apply(new HealthTable(probes, Map.of(), Optional.empty()), ear);
    await("looks wait", () -> service.report().checker().stalled() > 0);
    assertEquals(2, service.report().checker().running());
    open.countDown();
    await("all pass", () -> ear.heard.size() == 20);
    assertEquals(2, most.get());
    assertTrue(service.report().checker().stalls() > 0);
    await("no stall any more", () -> service.report().checker().stalled() == 0);
  }

  @Test
  void aProbeThatIsNotWantedAnyMoreIsInterruptedAndForgotten() throws Exception {
    CountDownLatch looking = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    HealthService service =
        service(
            100,
            new Provided(
                "test",
                target -> {
                  looking.countDown();
                  try {
                    Thread.sleep(600_000);
                  } catch (InterruptedException stopped) {
                    interrupted.countDown();
                    throw stopped;
                  }
                  return CheckResult.passed("late");
                }));
    service.apply(
        new HealthTable(
            List.of(probe(1, Duration.ofMillis(50), Duration.ofMinutes(5))),
            Map.of(),
            Optional.empty()),
        ear);
    assertTrue(looking.await(30, TimeUnit.SECONDS));
    service.apply(table(0), ear);
    assertTrue(interrupted.await(30, TimeUnit.SECONDS));
    assertEquals(Map.of(), service.report().probes());
    await("its slot is free", () -> service.report().checker().running() == 0);
  }

  /** fall x interval + timeout, by the clock of the events; the margin is for a busy machine. */
  @Test
  void oneThatFallsSilentIsFoundOutInTheTimeThatItsCheckSays() throws Exception {
    AtomicBoolean silent = new AtomicBoolean();
    HealthService service =
        service(
            100,
            new Provided(
                "test",
                target -> {
                  if (silent.get()) {
                    Thread.sleep(Duration.ofMinutes(1));
                  }
                  return CheckResult.passed("alive");
                }));
    Duration interval = Duration.ofMillis(600);
    Duration timeout = Duration.ofMillis(300);
    HealthTable table =
        new HealthTable(List.of(probe(1, interval, timeout)), Map.of(), Optional.empty());
    service.apply(table, ear);
    await("it passes", () -> ear.verdict(1) == ProbeVerdict.PASSED);
    Instant fell = Instant.now();
    silent.set(true);
    await("it has failed", () -> ear.verdict(1) == ProbeVerdict.FAILED);
    ProbeState state = ear.heard.get(id(1));
    Duration detection = Duration.between(fell, state.lastChange());
    Duration stated = interval.multipliedBy(2).plus(timeout);
    assertTrue(detection.compareTo(stated.plusSeconds(10)) < 0, () -> "found after " + detection);
    assertEquals(2, state.streak(), "as many misses in a row as its fall");
    List<ProbeState.Result> last = state.history().subList(0, 2);
    last.forEach(
        result -> {
          assertEquals(CheckOutcome.TIMEOUT, result.outcome());
          assertTrue(result.latency().compareTo(timeout) >= 0, () -> "after " + result.latency());
        });
    assertEquals(state.lastChange(), last.getFirst().time());
  }

  @Test
  void aShorterIntervalBeginsAtOnce() throws Exception {
    HealthService service =
        service(100, new Provided("test", target -> CheckResult.passed("alive")));
    Duration hour = Duration.ofHours(1);
    ProbeState known = ProbeState.pending(Instant.now());
    service.apply(
        new HealthTable(
            List.of(probe(1, hour, Duration.ofSeconds(1))), Map.of(id(1), known), Optional.empty()),
        ear);
    await("the first look", () -> service.report().probes().get(id(1)).looks() == 1);
    service.apply(table(1), ear);
    await("many looks", () -> service.report().probes().get(id(1)).looks() > 5);
  }

  @Test
  void filesInTheMaintenanceFolderAreTold() throws Exception {
    HealthService service = service(100);
    Path maintenance = Path.of("maintenance"); // relative to the state folder
    service.apply(new HealthTable(List.of(), Map.of(), Optional.of(maintenance)), ear);
    await("no folder is nobody", () -> ear.maintenance.isEmpty());
    Files.createDirectories(folder.resolve(maintenance));
    touch("web_a");
    await("it is told", () -> ear.maintenance.equals(Set.of("web_a")));
    Files.delete(folder.resolve(maintenance).resolve("web_a"));
    await("it is over", () -> ear.maintenance.isEmpty());
    touch("web_b");
    await("another", () -> ear.maintenance.equals(Set.of("web_b")));
    service.apply(new HealthTable(List.of(), Map.of(), Optional.empty()), ear);
    await("no folder is wanted", () -> ear.maintenance.isEmpty());
  }

  private void touch(String name) throws IOException {
    Files.createFile(folder.resolve("maintenance").resolve(name));
  }
}
