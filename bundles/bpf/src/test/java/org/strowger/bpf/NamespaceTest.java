package org.strowger.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.api.BpfHook;

/** The plane over this machine's kernel, with clients and real servers in network namespaces. */
class NamespaceTest {
  private static final Path OBJECT = Path.of("target", "classes", "director.bpf.o");
  private static final String DIRECT = "10.9.0.100";
  private static final String TRANSLATED = "10.9.0.101";
  private static final int HELD = 40;

  @TempDir static Path folder;
  private Street street;
  private Director director;
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeEach
  void build() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/nsenter")), "needs nsenter (util-linux)");
    assumeTrue(Files.exists(OBJECT), "the programs were not compiled, for want of clang");
    Optional<String> why = Kernel.bpf().unavailable(BpfHook.TC_INGRESS);
    assumeTrue(why.isEmpty(), () -> why.orElse(""));
    try {
      street = new Street();
    } catch (IOException e) {
      assumeTrue(false, "no network namespaces here: " + e.getMessage());
    }
    street.house("client", "10.9.0.1/24");
    street.house("director", "10.9.0.10/24");
    street.in("director", "ip addr add " + DIRECT + "/32 dev door");
    street.in("director", "ip addr add " + TRANSLATED + "/32 dev door");
    real("a", "10.9.0.21");
    real("b", "10.9.0.22");
    director = new Director();
  }

  /** A real server as for direct routing: the service's address, and no answer to ARP for it. */
  private void real(String name, String address) throws Exception {
    street.house(name, address + "/24");
    street.in(name, "sysctl -qw net.ipv4.conf.all.arp_ignore=1");
    street.in(name, "sysctl -qw net.ipv4.conf.all.arp_announce=2");
    street.in(name, "sysctl -qw net.ipv4.conf.all.accept_redirects=0");
    street.in(name, "ip addr add " + DIRECT + "/32 dev lo");
    // What was masqueraded answers by way of the director, from an address of its own.
    street.in(name, "ip route add 10.9.0.1/32 via 10.9.0.10 table 7");
    street.in(name, "ip rule add from " + address + " to 10.9.0.1 lookup 7");
    ServerSocket server = street.at(name, () -> new ServerSocket(80, 200));
    open.add(server);
    Thread.ofVirtual().start(() -> serve(server, name));
  }

  private static void serve(ServerSocket server, String name) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
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

  /** The plane's process. */
  private final class Director {
    private Process process;
    private BufferedReader answers;

    Director() throws IOException {
      start();
    }

    void start() throws IOException {
      List<String> words = new ArrayList<>();
      words.add("nsenter");
      words.add("--net=/run/netns/" + street.name("director"));
      words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      words.add("--enable-native-access=ALL-UNNAMED");
      words.add("-XX:TieredStopAtLevel=1");
      words.add("-cp");
      words.add(System.getProperty("java.class.path"));
      words.add(PlaneProcess.class.getName());
      words.add(folder.resolve("bpf").toString());
      words.add(OBJECT.toAbsolutePath().toString());
      process = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      answers =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    String say(String command) throws IOException {
      process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        if (line.startsWith("answer ")) {
          return line.substring("answer ".length());
        }
      }
      throw new IOException("the plane's process has ended");
    }

    /** kill -9 */
    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
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
      socket.setSoTimeout(20_000);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
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
    for (String each : services.split(";")) {
      director.say("want " + each);
    }
    String said = director.say("apply");
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
