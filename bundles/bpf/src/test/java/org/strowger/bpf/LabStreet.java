package org.strowger.bpf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.strowger.testkit.Street;

/**
 * A street of the second kernel: a client 10.9.0.1, a director 10.9.0.10, real servers a and b at
 * 10.9.0.21 and 10.9.0.22, whose kernels take packets out of tunnels themselves; IPv6 likewise in
 * 2001:db8:9::/64, with the same last digits. Services are at 100 (direct routing), 101
 * (masquerading), 102 (tunnels), 104 (full NAT, which speaks from 103).
 */
final class LabStreet implements AutoCloseable {
  static final List<String> REALS = List.of("a", "b");
  static final int GUE_PORT = 6080;
  private static final List<String> MODULES =
      List.of("ipip", "sit", "ip6_tunnel", "fou", "fou6", "sctp", "sch_netem", "veth", "bridge");

  private final Street street;
  private final List<Process> processes = new ArrayList<>();

  LabStreet() throws IOException, InterruptedException {
    for (String module : MODULES) {
      Street.run("modprobe " + module);
    }
    street = new Street("lab");
    street.house("client", "10.9.0.1/24");
    street.in("client", "ip addr add 2001:db8:9::1/64 dev door nodad");
    street.house("director", "10.9.0.10/24");
    street.in("director", "ip addr add 2001:db8:9::10/64 dev door nodad");
    for (int last = 100; last <= 104; last++) {
      street.in("director", "ip addr add 10.9.0." + last + "/32 dev door");
      street.in("director", "ip addr add 2001:db8:9::" + last + "/128 dev door nodad");
    }
    for (String real : REALS) {
      realServer(real, last(real));
    }
  }

  static int last(String real) {
    return real.equals("a") ? 21 : 22;
  }

  private void realServer(String name, int last) throws IOException, InterruptedException {
    street.house(name, "10.9.0." + last + "/24");
    String six = "2001:db8:9::" + last;
    street.in(name, "ip addr add " + six + "/64 dev door nodad");
    street.in(name, "sysctl -qw net.ipv4.conf.all.arp_ignore=1");
    street.in(name, "sysctl -qw net.ipv4.conf.all.arp_announce=2");
    street.in(name, "sysctl -qw net.ipv4.conf.all.accept_redirects=0");
    for (int each : new int[] {100, 102}) {
      street.in(name, "ip addr add 10.9.0." + each + "/32 dev lo");
      street.in(name, "ip addr add 2001:db8:9::" + each + "/128 dev lo nodad");
    }
    unwrap(name);
    // What was masqueraded answers by way of the director, from an address of its own.
    street.in(name, "ip route add 10.9.0.1/32 via 10.9.0.10 table 7");
    street.in(name, "ip rule add from 10.9.0." + last + " to 10.9.0.1 lookup 7");
    street.in(name, "ip -6 route add 2001:db8:9::1/128 via 2001:db8:9::10 table 7");
    street.in(name, "ip -6 rule add from " + six + " to 2001:db8:9::1 lookup 7");
  }

  /** As the README says it for real servers behind tunnels. */
  private void unwrap(String name) throws IOException, InterruptedException {
    street.in(name, "ip link add tunnel6 type ip6tnl mode any external");
    for (String device : List.of("tunl0", "sit0", "tunnel6")) {
      street.in(name, "ip link set " + device + " up");
      street.in(name, "sysctl -qw net.ipv4.conf." + device + ".rp_filter=0");
    }
    street.in(name, "ip fou add port " + GUE_PORT + " gue");
    street.in(name, "ip fou add port " + GUE_PORT + " gue -6");
  }

  Street street() {
    return street;
  }

  void in(String house, String command) throws IOException, InterruptedException {
    street.in(house, command);
  }

  /** Starts a program in a house; it ends with the street, if not before. */
  Process start(String house, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", street.name(house)));
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    processes.add(process);
    return process;
  }

  /** Ends a program and what it started. */
  void stop(Process process) {
    List<ProcessHandle> below = process.descendants().toList();
    process.destroyForcibly().onExit().join();
    below.forEach(ProcessHandle::destroyForcibly);
  }

  /** Octets that a device of a house has taken in. */
  long received(String house, String device) throws IOException, InterruptedException {
    return Long.parseLong(said(house, "cat /sys/class/net/" + device + "/statistics/rx_bytes"));
  }

  /** What the kernels of all houses have counted, and their tunnels: for messages. */
  String counted() throws IOException, InterruptedException {
    StringBuilder all = new StringBuilder();
    for (String house : List.of("client", "director", "a")) {
      all.append(house).append(":\n").append(said(house, "nstat -s")).append('\n');
    }
    return all.append(said("a", "ip -s link")).toString();
  }

  private String said(String house, String words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", street.name(house)));
    command.addAll(List.of(words.split(" ")));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said.strip();
  }

  /**
   * Makes the way of all packets bad, or good again. Segments are cut before it: what is lost on a
   * way, or comes twice, are packets of a wire.
   */
  void bad(boolean bad) throws IOException, InterruptedException {
    String whole = bad ? "off" : "on";
    for (String house : List.of("client", "a", "b")) {
      street.in(
          house, "ethtool -K door gso %1$s tso %1$s tx-sctp-segmentation %1$s".formatted(whole));
      street.in(
          house,
          bad
              ? "tc qdisc add dev door root netem delay 4ms loss 1% duplicate 1% reorder 25% 50%"
              : "tc qdisc del dev door root");
    }
  }

  HousedPlane director(Path pins, Path object) throws IOException {
    return new HousedPlane(street, pins, object);
  }

  @Override
  public void close() throws IOException {
    processes.forEach(this::stop);
    try {
      street.remove();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted: namespaces are left", e);
    }
  }
}
