package org.strowger.bpf;

import java.io.IOException;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.strowger.api.Bpf;
import org.strowger.api.ForwardingMethod;

/**
 * How far choices picked ahead are from exact ones. The kernel's own program opens and ends
 * connections of random length that come at random, the plane's own refill runs once a millisecond
 * of simulated time. Counted is by how much the most and the least loaded real server differ at
 * each beginning, against a choice that knows every count.
 */
public final class PickErrors {
  private static final int REALS = 8;
  private static final double MEAN_LIFE_NANOS = 200e6;
  private static final long TICK = 1_000_000;

  private final PacketCosts kernel;
  private final int connections;

  private PickErrors(PacketCosts kernel, int connections) {
    this.kernel = kernel;
    this.connections = connections;
  }

  /** Measures at these rates; the metric is the mean difference in connections. */
  public static void measure(Bpf bpf, boolean quick, PacketCosts.Told told) throws IOException {
    int connections = quick ? 5_000 : 20_000;
    for (int perSecond : new int[] {1_000, 5_000}) {
      String scenario = "wlc at " + perSecond + " new connections/s";
      told.cost(
          ForwardingMethod.DIRECT,
          scenario,
          "spread_exact",
          "connections",
          new Exact(connections).spread(perSecond));
      try (PacketCosts kernel = new PacketCosts(bpf, 0)) {
        kernel.serve(ForwardingMethod.DIRECT, 1, REALS, LeastActive::new);
        double spread = new PickErrors(kernel, connections).spread(perSecond);
        told.cost(ForwardingMethod.DIRECT, scenario, "spread_picked_ahead", "connections", spread);
      }
    }
  }

  /** What begins and ends connections. */
  private interface Carrier {
    /** Where the connection of this number went. */
    int begin(int number) throws IOException;

    void end(int number) throws IOException;

    void everyMillisecond() throws IOException;
  }

  private double spread(int perSecond) throws IOException {
    return run(
        perSecond,
        connections,
        new Carrier() {
          @Override
          public int begin(int number) throws IOException {
            return kernel.open(number);
          }

          @Override
          public void end(int number) throws IOException {
            kernel.reset(number);
          }

          @Override
          public void everyMillisecond() throws IOException {
            kernel.refill();
          }
        });
  }

  private static final class Exact implements Carrier {
    private final long[] active = new long[REALS];

    /** By number of the connection. */
    private final int[] where;

    Exact(int connections) {
      where = new int[connections + 1];
    }

    private double spread(int perSecond) throws IOException {
      return run(perSecond, where.length - 1, this);
    }

    @Override
    public int begin(int number) {
      int real = LeastActive.least(active);
      active[real]++;
      where[number] = real;
      return real;
    }

    @Override
    public void end(int number) {
      active[where[number]]--;
    }

    @Override
    public void everyMillisecond() {}
  }

  /** An end: when, of which connection, at which real server. */
  private record End(long at, int number, int real) {}

  private static double run(int perSecond, int connections, Carrier carrier) throws IOException {
    SplittableRandom random = new SplittableRandom(42);
    PriorityQueue<End> ends = new PriorityQueue<>((a, b) -> Long.compare(a.at, b.at));
    long[] active = new long[REALS];
    long now = 0;
    long tick = 0;
    double sum = 0;
    int counted = 0;
    for (int number = 1; number <= connections; number++) {
      now += exponential(random, 1e9 / perSecond);
      while (tick <= now) {
        finish(ends, tick, active, carrier);
        carrier.everyMillisecond();
        tick += TICK;
      }
      finish(ends, now, active, carrier);
      int real = carrier.begin(number);
      active[real]++;
      ends.add(new End(now + exponential(random, MEAN_LIFE_NANOS), number, real));
      if (number > connections / 4) { // until then it fills
        sum += spread(active);
        counted++;
      }
    }
    return sum / counted;
  }

  private static void finish(PriorityQueue<End> ends, long until, long[] active, Carrier carrier)
      throws IOException {
    while (!ends.isEmpty() && ends.peek().at <= until) {
      End end = ends.remove();
      active[end.real]--;
      carrier.end(end.number);
    }
  }

  private static long exponential(SplittableRandom random, double mean) {
    return (long) (-Math.log(1 - random.nextDouble()) * mean);
  }

  private static long spread(long[] active) {
    long most = Long.MIN_VALUE;
    long least = Long.MAX_VALUE;
    for (long each : active) {
      most = Math.max(most, each);
      least = Math.min(least, each);
    }
    return most - least;
  }
}
