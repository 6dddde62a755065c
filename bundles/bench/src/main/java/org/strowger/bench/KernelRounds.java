package org.strowger.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The rounds of {@code bench kernel}: each measurement is made of all contenders before the next
 * one, in an order that rotates; directors that are not measured are frozen.
 */
final class KernelRounds {
  private static final int CONNECTIONS = 64;
  private static final int FLOWS = 64;

  private final int warmUps;
  private final Set<KernelScenario> scenarios;
  private final KernelGround ground;
  private final Clients clients;
  private final RealServers reals;
  private final Figures figures;

  /**
   * @param warmUps seconds of load before the first measurement of each process, a JVM's most of
   *     all
   */
  KernelRounds(
      int warmUps,
      Set<KernelScenario> scenarios,
      KernelGround ground,
      Clients clients,
      RealServers reals,
      Figures figures) {
    this.warmUps = warmUps;
    this.scenarios = scenarios;
    this.ground = ground;
    this.clients = clients;
    this.reals = reals;
    this.figures = figures;
  }

  /** So that nobody is the first to meet cold caches, the load's own included. */
  void warmUp(KernelDirector director, KernelKind kind) throws IOException, InterruptedException {
    Duration second = Duration.ofSeconds(1);
    ground.turnTo(kind);
    director.thaw();
    boolean cold = kind == KernelKind.DIRECT || kind == director.kinds().getFirst();
    for (int i = 0; i < (cold ? warmUps : 1); i++) {
      clients.connections(ground.targets(kind, Place.HTTP), CONNECTIONS, second);
      if (scenarios.contains(KernelScenario.UP)) {
        clients.upload(ground.targets(kind, Place.SINK), second);
      }
    }
    director.freeze();
  }

  void round(List<KernelDirector> directors, List<KernelKind> kinds, int round, Duration length)
      throws IOException, InterruptedException {
    for (KernelScenario scenario : scenarios) {
      for (int i = 0; i < kinds.size(); i++) {
        KernelKind kind = kinds.get((i + round) % kinds.size());
        if (scenario == KernelScenario.DATAGRAMS && !kind.carriesDatagrams()) {
          continue;
        }
        KernelDirector director =
            directors.stream().filter(each -> each.carries(kind)).findFirst().orElseThrow();
        ground.turnTo(kind);
        director.thaw();
        measure(kind, director, scenario, length);
        director.freeze();
      }
    }
  }

  private void measure(
      KernelKind kind, KernelDirector director, KernelScenario scenario, Duration length)
      throws IOException, InterruptedException {
    List<Target> http = ground.targets(kind, Place.HTTP);
    List<Target> sinks = ground.targets(kind, Place.SINK);
    double machine = ProcessFigures.machineCpuSeconds();
    double own = director.cpuSeconds();
    switch (scenario) {
      case CONNECTIONS -> {
        long before = clients.retransmitted();
        Wrk run = clients.connections(http, CONNECTIONS, length);
        add(kind, scenario, run.perSecond(), run.errors());
        long again = clients.retransmitted() - before;
        figures.add(kind, scenario.word(), "client_retransmissions", "segments", (double) again);
        cpu(kind, director, scenario, machine, own, "1000_connections", run.requests() / 1e3);
      }
      case KEEP_ALIVE -> {
        Wrk run = clients.keepAlive(http, CONNECTIONS, length);
        add(kind, scenario, run.perSecond(), run.errors());
        cpu(kind, director, scenario, machine, own, "1000_requests", run.requests() / 1e3);
      }
      case DOWN -> {
        Wrk run = clients.download(http, length);
        add(kind, scenario, run.gbitPerSecond(), run.errors());
        cpu(kind, director, scenario, machine, own, "gb", run.bytes() / 1e9);
      }
      case UP -> {
        Clients.Uploaded run = clients.upload(sinks, length);
        add(kind, scenario, run.gbitPerSecond(), run.failed());
        figures.add(kind, scenario.word(), "lost_bytes", "B", (double) run.lost());
        cpu(kind, director, scenario, machine, own, "gb", run.gigabytes());
      }
      case DATAGRAMS -> {
        long before = reals.datagrams();
        double seconds = clients.datagrams(sinks, FLOWS, length);
        long arrived = reals.datagrams() - before;
        add(kind, scenario, arrived / seconds, 0);
        cpu(kind, director, scenario, machine, own, "million_packets", arrived / 1e6);
      }
    }
  }

  private void add(KernelKind kind, KernelScenario scenario, double value, long failed) {
    figures.add(kind, scenario.word(), scenario.metric(), scenario.unit(), value);
    figures.add(kind, scenario.word(), "failed_requests", "", (double) failed);
  }

  /** What the whole machine has worked, and the director's process of it. */
  private void cpu(
      KernelKind kind,
      KernelDirector director,
      KernelScenario scenario,
      double machine,
      double own,
      String by,
      double count) {
    double all = ProcessFigures.machineCpuSeconds() - machine;
    figures.add(kind, scenario.word(), "machine_cpu_s_per_" + by, "s", all / count);
    if (kind.strowger() || kind == KernelKind.HAPROXY || kind == KernelKind.NGINX) {
      double mine = director.cpuSeconds() - own;
      figures.add(kind, scenario.word(), "director_cpu_s_per_" + by, "s", mine / count);
    }
  }
}
