package org.strowger.simulation;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Flow;
import org.strowger.api.Protocol;
import org.strowger.api.Scheduler;

/**
 * One scenario, played through a scheduler: TCP clients {@code 10.1.0.h}, the service at {@code
 * 10.9.9.9}. A closed connection stays inactive for two minutes of the scenario's time (TIME_WAIT),
 * and counts for thresholds and loads meanwhile.
 */
final class Simulation {
  /** The answer for a connection that was refused. */
  static final int REFUSED = -1;

  private static final long TIME_WAIT_NANOS = Duration.ofMinutes(2).toNanos();
  private static final long CLOSE_NANOS = Duration.ofMillis(50).toNanos();
  private static final int SERVICE_PORT = 80;
  private static final int FIRST_CLIENT_PORT = 32_768;
  private static final int CLIENT_PORTS = 28_232;

  /** A connection that reached a real server. */
  private static final class Open {
    final Real real;
    final Persistence.@Nullable Template template;
    boolean closed;
    long goneAt;

    Open(Real real, Persistence.@Nullable Template template) {
      this.real = real;
      this.template = template;
    }
  }

  private final Scenario scenario;
  private final Scheduler scheduler;
  private final Rules rules;
  private final RandomGenerator random;
  private final Persistence persistence;
  private final RealList list = new RealList();
  private final List<Real> reals = new ArrayList<>();
  private final List<@Nullable Open> connections = new ArrayList<>();
  private final Deque<Open> closing = new ArrayDeque<>();
  private final List<Integer> chosen = new ArrayList<>();
  private final InetSocketAddress service = at(9, 9, 9, SERVICE_PORT);

  Simulation(Scenario scenario, Scheduler scheduler, Rules rules, RandomGenerator random) {
    this.scenario = scenario;
    this.scheduler = scheduler;
    this.rules = rules;
    this.random = random;
    this.persistence = new Persistence(scenario.persistentSeconds());
  }

  /**
   * The number of the real server that each connection reached, or {@link #REFUSED}.
   *
   * @throws IllegalStateException if the scheduler chose one that it must not choose
   */
  List<Integer> play() {
    configure();
    scenario.steps().forEach(this::play);
    return List.copyOf(chosen);
  }

  private void configure() {
    for (Scenario.Server server : scenario.servers()) {
      Real real = new Real(reals.size(), server, rules);
      reals.add(real);
      if (rules == Rules.KERNEL) {
        list.addFirst(real);
        scheduler.changed(list);
      } else {
        list.addLast(real);
      }
    }
    if (rules == Rules.OURS || scenario.servers().isEmpty()) {
      scheduler.changed(list);
    }
  }

  private void play(Step step) {
    switch (step) {
      case Step.Open open -> {
        for (int i = 0; i < open.count(); i++) {
          connections.add(connect(open.host()));
        }
      }
      case Step.Close close -> close(connections.get(close.connection()));
      case Step.Weight weight -> {
        reals.get(weight.real()).edit(weight.weight());
        scheduler.changed(list);
      }
      case Step.Delete delete -> {
        list.remove(reals.get(delete.real()));
        scheduler.changed(list);
      }
      case Step.Sleep sleep -> pass(sleep.nanos());
    }
  }

  private @Nullable Open connect(int host) {
    Persistence.Template template = persistence.of(host, list);
    // The kernel lets a template pass the upper threshold; ours is hard.
    if (template != null && rules == Rules.OURS && template.real.overloaded()) {
      template = null;
    }
    Real real = template == null ? pick(host) : template.real;
    chosen.add(real == null ? REFUSED : real.number);
    if (real == null) {
      return null;
    }
    if (persistence.wanted()) {
      template = template == null ? persistence.make(host, real) : template;
      template.opened();
      persistence.used(template, list.nanoTime());
    }
    real.opened();
    return new Open(real, template);
  }

  private @Nullable Real pick(int host) {
    int port = FIRST_CLIENT_PORT + connections.size() % CLIENT_PORTS;
    Flow flow = new Flow(Protocol.TCP, at(1, 0, host, port), service);
    int index = scheduler.pick(flow, list, random);
    if (index == Scheduler.NONE) {
      return null;
    }
    if (index < 0 || index >= list.size() || list.weight(index) == 0 || !list.available(index)) {
      throw new IllegalStateException(
          "the scheduler chose index " + index + " of the list, which is not eligible");
    }
    return list.get(index);
  }

  private void close(@Nullable Open connection) {
    if (connection != null && !connection.closed) {
      connection.closed = true;
      connection.real.closing();
      connection.goneAt = list.nanoTime() + TIME_WAIT_NANOS;
      closing.add(connection);
    }
    pass(CLOSE_NANOS);
  }

  private void pass(long nanos) {
    list.pass(nanos);
    while (!closing.isEmpty() && closing.getFirst().goneAt <= list.nanoTime()) {
      Open gone = closing.removeFirst();
      gone.real.gone();
      if (gone.template != null) {
        gone.template.gone();
      }
    }
  }

  private static InetSocketAddress at(int second, int third, int fourth, int port) {
    try {
      byte[] address = {10, (byte) second, (byte) third, (byte) fourth};
      return new InetSocketAddress(InetAddress.getByAddress(address), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }
}
