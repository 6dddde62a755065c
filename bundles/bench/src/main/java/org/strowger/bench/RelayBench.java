package org.strowger.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.strowger.testkit.Distribution;

/**
 * {@code bench relay}: Strowger's relay on each transport beside HAProxy, nginx and no director at
 * all, in the same place, in turn.
 */
public final class RelayBench {
  private static final int USAGE = 2;

  private final RelayOptions options;
  private final PrintStream out;
  private final Budget budget;
  private final Figures figures = new Figures("relay", List.of(Kind.values()));
  private final List<String> leftOut = new ArrayList<>();
  private final List<Kind> kinds = new ArrayList<>();

  private RelayBench(RelayOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
    this.budget = Budget.of(options.quick());
  }

  public static void main(String[] arguments) throws Exception {
    RelayOptions options;
    try {
      options = RelayOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("bench relay: " + e.getMessage());
      System.err.print(RelayOptions.usage());
      System.exit(USAGE);
      return;
    }
    try {
      new RelayBench(options, System.out).run();
    } catch (IOException | IllegalStateException e) {
      System.err.println("bench relay: " + e.getMessage());
      System.exit(1);
    }
  }

  private void run() throws Exception {
    for (String dead : Leftovers.clean()) {
      out.println("Removed what a bench that was killed had left: " + dead);
    }
    for (String program : List.of("wrk", "nginx")) {
      Optional<String> missing =
          Kind.missing(program, program.equals("nginx") ? "nginx-light" : program);
      if (missing.isPresent()) {
        throw new IOException(missing.get() + ": without it nothing can be measured");
      }
    }
    chooseKinds();
    Path folder = Leftovers.folder();
    String run = folder.getFileName().toString();
    Thread hook = new Thread(() -> remove(run), "remove");
    Runtime.getRuntime().addShutdownHook(hook);
    try (Place place = place(folder);
        Clients clients = new Clients(place);
        RealServers real = new RealServers(place)) {
      real.await(place, clients);
      measure(place, clients);
    } finally {
      if (Runtime.getRuntime().removeShutdownHook(hook)) {
        remove(run);
      }
    }
    report();
  }

  static void remove(String run) {
    try {
      Leftovers.remove(run);
    } catch (IOException | UncheckedIOException e) {
      System.err.println("bench: something is left of " + run + ": " + e.getMessage());
    }
  }

  private void chooseKinds() {
    for (Kind kind : Kind.values()) {
      if (!options.kinds().contains(kind)) {
        leftOut.add(kind.word() + ": not asked for" + (options.quick() ? " (--quick)" : ""));
      } else if (kind.missing().isPresent()) {
        leftOut.add(kind.word() + ": " + kind.missing().get());
      } else {
        kinds.add(kind);
      }
    }
    for (Scenario scenario : EnumSet.complementOf(EnumSet.copyOf(options.scenarios()))) {
      leftOut.add(scenario.word() + ": not asked for");
    }
  }

  private Place place(Path folder) throws IOException, InterruptedException {
    boolean possible = Shell.root() && Shell.find("ip").isPresent();
    Place place =
        possible && !options.loopback()
            ? Place.namespaces(folder, Kind.values().length)
            : Place.loopback(folder);
    out.println(
        place.isolated()
            ? "Clients, director and 3 real servers in network namespaces of their own, joined by a"
                + " bridge."
            : "EVERYTHING ON LOOPBACK, "
                + (possible ? "as asked for" : "for want of root or ip")
                + ": no cost of a network in any figure, and ports shared with the machine.");
    int holdable = Descriptors.holdable(place.descriptors());
    if (holdable < 20_000) {
      leftOut.add(
          "more than %d held connections: %d file descriptors a process is the hard limit here"
              .formatted(holdable, place.descriptors()));
    }
    return place;
  }

  private void measure(Place place, Clients clients) throws IOException, InterruptedException {
    List<Contender> contenders = new ArrayList<>();
    Rounds rounds = new Rounds(options, clients, figures, out);
    try {
      for (Kind kind : kinds) {
        Contender contender = new Contender(kind, place, contenders.size() + 1);
        contenders.add(contender);
        contender.start(clients);
        place.sourcesOf(contender.number());
        rounds.warmUp(contender);
        contender.freeze();
      }
      double rate = rounds.rate(contenders);
      for (int round = 0; round < options.rounds() && inRounds(); round++) {
        if (round > 0 && !budget.allows(0.5, "round " + (round + 1))) {
          break;
        }
        out.printf("round %d of %d%n", round + 1, options.rounds());
        rounds.round(contenders, round, rate);
      }
      curve(contenders, clients);
      contenders.forEach(Contender::close);
      grow(contenders, place, clients, rounds, rate);
    } finally {
      contenders.forEach(Contender::close);
    }
  }

  private boolean inRounds() {
    Set<Scenario> wanted = EnumSet.copyOf(options.scenarios());
    wanted.removeAll(EnumSet.of(Scenario.HELD, Scenario.CLIENTS));
    return !wanted.isEmpty();
  }

  private void curve(List<Contender> contenders, Clients clients)
      throws IOException, InterruptedException {
    if (!options.scenarios().contains(Scenario.CLIENTS)) {
      return;
    }
    if (!budget.allows(0.7, "the curves")) {
      return;
    }
    List<Contender> both =
        contenders.stream()
            .filter(c -> c.kind() == Kind.DIRECT || strowger().filter(c.kind()::equals).isPresent())
            .toList();
    ClientsCurve curve = new ClientsCurve(options, clients, figures);
    for (int round = 0; round < (options.quick() ? 1 : Math.min(3, options.rounds())); round++) {
      out.printf("clients, round %d%n", round + 1);
      curve.round(both);
    }
    Path file = options.svg();
    if (file == null) {
      file = Distribution.ofThisRepository().repository().resolve("bundles/bench/target/relay.svg");
    }
    curve.draw(both.stream().map(Contender::kind).toList(), file);
    out.println("The curves are drawn in " + file);
  }

  private void grow(
      List<Contender> contenders, Place place, Clients clients, Rounds rounds, double rate)
      throws IOException, InterruptedException {
    if (!options.scenarios().contains(Scenario.HELD)) {
      return;
    }
    Growth growth = new Growth(options, place, clients, figures, out);
    for (int round = 0; round < (options.quick() ? 1 : Math.min(3, options.rounds())); round++) {
      for (int i = 0; i < contenders.size(); i++) {
        Contender contender = contenders.get((i + round) % contenders.size());
        if (options.quick() && contender.kind() == Kind.DIRECT) {
          continue;
        }
        if (!budget.allows(0.85, "held connections, " + contender.kind().word())) {
          continue;
        }
        out.printf("held connections, round %d: %s%n", round + 1, contender.kind().word());
        growth.measure(contender, rounds, rate);
      }
    }
  }

  /** The first of Strowger's that takes part: the fastest transport. */
  private Optional<Kind> strowger() {
    return kinds.stream().filter(Kind::strowger).findFirst();
  }

  private void report() throws IOException {
    List<Measured> all = figures.measured();
    Table.print(all, List.of(Kind.values()), List.of(Kind.HAPROXY), out);
    strowger().ifPresent(kind -> Goals.print(Goals.of(all, kind), kind.word(), out));
    leftOut.addAll(budget.leftOut());
    if (options.quick()) {
      leftOut.add("held connections, direct: --quick");
    }
    out.printf("%nLeft out:%n");
    leftOut.forEach(line -> out.println("  " + line));
    out.printf(Locale.ROOT, "%.0f s in all.%n", budget.seconds());
    if (options.json() != null) {
      Files.writeString(options.json(), Measured.json(all));
    }
  }
}
