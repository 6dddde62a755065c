package org.strowger.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Many scenarios. One of them again: {@code -Dstrowger.failover.seed=N}; more of them: {@code
 * -Dstrowger.failover.seeds=N}.
 */
class SimulationTest {
  private static final int SEEDS = 2_000;

  @Test
  void whateverHappensThereIsOneActiveDirectorAndTheRightOne() {
    long first = Long.getLong("strowger.failover.seed", -1);
    long count = Long.getLong("strowger.failover.seeds", SEEDS);
    LongStream seeds = first >= 0 ? LongStream.of(first) : LongStream.range(0, count);
    List<String> broken =
        seeds
            .mapToObj(seed -> new Scenario(seed).play())
            .flatMap(java.util.Optional::stream)
            .limit(3)
            .toList();
    assertEquals(List.of(), broken, () -> String.join("\n\n", broken));
  }
}
