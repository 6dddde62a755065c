package org.strowger.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.strowger.api.AccessList;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;
import org.strowger.api.RealServerView;

/** Slow start, thresholds, priority groups, zone preference and panic threshold. */
final class ModifiersTest {
  private static final SlowStart HUNDRED_SECONDS = new SlowStart(Duration.ofSeconds(100), 10);

  private static Serving.Member member(int priority, String zone, boolean up) {
    return new Serving.Member(priority, zone, true, up);
  }

  private static List<BitSet> stages(Serving.Policy policy, Serving.Member... members) {
    return Serving.of(policy, List.of(members)).stages();
  }

  private static BitSet set(int... indexes) {
    BitSet set = new BitSet();
    Arrays.stream(indexes).forEach(set::set);
    return set;
  }

  @Test
  void aRecoveredRealServerGetsItsWeightInSteps() {
    assertEquals(10, HUNDRED_SECONDS.weight(100, Duration.ZERO));
    assertEquals(10, HUNDRED_SECONDS.weight(100, Duration.ofSeconds(19)));
    assertEquals(20, HUNDRED_SECONDS.weight(100, Duration.ofSeconds(20)));
    assertEquals(90, HUNDRED_SECONDS.weight(100, Duration.ofMillis(99_999)));
    assertEquals(100, HUNDRED_SECONDS.weight(100, Duration.ofSeconds(100)));
    assertEquals(1, HUNDRED_SECONDS.weight(3, Duration.ZERO));
    assertEquals(0, HUNDRED_SECONDS.weight(0, Duration.ofSeconds(50)));
    assertEquals(100, SlowStart.OFF.weight(100, Duration.ZERO));
    assertEquals(52_428, HUNDRED_SECONDS.weight(65_535, Duration.ofSeconds(80)));
  }

  @Test
  void eachStepOfSlowStartIsReachedWhenItsTimeHasPassed() {
    Duration since = Duration.ZERO;
    int steps = 0;
    SlowStart odd = new SlowStart(Duration.ofNanos(12_345), 1);
    while (!odd.over(since)) {
      int before = odd.weight(65_535, since);
      since = since.plus(odd.untilNextStep(since));
      assertTrue(odd.weight(65_535, since) > before, "at " + since);
      steps++;
    }
    assertEquals(SlowStart.STEPS, steps);
    assertEquals(Duration.ZERO, odd.untilNextStep(since));
  }

  @Test
  void theUpperThresholdIsHardAndTheLowerOneReopens() {
    ThresholdLatch latch = new ThresholdLatch(4, 2);
    assertFalse(latch.closed(3));
    latch.chosen(4);
    assertTrue(latch.closed(3), "one went before the next look, and it stays closed");
    assertTrue(latch.closed(2));
    assertFalse(latch.closed(1));
    assertFalse(latch.closed(3));
  }

  @Test
  void withoutALowerThresholdItReopensBelowThreeQuarters() {
    ThresholdLatch latch = new ThresholdLatch(10, 0);
    assertTrue(latch.closed(10));
    assertTrue(latch.closed(8));
    assertFalse(latch.closed(7));
  }

  @Test
  void aLowerThresholdAboveTheUpperOneDoesNotMakeItSoft() {
    ThresholdLatch latch = new ThresholdLatch(3, 9);
    assertTrue(latch.closed(3));
    assertTrue(latch.closed(5));
    assertFalse(latch.closed(2));
  }

  @Test
  void thresholdsAreEvaluatedAgainOnAnEdit() {
    ThresholdLatch latch = new ThresholdLatch(10, 2);
    assertFalse(latch.closed(6));
    assertTrue(latch.edited(5, 2).closed(6), "lowered below what it holds");
    assertTrue(latch.closed(10));
    assertFalse(latch.edited(20, 2).closed(10), "raised");
    assertFalse(latch.edited(0, 0).closed(1_000_000), "removed");
    assertTrue(latch.edited(10, 5).closed(7), "the latch holds on");
  }

  @Test
  void aClosedThresholdStaysClosedWhenTheDirectorsBundleIsReplaced() {
    Map<String, AtomicBoolean> memory = new ConcurrentHashMap<>();
    RealServerId id = new RealServerId("web", "a");
    List<RealServer> reals = List.of(withThresholds(id, 10, 2));
    ServiceState before = new ServiceState(System::nanoTime);
    assertTrue(before.latches(reals, memory)[0].closed(10));
    assertTrue(before.latches(List.of(withThresholds(id, 9, 2)), memory)[0].closed(5), "edited");
    ServiceState after = new ServiceState(System::nanoTime);
    assertTrue(after.latches(reals, memory)[0].closed(5), "it reopens below 2");
    assertFalse(after.latches(reals, memory)[0].closed(1));
    assertFalse(new ServiceState(System::nanoTime).latches(reals, memory)[0].closed(5));
    after.latches(List.of(), memory);
    assertTrue(memory.isEmpty(), "what is not wanted is forgotten");
  }

  @Test
  void anEditDoesNotWaitForAChoiceThatHangs() throws Exception {
    ServiceState state = new ServiceState(System::nanoTime);
    List<RealServer> reals = List.of(withThresholds(new RealServerId("web", "a"), 10, 2));
    CountDownLatch edited = new CountDownLatch(1);
    synchronized (state) { // as who chooses does
      Thread director =
          Thread.ofVirtual()
              .start(
                  () -> {
                    state.latches(reals, new ConcurrentHashMap<>());
                    state.access(AccessList.ALL);
                    edited.countDown();
                  });
      assertTrue(edited.await(60, TimeUnit.SECONDS), "the director's thread waits: " + director);
    }
  }

  private static RealServer withThresholds(RealServerId id, long upper, long lower) {
    RealServer plain = RealServer.plain(id, InetAddress.getLoopbackAddress(), 80);
    return new RealServer(
        id,
        plain.address(),
        plain.port(),
        plain.weight(),
        plain.priority(),
        plain.zone(),
        upper,
        lower,
        plain.track(),
        plain.adminState(),
        plain.forwarding());
  }

  @Test
  void beyondAnUpperThresholdNoConnectionIsPossible() {
    long seed = System.nanoTime();
    System.out.println("beyondAnUpperThreshold: seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int run = 0; run < 1000; run++) {
      int upper = 1 + random.nextInt(8);
      ThresholdLatch latch = new ThresholdLatch(upper, random.nextInt(10));
      long held = 0;
      for (int step = 0; step < 100; step++) {
        if (random.nextInt(3) == 0 && held > 0) {
          held--;
        } else if (!latch.closed(held)) {
          latch.chosen(++held);
        }
        assertTrue(held <= upper, "seed " + seed + ": " + held + " of " + upper);
      }
    }
  }

  @Test
  void aLowerPriorityGroupJoinsWhileTooFewOfTheHigherAreUp() {
    Serving.Policy two = new Serving.Policy(2, 0, "");
    Serving.Member[] all = {member(2, "", true), member(2, "", true), member(1, "", true)};
    assertEquals(List.of(set(0, 1), set(0, 1, 2)), stages(two, all));
    all[0] = member(2, "", false);
    assertEquals(List.of(set(1, 2)), stages(two, all));
    all[0] = member(2, "", true);
    assertEquals(List.of(set(0, 1), set(0, 1, 2)), stages(two, all));
  }

  @Test
  void aLoneSurvivorServesHoweverManyAreWanted() {
    Serving.Policy five = new Serving.Policy(5, 0, "");
    assertEquals(List.of(set(1)), stages(five, member(2, "", false), member(1, "", true)));
    assertEquals(List.of(set()), stages(five, member(2, "", false)));
  }

  @Test
  void theOwnZoneIsPreferredWhileEnoughOfItAreUp() {
    Serving.Policy north = new Serving.Policy(1, 0, "north");
    Serving.Member[] all = {
      member(1, "north", true), member(1, "south", true), member(0, "north", true)
    };
    assertEquals(List.of(set(0), set(0, 1), set(0, 1, 2)), stages(north, all));
    all[0] = member(1, "north", false);
    assertEquals(List.of(set(1), set(1, 2)), stages(north, all));
  }

  @Test
  void belowThePanicThresholdAllAreUsedAndItIsSaid() {
    Serving.Policy half = new Serving.Policy(1, 50, "");
    List<Serving.Member> members =
        new ArrayList<>(List.of(member(1, "", true), member(1, "", true), member(1, "", false)));
    members.add(new Serving.Member(1, "", false, true));
    assertFalse(Serving.of(half, members).panic());
    members.set(0, member(1, "", false));
    Serving serving = Serving.of(half, members);
    assertTrue(serving.panic());
    assertEquals(List.of(set(0, 1, 2)), serving.stages());
    assertEquals(
        "only 1 of 3 real servers are up, fewer than the panic threshold of 50 %: all are used",
        serving.why());
    assertFalse(Serving.of(Serving.Policy.PLAIN, members).panic());
  }

  @Test
  void theModifiedViewShowsTheStageTheSlowWeightAndTheThreshold() {
    long[] active = {0, 3, 1};
    ThresholdLatch[] latches = {
      new ThresholdLatch(0, 0), new ThresholdLatch(3, 0), new ThresholdLatch(2, 0)
    };
    ModifiedView view = new ModifiedView(new Loaded(active), new int[] {1, 2, 3}, latches);
    view.stage(set(1, 2));
    assertFalse(view.available(0), "not of this stage");
    assertFalse(view.available(1), "full");
    assertTrue(view.available(2));
    assertEquals(3, view.weight(2));
    view.chosen(2);
    active[2] = 1;
    view.stage(set(0, 1, 2));
    assertTrue(view.available(0));
    assertTrue(view.available(2), "one of two is below three quarters");
    active[2] = 2;
    assertFalse(view.available(2));
  }

  /** Real servers of weight 10 that hold so many connections. */
  private static final class Loaded implements RealServerView {
    private final long[] held;

    Loaded(long[] held) {
      this.held = held;
    }

    @Override
    public int size() {
      return held.length;
    }

    @Override
    public RealServerId id(int index) {
      return new RealServerId("pool", "r" + index);
    }

    @Override
    public InetSocketAddress address(int index) {
      return new InetSocketAddress(9000 + index);
    }

    @Override
    public int weight(int index) {
      return 10;
    }

    @Override
    public boolean available(int index) {
      return true;
    }

    @Override
    public long active(int index) {
      return held[index];
    }

    @Override
    public long inactive(int index) {
      return 0;
    }
  }
}
