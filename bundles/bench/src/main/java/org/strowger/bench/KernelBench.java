package org.strowger.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.strowger.api.Bpf;
import org.strowger.bpf.PacketCosts;
import org.strowger.bpf.PickErrors;
import org.strowger.linux.ThisKernel;
import org.strowger.testkit.Distribution;

/**
 * {@code bench kernel}: Strowger's forwarding methods in the kernel beside no director at all, a
 * plain router, nftables, HAProxy and nginx, in the same place, in turn.
 */
public final class KernelBench {
  private static final int USAGE = 2;

  /** How the second kernel runs, as its script says; empty in the first one. */
  private static final String IN_LAB =
      Optional.ofNullable(System.getenv("STROWGER_LAB")).map(how -> " (" + how + ")").orElse("");

  /** What a guest is given, less its start. */
  private static final Duration LAB = Duration.ofSeconds(270);

  private final KernelBenchOptions options;
  private final PrintStream out;
  private final Budget budget;
  private final Figures figures;
  private final List<String> leftOut = new ArrayList<>();
  private final List<KernelKind> kinds = new ArrayList<>();

  private KernelBench(KernelBenchOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
    this.budget = options.lab() ? new Budget(LAB) : Budget.of(options.quick());
    this.figures = new Figures("kernel" + IN_LAB, List.of(KernelKind.values()));
  }

  public static void main(String[] arguments) throws Exception {
    KernelBenchOptions options;
    try {
      options = KernelBenchOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("bench kernel: " + e.getMessage());
      System.err.print(KernelBenchOptions.usage());
      System.exit(USAGE);
      return;
    }
    try {
      new KernelBench(options, System.out).run();
    } catch (IOException | IllegalStateException e) {
      System.err.println("bench kernel: " + e.getMessage());
      System.exit(1);
    }
  }

  /** Whether this is a second kernel, where all is slower. */
  static boolean inLab() {
    return !IN_LAB.isEmpty();
  }

  private void run() throws Exception {
    for (String dead : Leftovers.clean()) {
      out.println("Removed what a bench that was killed had left: " + dead);
    }
    if (!Shell.root()) {
      throw new IOException("needs root: it makes network namespaces and loads BPF programs");
    }
    for (String[] need :
        new String[][] {{"wrk", "wrk"}, {"nginx", "nginx-light"}, {"ip", "iproute2"}}) {
      Optional<String> missing = Kind.missing(need[0], need[1]);
      if (missing.isPresent()) {
        throw new IOException(missing.get() + ": without it nothing can be measured");
      }
    }
    if (inLab()) {
      out.printf(
          "A second kernel, Linux %s%s: compare its figures with each other only.%n",
          System.getProperty("os.version"), IN_LAB);
    }
    chooseKinds();
    if (!options.scenarios().isEmpty()) {
      traffic();
    }
    if (options.packets() && budget.allows(0.9, "the packet path by itself")) {
      packets();
    }
    report();
  }

  private void chooseKinds() {
    boolean unwraps = KernelGround.class.getResource("/unwrap.bpf.o") != null;
    for (KernelKind kind : KernelKind.values()) {
      if (!options.kinds().contains(kind)) {
        leftOut.add(kind.word() + ": not asked for" + why());
      } else if (kind.missing().isPresent()) {
        leftOut.add(kind.word() + ": " + kind.missing().get());
      } else if (kind.forwarding().startsWith("tunnel") && !unwraps) {
        leftOut.add(kind.word() + ": what unwraps was not built, for want of clang");
      } else {
        kinds.add(kind);
      }
    }
  }

  private String why() {
    return options.quick() ? " (--quick)" : options.lab() ? " (--lab)" : "";
  }

  private void traffic() throws Exception {
    Path folder = Leftovers.folder();
    String run = folder.getFileName().toString();
    Thread hook = new Thread(() -> RelayBench.remove(run), "remove");
    Runtime.getRuntime().addShutdownHook(hook);
    try (Place place = Place.withoutDirector(folder, KernelKind.values().length)) {
      KernelGround ground = new KernelGround(place, kinds);
      ground.build();
      try (Clients clients = new Clients(place);
          RealServers real = new RealServers(place)) {
        real.await(place, clients);
        measure(place, ground, clients, real);
      }
    } finally {
      if (Runtime.getRuntime().removeShutdownHook(hook)) {
        RelayBench.remove(run);
      }
    }
  }

  private void measure(Place place, KernelGround ground, Clients clients, RealServers real)
      throws IOException, InterruptedException {
    List<KernelDirector> directors = directors(place, ground);
    KernelRounds rounds =
        new KernelRounds(
            options.quick() || options.lab() ? 3 : 10,
            options.scenarios(),
            ground,
            clients,
            real,
            figures);
    try {
      for (KernelDirector director : directors) {
        director.start(clients);
        for (KernelKind kind : director.kinds()) {
          rounds.warmUp(director, kind);
        }
        director.freeze();
      }
      for (int round = 0; round < options.rounds(); round++) {
        if (round > 0 && !budget.allows(0.55, "round " + (round + 1))) {
          break;
        }
        out.printf("round %d of %d%n", round + 1, options.rounds());
        rounds.round(directors, kinds, round, options.length());
      }
    } finally {
      directors.forEach(KernelDirector::close);
    }
  }

  /** Strowger's of one hook share one process, as they would; everybody else is alone. */
  private List<KernelDirector> directors(Place place, KernelGround ground) {
    List<KernelDirector> directors = new ArrayList<>();
    for (KernelKind.House house : KernelKind.House.values()) {
      List<KernelKind> own =
          kinds.stream().filter(kind -> kind.strowger() && kind.house() == house).toList();
      if (!own.isEmpty()) {
        directors.add(new KernelDirector(place, ground, house, own));
      }
    }
    kinds.stream()
        .filter(kind -> !kind.strowger())
        .forEach(
            kind -> directors.add(new KernelDirector(place, ground, kind.house(), List.of(kind))));
    return directors;
  }

  private void report() throws IOException {
    List<Measured> all = figures.measured();
    Table.print(
        all,
        List.of(KernelKind.values()),
        options.lab()
            ? List.of(KernelKind.IPVS_DIRECT, KernelKind.IPVS_MASQUERADING)
            : List.of(KernelKind.ROUTED, KernelKind.NFTABLES),
        out);
    Goals.print(KernelGoals.of(all), "the kernel plane", out);
    draw(all);
    leftOut.addAll(budget.leftOut());
    out.printf("%nLeft out:%n");
    leftOut.forEach(line -> out.println("  " + line));
    out.printf(Locale.ROOT, "%.0f s in all.%n", budget.seconds());
    if (options.json() != null) {
      Files.writeString(options.json(), Measured.json(all));
    }
  }

  /** The packet path by itself. */
  private void packets() throws IOException {
    Bpf bpf = ThisKernel.bpf();
    Optional<String> why = bpf.unavailable();
    if (why.isPresent()) {
      leftOut.add("the packet path by itself: " + why.get());
      return;
    }
    out.println("the packet path by itself");
    PacketCosts.Told told =
        (method, scenario, metric, unit, value) ->
            figures.add(KernelKind.atTc(method.word()), scenario, metric, unit, value);
    int rounds = options.quick() ? 1 : Math.min(3, options.rounds());
    PacketCosts.measure(bpf, options.quick(), rounds, told);
    PickErrors.measure(bpf, options.quick(), told);
  }

  private void draw(List<Measured> all) throws IOException {
    List<BarsSvg.Group> groups = new ArrayList<>();
    for (KernelScenario scenario : options.scenarios()) {
      groups.add(
          new BarsSvg.Group(
              scenario.word() + ", " + scenario.metric(),
              Arrays.stream(KernelKind.values())
                  .flatMap(
                      kind -> Figures.find(all, kind, scenario.word(), scenario.metric()).stream())
                  .map(KernelBench::bar)
                  .toList()));
    }
    if (groups.isEmpty()) {
      return;
    }
    Path file =
        Objects.requireNonNullElseGet(
            options.svg(),
            () ->
                Distribution.ofThisRepository()
                    .repository()
                    .resolve("bundles/bench/target/kernel.svg"));
    Files.writeString(file, BarsSvg.draw("Share of direct, medians of one run" + IN_LAB, groups));
    out.println("The medians are drawn in " + file);
  }

  private static BarsSvg.Bar bar(Measured one) {
    Double share = one.ratioToDirect();
    return new BarsSvg.Bar(
        one.contender(),
        share == null ? 0 : share,
        Table.number(one.median()),
        one.contender().startsWith("strowger"));
  }
}
