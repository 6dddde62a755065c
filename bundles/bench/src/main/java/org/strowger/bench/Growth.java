package org.strowger.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory, latency and throughput while 100 to 20,000 connections are held idle. Each contender is
 * started anew: what an earlier load left in its pools would hide what a connection takes.
 */
final class Growth {
  private static final int[] STEPS = {100, 1_000, 5_000, 10_000, 20_000};
  private static final int[] STEPS_QUICK = {100, 2_000};
  private static final int CONNECTIONS = 64;

  private final RelayOptions options;
  private final Place place;
  private final Clients clients;
  private final Figures figures;
  private final PrintStream out;

  Growth(RelayOptions options, Place place, Clients clients, Figures figures, PrintStream out) {
    this.options = options;
    this.place = place;
    this.clients = clients;
    this.figures = figures;
    this.out = out;
  }

  /** The numbers of held connections: those that the limit of file descriptors allows. */
  static List<Integer> steps(boolean quick, int holdable) {
    List<Integer> steps = new ArrayList<>();
    for (int step : quick ? STEPS_QUICK : STEPS) {
      if (step <= holdable) {
        steps.add(step);
      } else if (steps.isEmpty() || steps.getLast() < holdable) {
        steps.add(holdable);
      }
    }
    return steps;
  }

  /** One contender, once. */
  void measure(Contender contender, Rounds rounds, double rate)
      throws IOException, InterruptedException {
    contender.start(clients);
    try {
      place.sourcesOf(contender.number());
      if (options.quick()) {
        rounds.warmUpByConnections(contender);
      } else {
        rounds.warmUp(contender);
      }
      load(contender, rate, 0);
      long living = contender.livingKib();
      long resident = contender.proportionalKib();
      for (int step : steps(options.quick(), Descriptors.holdable(place.descriptors()))) {
        clients.hold(contender.http(), step);
        if (contender.kind() != Kind.DIRECT) {
          double each = (double) (contender.livingKib() - living) / step;
          double all = (double) (contender.proportionalKib() - resident) / step;
          add(contender, step, "kib_per_idle_connection", "KiB", each);
          add(contender, step, "rss_kib_per_idle_connection", "KiB", all);
        }
        load(contender, rate, step);
      }
      int cut = clients.cut();
      if (cut > 0) {
        out.printf("%s: %d of the held connections were cut%n", contender.kind().word(), cut);
      }
      clients.hold(contender.http(), 0);
    } finally {
      contender.close();
    }
  }

  private void load(Contender contender, double rate, int held)
      throws IOException, InterruptedException {
    Duration length = Duration.ofSeconds(options.quick() ? 1 : 2);
    Clients.Paced paced = clients.paced(contender.http(), false, rate, length);
    Wrk run = clients.connections(contender.http(), CONNECTIONS, length);
    add(contender, held, "latency_p50_ms", "ms", paced.p50());
    add(contender, held, "latency_p99_ms", "ms", paced.p99());
    add(contender, held, "hung_requests", "", (double) paced.hung());
    add(contender, held, "failed_requests", "", (double) (paced.failed() + run.errors()));
    add(contender, held, "connections_per_s", "1/s", run.perSecond());
  }

  private void add(Contender contender, int held, String metric, String unit, double value) {
    figures.add(contender.kind(), Scenario.held(held), metric, unit, value);
  }
}
