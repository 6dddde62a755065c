package org.strowger.bpf;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Bpf;
import org.strowger.api.BpfProgram;
import org.strowger.api.BpfProgramStatistics;
import org.strowger.api.KernelException;
import org.strowger.api.KernelSettings;
import org.strowger.api.Network;
import org.strowger.api.PlaneState;
import org.strowger.api.Subscription;

/**
 * The plane while its maps are open: the table, the threads that keep rings and connections in
 * order, and what is asked of them.
 */
final class Engine implements AutoCloseable {
  /** Time between two refills of the rings while connections come, and the longest one. */
  static final Duration REFILL = Duration.ofMillis(1);

  static final Duration REFILL_IDLE = Duration.ofMillis(10);

  /** Time between two looks at all connections; longer if a look takes long. */
  static final Duration SWEEP = Duration.ofSeconds(1);

  private static final int SWEEP_SHARE = 20;

  private static final int FIRST_PORT = 10_240;
  private static final int PORTS = 55_000;

  private final Pins pins;
  private final Bpf bpf;
  private final Attachments attachments;
  private final KernelTable table;
  private final LoadBook realLoads;
  private final Sweep sweep;
  private final Refills refills;
  private final Counts counts;
  private final LiveConnections connections;
  private final Worker refiller;
  private final Worker sweeper;
  private final Worker reader;
  private final Worker teller;
  private final ConnectionEvents events;
  private final Telling telling;
  private final Taking taking;
  private Duration idle = REFILL;
  private @Nullable Subscription measuring;

  /**
   * @param afterSweep called after each look, on its thread
   * @param failure told which resource fails and why; an empty text when it works again
   */
  Engine(
      Pins pins,
      Bpf bpf,
      Network network,
      LongSupplier clock,
      Worker.Task afterSweep,
      BiConsumer<String, String> failure)
      throws KernelException {
    this.pins = pins;
    this.bpf = bpf;
    KernelMaps maps = pins.maps();
    attachments = new Attachments(pins, network);
    realLoads = LoadBook.ofReals(maps);
    LoadBook serviceLoads = LoadBook.ofServices(maps);
    table = new KernelTable(maps, realLoads, serviceLoads, clock);
    Elsewhere elsewhere = new Elsewhere(network, table);
    sweep = new Sweep(maps, table, realLoads, serviceLoads, elsewhere);
    refills = new Refills(maps, table, realLoads);
    counts = new Counts(maps, table, realLoads, serviceLoads, sweep);
    connections = new LiveConnections(maps, table);
    Journal journal = new Journal(RandomGenerator.getDefault());
    telling = new Telling(maps, table, clock, journal, elsewhere);
    taking = new Taking(maps, table, List.of(realLoads, serviceLoads), network, elsewhere, clock);
    teller = new Worker("bpf-tell", telling::look, why -> failure.accept("kernelTelling", why));
    events = new ConnectionEvents(maps.map("events").ring(), table, telling);
    reader = new Worker("bpf-events", events::read, why -> failure.accept("kernelEvents", why));
    var settings = Octets.zeros(16);
    settings.putInt(4, FIRST_PORT);
    settings.putInt(8, PORTS);
    maps.put("settings", Octets.key(0), settings);
    refiller = new Worker("bpf-refill", this::refill, why -> failure.accept("kernelPicks", why));
    sweeper =
        new Worker(
            "bpf-sweep",
            () -> {
              long start = System.nanoTime();
              sweep.look(clock.getAsLong(), counts::leave, events::timedOut);
              afterSweep.run();
              Duration took = Duration.ofNanos(System.nanoTime() - start);
              Duration rest = took.multipliedBy(SWEEP_SHARE);
              return rest.compareTo(SWEEP) > 0 ? rest : SWEEP;
            },
            why -> failure.accept("kernelConnections", why));
  }

  void start() {
    refiller.start();
    sweeper.start();
    reader.start();
    teller.start();
  }

  private Duration refill() throws IOException {
    Duration twice = idle.multipliedBy(2);
    idle = refills.round() > 0 ? REFILL : twice.compareTo(REFILL_IDLE) < 0 ? twice : REFILL_IDLE;
    return idle;
  }

  /**
   * Has the program at all devices that packets may come by.
   *
   * @return what could not be, a sentence each
   */
  List<String> attach(KernelSettings wanted) throws IOException {
    return attachments.apply(wanted);
  }

  /** Has it nowhere. */
  void detach() throws IOException {
    pins.attach(Set.of());
  }

  /** Has the kernel measure the programs, or not. */
  void measure(boolean wanted) throws KernelException {
    if (wanted && measuring == null) {
      measuring = bpf.measure();
    } else if (!wanted && measuring != null) {
      measuring.close();
      measuring = null;
    }
  }

  /** What is known of the programs. */
  PlaneState.KernelPrograms programs() throws KernelException {
    BpfProgramStatistics tc = pins.program().statistics();
    Optional<BpfProgram> xdp = pins.xdpProgram();
    BpfProgramStatistics before =
        xdp.isPresent() ? xdp.get().statistics() : new BpfProgramStatistics(0, 0, 0, 0);
    return new PlaneState.KernelPrograms(
        tc.runNanos(), tc.runs(), before.runNanos(), before.runs(), counts.eventsLost());
  }

  /** Where packets are met. */
  String transport() {
    return pins.xdpProgram().isPresent() ? "xdp" : "tc";
  }

  KernelTable table() {
    return table;
  }

  LoadBook loads() {
    return realLoads;
  }

  Sweep sweep() {
    return sweep;
  }

  Counts counts() {
    return counts;
  }

  Telling telling() {
    return telling;
  }

  Taking taking() {
    return taking;
  }

  LiveConnections connections() {
    return connections;
  }

  @Override
  public void close() {
    refiller.close();
    sweeper.close();
    teller.close();
    events.close();
    reader.close();
    if (measuring != null) {
      measuring.close();
    }
    pins.close();
  }
}
