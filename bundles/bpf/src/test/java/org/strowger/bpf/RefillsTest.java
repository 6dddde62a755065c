package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.BpfSource;
import org.strowger.api.Choice;
import org.strowger.api.Chooser;
import org.strowger.api.Explanation;
import org.strowger.api.Flow;
import org.strowger.api.ForwardedService;
import org.strowger.api.Loads;
import org.strowger.api.LookupTable;
import org.strowger.api.RealServer;

/** When rings are written anew. */
class RefillsTest {
  @TempDir Path folder;

  private final List<RealServer> reals =
      List.of(Lab.real("a", "192.0.2.1"), Lab.real("b", "192.0.2.2"));

  /** The same choices whatever the loads. */
  private record Turns(Chooser weights) implements Chooser {
    @Override
    public int[] ahead(Loads loads, int used, int most) {
      int[] picks = new int[most];
      for (int i = 0; i < most; i++) {
        picks[i] = i % 2;
      }
      return picks;
    }

    @Override
    public boolean aheadByLoads() {
      return false;
    }

    @Override
    public Optional<LookupTable> table() {
      return Optional.empty();
    }

    @Override
    public int[] weights(boolean everybody) {
      return weights.weights(everybody);
    }

    @Override
    public Choice choose(Flow flow, Loads loads, Attempt attempt) {
      throw new UnsupportedOperationException("the kernel does not ask");
    }

    @Override
    public Explanation explain(Flow flow, Loads loads) {
      throw new UnsupportedOperationException("nobody asks in these tests");
    }
  }

  /**
   * Rings written, and picks missing, in so many rounds with so many new connections in each; the
   * first hundred rounds are not counted.
   */
  private long written(Chooser chooser, int rounds, int each) throws Exception {
    BpfSource source = BpfSource.of("director", ByteBuffer.allocate(0));
    try (Pins pins =
        Pins.open(
            new FakeBpf(),
            Files.createTempDirectory(folder, "pins"),
            "1",
            source,
            Optional.empty())) {
      KernelMaps maps = pins.maps();
      LoadBook loads = LoadBook.ofReals(maps);
      KernelTable table = new KernelTable(maps, loads, LoadBook.ofServices(maps), System::nanoTime);
      ForwardedService plain = Lab.service("web", "192.0.2.80", reals.toArray(RealServer[]::new));
      table.apply(
          List.of(new ForwardedService(plain.service(), true, reals, chooser)),
          List.of(),
          java.util.Set.of(),
          Paths.look(new FakeNetwork()));
      Refills refills = new Refills(maps, table, loads);
      SimulatedKernel flows = new SimulatedKernel(maps, table.services().get("web"));
      long before = 0;
      for (int round = 0; round < 100 + rounds; round++) {
        before = round == 100 ? refills.written() : before;
        for (int i = 0; i < each; i++) {
          flows.end(flows.begin());
        }
        refills.round();
      }
      assertEquals(0, flows.empty, "picks that the ring did not have");
      return refills.written() - before;
    }
  }

  @Test
  void choicesThatHeedTheLoadsAreWrittenAnewInEachRoundThatTookAny() throws Exception {
    assertEquals(100, written(new LeastLoaded(reals, Optional.empty()), 100, 20));
    assertEquals(0, written(new LeastLoaded(reals, Optional.empty()), 100, 0));
  }

  @Test
  void thoseThatDoNotAreWrittenAnewWhenAHalfOfThemWasTaken() throws Exception {
    long written = written(new Turns(new LeastLoaded(reals, Optional.empty())), 100, 20);
    assertTrue(written >= 2 && written <= 25, written + " times");
  }
}
