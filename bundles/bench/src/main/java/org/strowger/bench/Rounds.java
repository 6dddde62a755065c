package org.strowger.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The rounds: each measurement is made of all contenders before the next one is made, in an order
 * that rotates; who is not measured is frozen. So a machine that becomes slower for a while does so
 * to all of them.
 */
final class Rounds {
  private static final int CONNECTIONS = 64;
  private static final double SHARE_OF_LOAD = 0.3;
  private static final double STEADY = 0.05;
  private static final int WARM_UP_SECONDS = 20;
  private static final int WARM_UP_SECONDS_QUICK = 5;

  private final RelayOptions options;
  private final Clients clients;
  private final Figures figures;
  private final PrintStream out;

  Rounds(RelayOptions options, Clients clients, Figures figures, PrintStream out) {
    this.options = options;
    this.clients = clients;
    this.figures = figures;
    this.out = out;
  }

  /** Loads each until it is not faster than a second before, for a bounded time. */
  void warmUp(Contender contender) throws IOException, InterruptedException {
    Duration second = Duration.ofSeconds(1);
    warmUpByConnections(contender);
    clients.keepAlive(contender.http(), CONNECTIONS, second);
    if (measures(Scenario.DOWN)) {
      clients.download(contender.http(), second);
    }
    if (measures(Scenario.UP)) {
      clients.upload(contender.sinks(), second);
    }
    // The generator itself: its first requests would be slow ones, to whoever came first.
    clients.paced(contender.http(), false, 500, second);
    clients.paced(contender.http(), true, 500, second);
  }

  /** Only with connections: enough for who is to hold them. */
  void warmUpByConnections(Contender contender) throws IOException, InterruptedException {
    Duration second = Duration.ofSeconds(1);
    int most = options.quick() ? WARM_UP_SECONDS_QUICK : WARM_UP_SECONDS;
    double before = 0;
    for (int i = 0; i < (contender.kind().strowger() ? most : 1); i++) {
      double now = clients.connections(contender.http(), CONNECTIONS, second).perSecond();
      if (now < before * (1 + STEADY) && i >= 2) {
        break;
      }
      before = now;
    }
  }

  /** 30 % of what HAProxy can, or where it is missing the last contender: the same for all. */
  double rate(List<Contender> contenders) throws IOException, InterruptedException {
    Contender measure =
        contenders.stream()
            .filter(contender -> contender.kind() == Kind.HAPROXY)
            .findFirst()
            .orElse(contenders.getLast());
    measure.thaw();
    Wrk run = clients.connections(measure.http(), CONNECTIONS, options.length());
    if (measure.kind() != Kind.DIRECT) {
      measure.freeze();
    }
    double rate = Math.max(10, run.perSecond() * SHARE_OF_LOAD);
    out.printf(
        Locale.ROOT,
        "Latency is measured at %.0f requests/s: %.0f %% of the new connections/s of %s.%n",
        rate,
        SHARE_OF_LOAD * 100,
        measure.kind().word());
    return rate;
  }

  /** All measurements of all contenders once. */
  void round(List<Contender> contenders, int round, double rate)
      throws IOException, InterruptedException {
    for (Scenario scenario : Scenario.values()) {
      if (!measures(scenario)) {
        continue;
      }
      for (int i = 0; i < contenders.size(); i++) {
        Contender contender = contenders.get((i + round) % contenders.size());
        contender.thaw();
        long log = contender.gcLogSize();
        measure(contender, scenario, rate);
        pauses(contender, scenario, log);
        contender.freeze();
      }
      addedLatency(contenders, scenario);
    }
  }

  private boolean measures(Scenario scenario) {
    return options.scenarios().contains(scenario);
  }

  private void measure(Contender contender, Scenario scenario, double rate)
      throws IOException, InterruptedException {
    switch (scenario) {
      case CONNECTIONS -> connections(contender);
      case KEEP_ALIVE -> keepAlive(contender);
      case DOWN -> down(contender);
      case UP -> up(contender);
      case LATENCY_NEW -> latency(contender, scenario, false, rate);
      case LATENCY_KEPT -> latency(contender, scenario, true, rate);
      case HELD, CLIENTS -> {} // measured beside the rounds
    }
  }

  private void connections(Contender contender) throws IOException, InterruptedException {
    Scenario scenario = Scenario.CONNECTIONS;
    Cpu cpu = new Cpu(contender);
    long retransmitted = clients.retransmitted();
    Wrk run = clients.connections(contender.http(), CONNECTIONS, options.length());
    add(contender, scenario, "connections_per_s", "1/s", run.perSecond());
    cpu.add(scenario, "cpu_s_per_1000_connections", "s", run.requests() / 1000);
    add(contender, scenario, "failed_requests", "", (double) run.errors());
    add(
        contender,
        scenario,
        "client_retransmissions",
        "segments",
        (double) (clients.retransmitted() - retransmitted));
  }

  private void keepAlive(Contender contender) throws IOException, InterruptedException {
    Scenario scenario = Scenario.KEEP_ALIVE;
    Cpu cpu = new Cpu(contender);
    Wrk run = clients.keepAlive(contender.http(), CONNECTIONS, options.length());
    add(contender, scenario, "keepalive_requests_per_s", "1/s", run.perSecond());
    cpu.add(scenario, "cpu_s_per_1000_requests", "s", run.requests() / 1000);
    add(contender, scenario, "failed_requests", "", (double) run.errors());
  }

  private void down(Contender contender) throws IOException, InterruptedException {
    Cpu cpu = new Cpu(contender);
    Wrk run = clients.download(contender.http(), options.length());
    add(contender, Scenario.DOWN, "bulk_down_gbit_per_s", "Gbit/s", run.gbitPerSecond());
    cpu.add(Scenario.DOWN, "cpu_s_per_gb", "s", run.bytes() / 1e9);
    add(contender, Scenario.DOWN, "failed_requests", "", (double) run.errors());
  }

  private void up(Contender contender) throws IOException, InterruptedException {
    Cpu cpu = new Cpu(contender);
    Clients.Uploaded run = clients.upload(contender.sinks(), options.length());
    add(contender, Scenario.UP, "bulk_up_gbit_per_s", "Gbit/s", run.gbitPerSecond());
    cpu.add(Scenario.UP, "cpu_s_per_gb", "s", run.gigabytes());
    add(contender, Scenario.UP, "lost_bytes", "B", (double) run.lost());
    add(contender, Scenario.UP, "failed_requests", "", (double) run.failed());
  }

  private void latency(Contender contender, Scenario scenario, boolean kept, double rate)
      throws IOException {
    Clients.Paced run = clients.paced(contender.http(), kept, rate, options.length());
    add(contender, scenario, "latency_p50_ms", "ms", run.p50());
    add(contender, scenario, "latency_p99_ms", "ms", run.p99());
    add(contender, scenario, "latency_p999_ms", "ms", run.p999());
    add(contender, scenario, "failed_requests", "", (double) run.failed());
    add(contender, scenario, "hung_requests", "", (double) run.hung());
  }

  /** The difference to direct, of the same round. */
  private void addedLatency(List<Contender> contenders, Scenario scenario) {
    if (scenario != Scenario.LATENCY_NEW && scenario != Scenario.LATENCY_KEPT) {
      return;
    }
    for (String share : List.of("p50", "p99", "p999")) {
      double direct = last(Kind.DIRECT, scenario, share);
      for (Contender contender : contenders) {
        if (contender.kind() != Kind.DIRECT) {
          double added = last(contender.kind(), scenario, share) - direct;
          add(contender, scenario, "added_" + share + "_ms", "ms", added);
        }
      }
    }
  }

  private double last(Kind kind, Scenario scenario, String share) {
    return figures.last(kind, scenario.word(), "latency_" + share + "_ms").orElse(Double.NaN);
  }

  private void pauses(Contender contender, Scenario scenario, long log) throws IOException {
    if (contender.kind().strowger()
        && !Set.of(Scenario.HELD, Scenario.CLIENTS).contains(scenario)) {
      GcLog.Pause longest = contender.gcSince(log).longest();
      add(contender, scenario, "gc_pause_ms", "ms", longest.millis());
      if (longest.millis() > 2) {
        out.printf("%s, %s: %s%n", contender.kind().word(), scenario.word(), longest.line());
      }
    }
  }

  private void add(
      Contender contender, Scenario scenario, String metric, String unit, double value) {
    figures.add(contender.kind(), scenario.word(), metric, unit, value);
  }

  /** What the contender and the whole machine have worked since this was made. */
  private final class Cpu {
    private final Contender contender;
    private final double own;
    private final double machine = ProcessFigures.machineCpuSeconds();

    Cpu(Contender contender) {
      this.contender = contender;
      this.own = contender.cpuSeconds();
    }

    /** Adds it by so many (thousands of connections, GB): of itself, and of the whole machine. */
    void add(Scenario scenario, String metric, String unit, double by) {
      double all = (ProcessFigures.machineCpuSeconds() - machine) / by;
      if (contender.kind() != Kind.DIRECT) {
        double mine = (contender.cpuSeconds() - own) / by;
        Rounds.this.add(contender, scenario, metric, unit, mine);
      }
      Rounds.this.add(contender, scenario, "machine_" + metric, unit, all);
    }
  }
}
