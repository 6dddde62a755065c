package org.strowger.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where it all runs: clients, director and real servers in network namespaces of their own, joined
 * by a bridge in one more; without privilege everything on loopback, where the cost of a network is
 * not seen. Each contender has a virtual address and client addresses of its own, so that no port
 * or entry that one left behind meets the next.
 */
final class Place implements AutoCloseable {
  static final int REAL_SERVERS = 3;
  static final int HTTP = 80;
  static final int SINK = 9000;

  private static final String NETWORK = "10.46.0.0/16";

  private final Path folder;
  private final boolean namespaces;
  private final String prefix;
  private final List<Target> http = new ArrayList<>();
  private final List<Target> sinks = new ArrayList<>();
  private final int descriptors;

  private Place(Path folder, boolean namespaces) throws IOException, InterruptedException {
    this.folder = folder;
    this.namespaces = namespaces;
    this.prefix = Leftovers.PREFIX + ProcessHandle.current().pid() + "-";
    this.descriptors = Descriptors.most();
    for (int i = 1; i <= REAL_SERVERS; i++) {
      http.add(namespaces ? new Target("10.46.3." + i, HTTP) : freeTarget());
      sinks.add(namespaces ? new Target("10.46.3." + i, SINK) : freeTarget());
    }
  }

  static Place loopback(Path folder) throws IOException, InterruptedException {
    return new Place(folder, false);
  }

  /** Makes the namespaces; removes what it made so far if one cannot be made. */
  static Place namespaces(Path folder, int contenders) throws IOException, InterruptedException {
    Place place = new Place(folder, true);
    try {
      place.build(contenders);
      return place;
    } catch (IOException e) {
      place.close();
      throw e;
    }
  }

  /** Without a director: {@link KernelGround} adds those. */
  static Place withoutDirector(Path folder, int contenders)
      throws IOException, InterruptedException {
    Place place = new Place(folder, true);
    try {
      place.buildAround(contenders);
      return place;
    } catch (IOException e) {
      place.close();
      throw e;
    }
  }

  private void build(int contenders) throws IOException, InterruptedException {
    buildAround(contenders);
    join("director", addresses("10.46.2.", contenders));
  }

  private void buildAround(int contenders) throws IOException, InterruptedException {
    Shell.run("ip", "netns", "add", prefix + "switch");
    Shell.run("ip", "-n", prefix + "switch", "link", "add", "bridge", "type", "bridge");
    Shell.run("ip", "-n", prefix + "switch", "link", "set", "bridge", "up");
    join("client", addresses("10.46.1.", contenders));
    for (int i = 1; i <= REAL_SERVERS; i++) {
      join("real" + i, List.of("10.46.3." + i));
    }
  }

  private static List<String> addresses(String start, int count) {
    List<String> all = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      all.add(start + i);
    }
    return all;
  }

  /** A namespace with a device {@code eth0} at the bridge. */
  void join(String name, List<String> addresses) throws IOException, InterruptedException {
    String to = prefix + name;
    String bridge = prefix + "switch";
    Shell.run("ip", "netns", "add", to);
    Shell.run(
        words(
            "ip link add name eth0 netns %s type veth peer name %s netns %s"
                .formatted(to, name, bridge)));
    Shell.run(words("ip -n %s link set %s master bridge up".formatted(bridge, name)));
    Shell.run(words("ip -n %s link set lo up".formatted(to)));
    Shell.run(words("ip -n %s link set eth0 up".formatted(to)));
    for (String address : addresses) {
      Shell.run(words("ip -n %s address add %s/32 dev eth0".formatted(to, address)));
    }
    source(name, addresses.getFirst());
    Shell.run(
        "ip",
        "netns",
        "exec",
        to,
        "sysctl",
        "-qw",
        "net.ipv4.tcp_max_tw_buckets=0", // TIME_WAIT would decide the contest, not the contenders
        "net.ipv4.ip_local_port_range=10000 65000",
        "net.core.somaxconn=16384",
        "net.ipv4.tcp_max_syn_backlog=16384");
  }

  /** From which address a namespace speaks. */
  void source(String name, String address) throws IOException, InterruptedException {
    run(name, "ip route replace %s dev eth0 src %s".formatted(NETWORK, address));
  }

  /** Runs a program in a namespace to its end; words with single blanks between. */
  void run(String name, String words) throws IOException, InterruptedException {
    Shell.run(words(("ip netns exec " + prefix + name + " " + words)));
  }

  private static String[] words(String text) {
    return text.split(" ");
  }

  /** The traffic of the contender of this number, from 1, comes from addresses of its own. */
  void sourcesOf(int contender) throws IOException, InterruptedException {
    if (namespaces) {
      source("client", "10.46.1." + contender);
      source("director", "10.46.2." + contender);
    }
  }

  /** The virtual service of a contender. */
  Target virtual(int contender, int port) throws IOException {
    return namespaces ? new Target("10.46.2." + contender, port) : freeTarget();
  }

  /** Puts a command into the namespace {@code client}, {@code director} or {@code real1}. */
  List<String> in(String name, List<String> command) {
    List<String> all = new ArrayList<>();
    if (namespaces) {
      all.addAll(List.of("ip", "netns", "exec", prefix + name));
    }
    all.addAll(Descriptors.prefix(descriptors));
    all.addAll(command);
    return all;
  }

  /** Where the program of a real server listens: at all its addresses, if it has its own. */
  Target listening(Target target) {
    return namespaces ? new Target("0.0.0.0", target.port()) : target;
  }

  List<Target> http() {
    return http;
  }

  List<Target> sinks() {
    return sinks;
  }

  Path folder() {
    return folder;
  }

  boolean isolated() {
    return namespaces;
  }

  /** File descriptors that each process may open. */
  int descriptors() {
    return descriptors;
  }

  private static Target freeTarget() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new Target("127.0.0.1", socket.getLocalPort());
    }
  }

  @Override
  public void close() {
    if (namespaces) {
      Leftovers.removeNamespaces(prefix);
    }
  }
}
