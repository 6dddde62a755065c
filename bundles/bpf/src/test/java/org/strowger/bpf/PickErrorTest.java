package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.ForwardedService;
import org.strowger.api.RealServer;
import org.strowger.api.RealServerId;

/**
 * How far choices from the ring are from the exact ones, in simulated time: connections of random
 * length come at random, and the ring is refilled once a millisecond. Counted is how much the most
 * and the least loaded real server differ, against a scheduler that is asked for each connection.
 */
class PickErrorTest {
  private static final int REALS = 8;
  private static final int CONNECTIONS = 20_000;
  private static final String WEB = "192.0.2.1";

  @TempDir Path folder;

  /** The spread of a run: mean of the difference between the most and the least loaded. */
  private record Spread(double mean, long most) {}

  /** What chooses, and is told of begin and end. */
  private interface Chooser {
    int begin();

    void end(int connection);

    void everyMillisecond();
  }

  private static Spread run(int perSecond, Chooser chooser, long[] active) {
    SplittableRandom random = new SplittableRandom(42);
    PriorityQueue<long[]> ends = new PriorityQueue<>((a, b) -> Long.compare(a[0], b[0]));
    long now = 0;
    long tick = 0;
    double sum = 0;
    long most = 0;
    for (int i = 0; i < CONNECTIONS; i++) {
      now += (long) (-Math.log(1 - random.nextDouble()) * 1e9 / perSecond);
      while (tick <= now) {
        while (!ends.isEmpty() && ends.peek()[0] <= tick) {
          chooser.end((int) ends.remove()[1]);
        }
        chooser.everyMillisecond();
        tick += 1_000_000;
      }
      while (!ends.isEmpty() && ends.peek()[0] <= now) {
        chooser.end((int) ends.remove()[1]);
      }
      int connection = chooser.begin();
      ends.add(new long[] {now + (long) (-Math.log(1 - random.nextDouble()) * 200e6), connection});
      if (i > CONNECTIONS / 4) {
        long spread = max(active) - min(active);
        sum += spread;
        most = Math.max(most, spread);
      }
    }
    return new Spread(sum / (CONNECTIONS * 3 / 4), most);
  }

  private static long max(long[] of) {
    return java.util.Arrays.stream(of).max().orElseThrow();
  }

  private static long min(long[] of) {
    return java.util.Arrays.stream(of).min().orElseThrow();
  }

  private static List<RealServer> reals() {
    List<RealServer> reals = new ArrayList<>();
    for (int i = 0; i < REALS; i++) {
      reals.add(
          RealServer.plain(
              new RealServerId("web", "r" + i), InetAddress.ofLiteral("10.0.0." + (i + 1)), 80));
    }
    return reals;
  }

  private static Spread exact(int perSecond) {
    List<RealServer> reals = reals();
    long[] active = new long[REALS];
    List<Integer> chosen = new ArrayList<>();
    IntSupplier choose = () -> LeastLoaded.least(reals, active);
    return run(
        perSecond,
        new Chooser() {
          @Override
          public int begin() {
            int real = choose.getAsInt();
            active[real]++;
            chosen.add(real);
            return chosen.size() - 1;
          }

          @Override
          public void end(int connection) {
            active[chosen.get(connection)]--;
          }

          @Override
          public void everyMillisecond() {}
        },
        active);
  }

  private Spread fromTheRing(int perSecond) throws Exception {
    FakeBpf kernel = new FakeBpf();
    org.strowger.api.BpfSource source =
        org.strowger.api.BpfSource.of("director", java.nio.ByteBuffer.allocate(0));
    Path root = folder.resolve("at" + perSecond);
    try (Pins pins = Pins.open(kernel, root, "1", source, Optional.empty())) {
      KernelMaps maps = pins.maps();
      LoadBook loads = LoadBook.ofReals(maps);
      LoadBook ofServices = LoadBook.ofServices(maps);
      long[] clock = new long[1];
      KernelTable table = new KernelTable(maps, loads, ofServices, () -> clock[0]);
      List<RealServer> reals = reals();
      ForwardedService web = Lab.service("web", WEB, reals.toArray(RealServer[]::new));
      table.apply(List.of(web), List.of(), java.util.Set.of(), Paths.look(new FakeNetwork()));
      Refills refills = new Refills(maps, table, loads);
      SimulatedKernel flows = new SimulatedKernel(maps, table.services().get("web"));
      Spread spread =
          run(
              perSecond,
              new Chooser() {
                @Override
                public int begin() {
                  return flows.begin();
                }

                @Override
                public void end(int connection) {
                  flows.end(connection);
                }

                @Override
                public void everyMillisecond() {
                  try {
                    refills.round();
                  } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                }
              },
              flows.active);
      assertEquals(0, flows.empty, "picks that the ring did not have");
      return spread;
    }
  }

  /** The exact choice is at most one apart but for ends, which it evens out one by one. */
  @Test
  void theRingStaysCloseToTheExactChoice() throws Exception {
    for (int perSecond : new int[] {1_000, 5_000, 20_000}) {
      Spread exact = exact(perSecond);
      Spread ring = fromTheRing(perSecond);
      System.out.printf(
          "wlc at %d/s: exact spread %.2f (most %d), ring %.2f (most %d)%n",
          perSecond, exact.mean, exact.most, ring.mean, ring.most);
      // A millisecond's ends are seen a millisecond late.
      double late = 2 + 4 * Math.sqrt(perSecond / 1000.0 / REALS);
      assertTrue(ring.mean <= exact.mean + late, perSecond + ": " + ring + ", exact " + exact);
    }
  }
}
