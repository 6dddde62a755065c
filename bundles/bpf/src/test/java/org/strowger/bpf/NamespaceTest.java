package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.BpfHook;
import org.strowger.testkit.Street;

/** The plane over this machine's kernel, with clients and real servers in network namespaces. */
class NamespaceTest {
  private static final Path OBJECT = Path.of("target", "classes", "director.bpf.o");
  private static final String DIRECT = "10.9.0.100";
  private static final String TRANSLATED = "10.9.0.101";
  private static final String TUNNELLED = "10.9.0.102";
  private static final String SOURCE = "10.9.0.103";
  private static final String SIX = "2001:db8:9::100";
  private static final boolean LONG = Boolean.getBoolean("strowger.long");
  private static final int HELD = 40;

  /** Rounds of a life, and connections held through it. */
  private static final int ROUNDS = LONG ? 20 : 2;

  private static final int LIVES = LONG ? 200 : 40;

  @TempDir static Path folder;
  private Street street;
  private HousedPlane director;
  private final List<AutoCloseable> open = new ArrayList<>();

  private final List<Client> all = new ArrayList<>();

  /** Whom real servers have seen. */
  private final List<String> peers = new CopyOnWriteArrayList<>();

  @BeforeEach
  void build() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/nsenter")), "needs nsenter (util-linux)");
    assumeTrue(Files.exists(OBJECT), "the programs were not compiled, for want of clang");
    Optional<String> why = Kernel.bpf().unavailable(BpfHook.TC_INGRESS);
    assumeTrue(why.isEmpty(), () -> why.orElse(""));
    try {
      street = new Street("stg");
    } catch (IOException e) {
      assumeTrue(false, "no network namespaces here: " + e.getMessage());
    }
    street.house("client", "10.9.0.1/24");
    street.house("director", "10.9.0.10/24");
    street.in("director", "ip addr add " + DIRECT + "/32 dev door");
    street.in("director", "ip addr add " + TRANSLATED + "/32 dev door");
    street.in("director", "ip addr add " + TUNNELLED + "/32 dev door");
    street.in("director", "ip addr add " + SOURCE + "/32 dev door");
    street.in("director", "ip addr add 2001:db8:9::10/64 dev door nodad");
    street.in("director", "ip addr add " + SIX + "/128 dev door nodad");
    street.in("client", "ip addr add 2001:db8:9::1/64 dev door nodad");
    real("a", "10.9.0.21");
    real("b", "10.9.0.22");
    director = new HousedPlane(street, folder.resolve("bpf"), OBJECT);
  }

  /** A real server as for direct routing: the service's address, and no answer to ARP for it. */
  private void real(String name, String address) throws Exception {
    street.house(name, address + "/24");
    street.in(name, "sysctl -qw net.ipv4.conf.all.arp_ignore=1");
    street.in(name, "sysctl -qw net.ipv4.conf.all.arp_announce=2");
    street.in(name, "sysctl -qw net.ipv4.conf.all.accept_redirects=0");
    street.in(name, "ip addr add " + DIRECT + "/32 dev lo");
    street.in(name, "ip addr add " + TUNNELLED + "/32 dev lo");
    street.in(
        name, "ip addr add 2001:db8:9::2" + (name.equals("a") ? 1 : 2) + "/64 dev door nodad");
    street.in(name, "ip addr add " + SIX + "/128 dev lo nodad");
    // What was masqueraded answers by way of the director, from an address of its own.
    street.in(name, "ip route add 10.9.0.1/32 via 10.9.0.10 table 7");
    street.in(name, "ip rule add from " + address + " to 10.9.0.1 lookup 7");
    ServerSocket server = street.at(name, () -> new ServerSocket(80, 200));
    open.add(server);
    Thread.ofVirtual().start(() -> serve(server, name));
  }

  private void serve(ServerSocket server, String name) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        peers.add(socket.getInetAddress().getHostAddress());
        Thread.ofVirtual().start(() -> echo(socket, name));
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** Answers each line by its name and the line. */
  private static void echo(Socket socket, String name) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      PrintStream out = new PrintStream(socket.getOutputStream(), true, StandardCharsets.UTF_8);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.print(name + " " + line + "\n");
      }
    } catch (IOException gone) {
      return;
    }
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    if (director != null) {
      director.kill();
    }
    if (street != null) {
      street.remove();
    }
    if (Files.exists(folder.resolve("bpf"))) {
      Pins.delete(folder.resolve("bpf").resolve("netns-1"));
      Kernel.bpf().unmountFileSystem(folder.resolve("bpf"));
    }
  }

  /** A client's connection that is held. */
  private final class Client implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Client(String address) throws Exception {
      socket =
          street.at(
              "client",
              () -> new Socket(InetAddress.ofLiteral(address), 80)); // made where it is opened
      open.add(this);
      all.add(this);
      socket.setSoTimeout(20_000);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Says a line; an end is an error as a reset is. */
    void sayOrEnd(String line) throws IOException {
      socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      if (in.readLine() == null) {
        throw new IOException("ended");
      }
    }

    /** Says a line; who answered. */
    String say(String line) throws IOException {
      socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      String answer = in.readLine();
      assertTrue(answer != null && answer.endsWith(" " + line), "'" + answer + "'");
      return answer.substring(0, answer.indexOf(' '));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private void want(String services) throws IOException {
    String said = director.want(services);
    assertTrue(said.contains("Listening") && !said.contains("Failed"), said);
  }

  private void eventuallyHeld(int held) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    String last = director.say("held");
    while (!last.equals(Integer.toString(held))) {
      assertTrue(System.nanoTime() - deadline < 0, last + ": " + director.say("report"));
      Thread.sleep(50);
      last = director.say("held");
    }
  }

  private List<Client> clients(String address, int count) throws Exception {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Client client = new Client(address);
      client.say("hello");
      clients.add(client);
    }
    return clients;
  }

  private static Set<String> who(List<Client> clients, String line) throws IOException {
    Set<String> names = new TreeSet<>();
    for (Client each : clients) {
      names.add(each.say(line));
    }
    return names;
  }

  private void everybodyServes(String address, int count) throws Exception {
    assertEquals(2, who(clients(address, count), "who is it").size(), address);
  }

  @Test
  void fullNatSpeaksFromItsSource() throws Exception {
    director.say("settings tc " + SOURCE);
    want("fullnat wlc " + TRANSLATED + " a=10.9.0.21 b=10.9.0.22");

    everybodyServes(TRANSLATED, HELD);
    eventuallyHeld(HELD);
    assertTrue(peers.stream().allMatch(SOURCE::equals), peers.toString());
  }

  @Test
  void ipv6IsRoutedDirectlyToo() throws Exception {
    want("direct wlc " + SIX + " a=2001:db8:9::21 b=2001:db8:9::22");

    everybodyServes(SIX, HELD);
    eventuallyHeld(HELD);
  }

  @Test
  void tunnelledPacketsAreUnwrappedByTheRealServers() throws Exception {
    Path unwrap = folder.resolve("unwrap.bpf.o");
    try (InputStream in = NamespaceTest.class.getResourceAsStream("/unwrap.bpf.o")) {
      assumeTrue(in != null, "what unwraps was not built, for want of clang");
      Files.copy(in, unwrap);
    }
    for (String real : List.of("a", "b")) {
      street.in(real, "tc qdisc add dev door clsact");
      street.in(real, "tc filter add dev door ingress bpf direct-action obj " + unwrap + " sec tc");
    }
    for (String method : List.of("tunnelIpip", "tunnelGue")) {
      want(method + " wlc " + TUNNELLED + " a=10.9.0.21 b=10.9.0.22");
      everybodyServes(TUNNELLED, HELD / 2);
    }
    want(BOTH); // connections of the tunnels go on without their service
    assertEquals(List.of(), lost("the tunnels are not wanted any more"));
  }

  @Test
  void whatIsMetByXdpGoesOnWhenTheHookIsExchanged() throws Exception {
    assumeTrue(Segment.present("ethtool"), "ethtool is not installed");
    for (String house : List.of("client", "a", "b")) {
      street.in(house, "ethtool -K door tx off");
    }
    street.in("link", "ethtool -K to-director gro on");
    for (String hook : List.of("xdpGeneric", "xdp", "tc")) {
      director.say("settings " + hook);
      want(BOTH);
      everybodyServes(DIRECT, HELD / 2);
      everybodyServes(TRANSLATED, HELD / 2);
      assertEquals(List.of(), lost("hook " + hook));
      if (hook.equals("xdp")) {
        assertTrue(director.say("report").matches(".*xdpRuns=[1-9].*"), director.say("report"));
      }
    }
  }

  /** Names and lines of those of all clients so far that get no answer any more. */
  private List<String> lost(String line) {
    List<String> lost = new ArrayList<>();
    for (Client each : all) {
      try {
        each.say(line);
      } catch (IOException | AssertionError e) {
        lost.add(line + ": " + e);
      }
    }
    return lost;
  }

  @Test
  void noConnectionIsLostInALifeOfKillsAndEdits() throws Exception {
    want(BOTH);
    clients(DIRECT, LIVES / 2);
    clients(TRANSLATED, LIVES / 2);
    String edited =
        "direct mh " + DIRECT + " a=10.9.0.21;masquerading rr " + TRANSLATED + " b=10.9.0.22";
    for (int round = 1; round <= ROUNDS; round++) {
      director.kill();
      assertEquals(List.of(), lost("killed " + round));
      director.start();
      want(BOTH);
      assertEquals(List.of(), lost("started again " + round));
      want(edited);
      assertEquals(List.of(), lost("schedulers exchanged, real servers taken away " + round));
      want(BOTH);
      assertEquals(List.of(), lost("put back " + round));
    }
    eventuallyHeld(LIVES);
    System.out.printf("%d connections held through %d lives, 0 lost%n", LIVES, ROUNDS);
  }

  @Test
  void whoIsCutIsTold() throws Exception {
    want(BOTH);
    Client direct = clients(DIRECT, 1).getFirst();
    Client translated = clients(TRANSLATED, 1).getFirst();

    assertEquals("2", director.say("cut"));

    for (Client each : List.of(direct, translated)) {
      IOException told = assertThrows(IOException.class, () -> sayUntilRefused(each));
      assertFalse(told instanceof SocketTimeoutException, "nobody told it: " + told);
    }
  }

  /** The reset answers the first line, and the next write or read meets it. */
  private static void sayUntilRefused(Client client) throws IOException {
    for (int i = 0; i < 3; i++) {
      client.sayOrEnd("anybody there");
    }
  }

  private static final String BOTH =
      "direct wlc 10.9.0.100 a=10.9.0.21 b=10.9.0.22"
          + ";masquerading wlc 10.9.0.101 a=10.9.0.21 b=10.9.0.22";

  @Test
  void directRoutingAndMasqueradingSpreadConnectionsEvenly() throws Exception {
    want(BOTH);

    for (String address : List.of(DIRECT, TRANSLATED)) {
      List<Client> clients = clients(address, HELD);
      int ofA = 0;
      for (Client each : clients) {
        ofA += each.say("who").equals("a") ? 1 : 0;
      }
      assertTrue(Math.abs(ofA - HELD / 2) <= 2, address + ": " + ofA + " of " + HELD);
    }
    eventuallyHeld(2 * HELD);
  }

  @Test
  void connectionsOutliveTheProcessAndNewOnesGoOn() throws Exception {
    want(BOTH);
    List<Client> held = clients(DIRECT, HELD);
    held.addAll(clients(TRANSLATED, HELD));

    director.kill();
    assertEquals(new TreeSet<>(List.of("a", "b")), who(held, "nobody is there"));
    List<Client> meanwhile = clients(DIRECT, 10);
    meanwhile.addAll(clients(TRANSLATED, 10));
    director.start();
    want(BOTH);
    held.addAll(meanwhile);

    assertEquals(new TreeSet<>(List.of("a", "b")), who(held, "another one is there"));
    eventuallyHeld(2 * HELD + 20);
    held.addAll(clients(TRANSLATED, 5));
    eventuallyHeld(2 * HELD + 25);
  }

  @Test
  void heldConnectionsDoNotNoticeEdits() throws Exception {
    want(BOTH);
    List<Client> held = clients(TRANSLATED, HELD);

    want("masquerading mh 10.9.0.101 a=10.9.0.21 b=10.9.0.22");
    assertEquals(2, who(held, "another scheduler").size());
    want("masquerading wlc 10.9.0.101 a=10.9.0.21");
    assertEquals(2, who(held, "b is removed").size());
    List<Client> later = clients(TRANSLATED, 10);
    assertEquals(new TreeSet<>(List.of("a")), who(later, "only a"));
    want("masquerading mh 10.9.0.101 a=10.9.0.21 b=10.9.0.22");
    assertEquals(2, who(held, "b is back").size());
    assertEquals(2, who(clients(TRANSLATED, 40), "by a table").size());
  }
}
