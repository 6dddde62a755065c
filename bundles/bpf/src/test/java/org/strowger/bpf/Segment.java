package org.strowger.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * A client, a director and three real servers on one Ethernet segment, each in a network namespace:
 *
 * <pre>
 * client 10.1.0.5 ---- switch ---- director 10.1.0.100, 10.0.1.100; 10.0.0.1 is the service
 *                        |-------- r1 10.0.1.1, r2 10.0.1.2, r3 10.0.1.3
 * </pre>
 *
 * IPv6 likewise: 2001:db8:c::5, 2001:db8:c::100, 2001:db8:1::100, 2001:db8::1, 2001:db8:1::1. The
 * director is the namespace of the thread that runs the test, and ends with it; the others have
 * names, and {@link #close} takes them away.
 */
final class Segment implements AutoCloseable {
  private static final int CLONE_NEWNET = 0x40000000;
  static final List<String> REALS = List.of("r1", "r2", "r3");

  private final String prefix = "stwbpf" + ProcessHandle.current().pid() + "-";
  private final Deque<String> named = new ArrayDeque<>();
  private final Deque<Process> processes = new ArrayDeque<>();

  private Segment() {}

  @FunctionalInterface
  interface Steps {
    void run(Segment segment) throws Exception;
  }

  /** Runs the steps as the director; skips where there is no right or no tool for that. */
  static void run(Steps steps) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    for (String tool : List.of("ip", "nginx", "curl", "socat")) {
      assumeTrue(present(tool), tool + " is not installed");
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .name("director")
        .start(
            () -> {
              try (Segment segment = new Segment()) {
                enterOwnNamespace();
                segment.wire();
                steps.run(segment);
              } catch (Throwable e) { // of whatever kind: it is the test's to report
                done.completeExceptionally(e);
              }
              done.complete(null); // nothing of it is left now
            });
    try {
      done.get(120, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TestAbortedException aborted) {
        throw aborted;
      }
      if (e.getCause() instanceof AssertionError wrong) {
        throw wrong;
      }
      throw e;
    }
  }

  static boolean present(String command) {
    return List.of("/usr/bin/", "/usr/sbin/", "/sbin/", "/bin/").stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
  }

  @SuppressWarnings("restricted") // the JDK cannot make a namespace
  private static void enterOwnNamespace() throws Throwable {
    Linker linker = Linker.nativeLinker();
    int answer =
        (int)
            linker
                .downcallHandle(
                    linker.defaultLookup().findOrThrow("unshare"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT))
                .invokeExact(CLONE_NEWNET);
    assumeTrue(answer == 0, "no network namespaces here");
  }

  private void wire() throws Exception {
    sh("ip link set lo up");
    name("switch");
    in("switch", "ip link add hub type bridge");
    in("switch", "ip link set hub up");
    plug("director");
    sh("ip link set eth0 up");
    for (String address : List.of("10.1.0.100/24", "10.0.1.100/24", "10.0.0.1/32")) {
      sh("ip address add " + address + " dev eth0");
    }
    for (String address : List.of("2001:db8:c::100/64", "2001:db8:1::100/64", "2001:db8::1/128")) {
      sh("ip address add " + address + " dev eth0 nodad");
    }
    host("client", "10.1.0.5/24", "2001:db8:c::5/64");
    in("client", "ip route add default via 10.1.0.100");
    in("client", "ip -6 route add default via 2001:db8:c::100");
    for (int i = 1; i <= 3; i++) {
      host("r" + i, "10.0.1." + i + "/24", "2001:db8:1::" + i + "/64");
    }
  }

  private void host(String name, String ipv4, String ipv6) throws Exception {
    name(name);
    plug(name);
    in(name, "ip link set lo up");
    in(name, "ip link set eth0 up");
    in(name, "ip address add " + ipv4 + " dev eth0");
    in(name, "ip address add " + ipv6 + " dev eth0 nodad");
  }

  private void name(String name) throws Exception {
    sh("ip netns add " + prefix + name);
    named.push(name);
  }

  /** A cable between a namespace and the switch. */
  private void plug(String name) throws Exception {
    String end = name.equals("director") ? "" : " netns " + prefix + name;
    sh("ip link add eth0" + end + " type veth peer name p-" + name + " netns " + prefix + "switch");
    in("switch", "ip link set p-" + name + " master hub up");
  }

  /** The real servers' way back to clients: through the director, straight, or none. */
  void clientsVia(String way) throws Exception {
    for (String real : REALS) {
      String ipv4 = way.equals("director") ? "via 10.0.1.100" : "dev eth0 scope link";
      String ipv6 = way.equals("director") ? "via 2001:db8:1::100" : "dev eth0";
      in(real, "ip route replace 10.1.0.0/24 " + ipv4);
      in(real, "ip -6 route replace 2001:db8:c::/64 " + ipv6);
    }
  }

  /** The real servers take packets to the service as their own; nobody hears of it by ARP. */
  void realsHaveTheService() throws Exception {
    for (String real : REALS) {
      in(real, "ip address add 10.0.0.1/32 dev lo");
      in(real, "ip address add 2001:db8::1/128 dev lo nodad");
    }
  }

  /** Runs a command to its end in a namespace; what it printed. */
  String in(String name, String words) throws Exception {
    return sh("ip netns exec " + prefix + name + " " + words);
  }

  /** Starts a process in a namespace; it ends with the segment. */
  Process start(String name, String... words) throws Exception {
    String[] all = {"ip", "netns", "exec", prefix + name};
    String[] command = Arrays.copyOf(all, all.length + words.length);
    System.arraycopy(words, 0, command, all.length, words.length);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(discard()).start();
    processes.push(process);
    return process;
  }

  private static ProcessBuilder.Redirect discard() {
    return ProcessBuilder.Redirect.DISCARD;
  }

  /** Runs a command to its end in the director's namespace, or, by its words, in another. */
  static String sh(String words) throws Exception {
    Process process = new ProcessBuilder(words.split(" ")).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> words + ": " + out);
    return out;
  }

  @Override
  public void close() {
    for (Process process : processes) {
      // The parent first: nginx starts a worker anew that ends before its master.
      List<ProcessHandle> below = process.descendants().toList();
      process.destroyForcibly().onExit().join();
      below.forEach(ProcessHandle::destroyForcibly);
    }
    for (String name : named) {
      try {
        sh("ip netns delete " + prefix + name);
      } catch (Exception e) {
        throw new IllegalStateException("a namespace is left behind", e);
      }
    }
  }
}
