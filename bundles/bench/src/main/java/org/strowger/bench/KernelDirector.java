package org.strowger.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.Distribution;

/** What runs in one director's namespace for some of the contenders: a process, or only rules. */
final class KernelDirector implements AutoCloseable {
  private final Place place;
  private final KernelGround ground;
  private final KernelKind.House house;
  private final List<KernelKind> kinds;
  private @Nullable Child child;

  /**
   * @param kinds those that share it
   */
  KernelDirector(Place place, KernelGround ground, KernelKind.House house, List<KernelKind> kinds) {
    this.place = place;
    this.ground = ground;
    this.house = house;
    this.kinds = List.copyOf(kinds);
  }

  List<KernelKind> kinds() {
    return kinds;
  }

  boolean carries(KernelKind kind) {
    return kinds.contains(kind);
  }

  /** Starts it, and waits until a client is served by each of its contenders. */
  void start(Clients clients) throws IOException, InterruptedException {
    String name = house.word() + "-" + kinds.getFirst().word();
    Path own = Files.createDirectories(place.folder().resolve(name));
    switch (kinds.getFirst()) {
      case DIRECT, ROUTED -> {
        return;
      }
      case NFTABLES -> {
        Path rules = Files.writeString(own.resolve("nft.rules"), nftables());
        place.run(house.word(), "nft -f " + rules);
      }
      case IPVS_DIRECT -> ipvs(KernelKind.IPVS_DIRECT, "--gatewaying");
      case IPVS_MASQUERADING -> ipvs(KernelKind.IPVS_MASQUERADING, "--masquerading");
      case HAPROXY -> {
        Path file = own.resolve("haproxy.cfg");
        Target http = KernelGround.virtual(KernelKind.HAPROXY, Place.HTTP);
        Target sink = KernelGround.virtual(KernelKind.HAPROXY, Place.SINK);
        Files.writeString(file, Configurations.haproxy(http, sink, place));
        launch(name, own, List.of("haproxy", "-db", "-f", file.toString()));
      }
      case NGINX -> {
        Path file = own.resolve("nginx.conf");
        Target http = KernelGround.virtual(KernelKind.NGINX, Place.HTTP);
        Target sink = KernelGround.virtual(KernelKind.NGINX, Place.SINK);
        Path module = Shell.nginxStreamModule().orElseThrow();
        Files.writeString(file, Configurations.nginxStream(http, sink, place, own, module));
        launch(name, own, Contender.nginx(own, file));
      }
      default -> strowger(name, own);
    }
    awaitService(clients);
  }

  /** The product, as its distribution starts it; in an emulator without the costly compiler. */
  private void strowger(String name, Path own) throws IOException {
    Files.writeString(own.resolve("director.yaml"), configuration());
    String[] options =
        KernelBench.inLab() ? new String[] {"-XX:TieredStopAtLevel=1"} : new String[0];
    launch(name, own, DirectorProcess.command(Distribution.ofThisRepository(), own, options));
  }

  /** The kernel's own virtual server, as its manual has it; round robin as Strowger's. */
  private void ipvs(KernelKind kind, String method) throws IOException, InterruptedException {
    for (Map.Entry<String, Target> each : ipvsServices(kind)) {
      String service = each.getKey() + " " + each.getValue();
      place.run(house.word(), "ipvsadm --add-service " + service + " --scheduler rr");
      for (Target real : each.getValue().port() == Place.HTTP ? place.http() : place.sinks()) {
        place.run(
            house.word(),
            "ipvsadm --add-server %s --real-server %s %s".formatted(service, real, method));
      }
    }
  }

  private static List<Map.Entry<String, Target>> ipvsServices(KernelKind kind) {
    Target sink = KernelGround.virtual(kind, Place.SINK);
    return List.of(
        Map.entry("--tcp-service", KernelGround.virtual(kind, Place.HTTP)),
        Map.entry("--tcp-service", sink),
        Map.entry("--udp-service", sink));
  }

  private void launch(String name, Path own, List<String> command) throws IOException {
    child = Child.start(name, own, place.in(house.word(), command));
  }

  private void awaitService(Clients clients) throws IOException, InterruptedException {
    for (KernelKind kind : kinds) {
      ground.turnTo(kind);
      List<Target> http = ground.targets(kind, Place.HTTP);
      if (child != null) {
        child.await(() -> clients.served(http.getFirst()));
      } else if (!clients.served(http.getFirst())) {
        throw new IOException(kind.word() + ": nobody answers at " + http.getFirst());
      }
    }
  }

  private String configuration() {
    boolean xdp = house == KernelKind.House.XDP;
    String sources =
        kinds.stream()
            .filter(kind -> kind.forwarding().equals("fullnat"))
            .map(KernelGround::source)
            .collect(Collectors.joining(", "));
    return """
    director:
      dataInterface: eth0
    %s%s
    pools:
      http:
        realServers:
    %s
      sink:
        realServers:
    %s
    virtualServices:
    %s
    """
        .formatted(
            xdp ? "  xdpInterfaces: [eth0]\n" : "",
            sources.isEmpty() ? "" : "  sourceAddresses: [" + sources + "]",
            Configurations.realServers(place.http()),
            Configurations.realServers(place.sinks()),
            kinds.stream().map(KernelDirector::services).collect(Collectors.joining("\n")));
  }

  private static String services(KernelKind kind) {
    return """
      %1$s-http: { address: %2$s, port: %3$d, pool: http, scheduler: rr, forwarding: %1$s }
      %1$s-sink: { address: %2$s, port: %4$d, pool: sink, scheduler: rr, forwarding: %1$s }
      %1$s-udp: { address: %2$s, port: %4$d, protocol: udp, pool: sink, scheduler: rr, forwarding: %1$s }
    """
        .formatted(
            kind.forwarding(), KernelGround.virtual(kind, 0).address(), Place.HTTP, Place.SINK);
  }

  /** Destination translation to the real servers in turn, as anybody would write it. */
  private String nftables() {
    StringBuilder rules = new StringBuilder("table ip bench {\n  chain prerouting {\n");
    rules.append("    type nat hook prerouting priority dstnat;\n");
    String virtual = KernelGround.virtual(KernelKind.NFTABLES, 0).address();
    for (String port : List.of("tcp dport 80", "tcp dport 9000", "udp dport 9000")) {
      rules
          .append("    ip daddr %s %s dnat to numgen inc mod 3 map {".formatted(virtual, port))
          .append(" 0 : 10.46.3.1, 1 : 10.46.3.2, 2 : 10.46.3.3 }\n");
    }
    return rules.append("  }\n}\n").toString();
  }

  void freeze() throws IOException, InterruptedException {
    if (child != null) {
      child.freeze();
    }
  }

  void thaw() throws IOException, InterruptedException {
    if (child != null) {
      child.thaw();
    }
  }

  double cpuSeconds() {
    return child == null ? 0 : ProcessFigures.cpuSeconds(child.handle());
  }

  /** What it said, and what it logged. */
  String said() throws IOException {
    return child == null ? "" : child.said();
  }

  @Override
  public void close() {
    if (child != null) {
      child.close();
      child = null;
    }
  }
}
