package org.strowger.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.strowger.api.Flow;
import org.strowger.api.Protocol;
import org.strowger.api.Scheduler;
import org.strowger.schedulers.Schedulers;

/**
 * The time of one pick among {@link #reals} real servers of random weights and loads, for changing
 * clients.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SchedulerPicks {
  private static final int FLOWS = 4096;

  /** Set by the runner: every scheduler of the bundle. */
  @Param("rr")
  public String scheduler = "rr";

  @Param("1000")
  public int reals = 1000;

  /** 4 or 6. */
  @Param("4")
  public int addressFamily = 4;

  private final Flow[] flows = new Flow[FLOWS];
  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
  private Scheduler asked = new Nobody();
  private LoadedReals view = new LoadedReals(0, new SplittableRandom(1));
  private int next;

  @Setup
  public void setUp() throws UnknownHostException {
    SplittableRandom seeded = new SplittableRandom(7);
    view = new LoadedReals(reals, seeded);
    asked =
        Schedulers.providers().stream()
            .filter(provider -> provider.name().equals(scheduler))
            .findFirst()
            .orElseThrow()
            .create(Map.of());
    asked.changed(view);
    InetSocketAddress service = new InetSocketAddress(address(seeded), 443);
    for (int i = 0; i < FLOWS; i++) {
      InetSocketAddress client =
          new InetSocketAddress(address(seeded), 1024 + seeded.nextInt(60_000));
      flows[i] = new Flow(Protocol.TCP, client, service);
    }
  }

  private InetAddress address(SplittableRandom seeded) throws UnknownHostException {
    byte[] bytes = new byte[addressFamily == 6 ? 16 : 4];
    seeded.nextBytes(bytes);
    return InetAddress.getByAddress(bytes);
  }

  @Benchmark
  public int pick() {
    next = (next + 1) & (FLOWS - 1);
    return asked.pick(flows[next], view, random);
  }
}
