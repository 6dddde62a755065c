package org.strowger.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What needs privilege, in three network namespaces of its own: client 10.77.1.2 - 10.77.1.1
 * director 10.77.2.1 - 10.77.2.2 real server, and the same with fd77:1:: and fd77:2::.
 */
@Timeout(120)
class NamespaceTest {
  private final String id = "sw" + ProcessHandle.current().pid() % 100_000;
  private final String client = id + "c";
  private final String director = id + "d";
  private final String real = id + "r";
  private final List<Program> programs = new ArrayList<>();

  @BeforeEach
  void wireUp() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    Ran first = run("ip", "netns", "add", client);
    assumeTrue(first.code == 0, () -> "no network namespaces here: " + first.out);
    for (String name : List.of(director, real)) {
      ip("netns", "add", name);
    }
    link(client, 1);
    link(real, 2);
    for (String name : List.of(client, director, real)) {
      in(name, "link", "set", "lo", "up");
    }
    in(client, "route", "add", "default", "via", "10.77.1.1");
    in(real, "route", "add", "default", "via", "10.77.2.1");
    in(client, "-6", "route", "add", "default", "via", "fd77:1::1");
    in(real, "-6", "route", "add", "default", "via", "fd77:2::1");
  }

  private void link(String peer, int network) throws Exception {
    String near = "n" + network;
    ip(
        "link", "add", near, "netns", director, "type", "veth", "peer", "name", "far", "netns",
        peer);
    in(director, "addr", "add", "10.77." + network + ".1/24", "dev", near);
    in(director, "addr", "add", "fd77:" + network + "::1/64", "dev", near, "nodad");
    in(director, "link", "set", near, "up");
    in(peer, "addr", "add", "10.77." + network + ".2/24", "dev", "far");
    in(peer, "addr", "add", "fd77:" + network + "::2/64", "dev", "far", "nodad");
    in(peer, "link", "set", "far", "up");
  }

  @AfterEach
  void clear() throws Exception {
    programs.forEach(Program::close);
    for (String name : List.of(client, director, real)) {
      run("ip", "netns", "del", name);
    }
  }

  private record Ran(int code, String out) {}

  private static Ran run(String... words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), out.strip());
  }

  private static void ip(String... words) throws Exception {
    String[] all = Stream.concat(Stream.of("ip"), Arrays.stream(words)).toArray(String[]::new);
    Ran ran = run(all);
    assertEquals(0, ran.code, () -> String.join(" ", all) + ": " + ran.out);
  }

  private static void in(String namespace, String... words) throws Exception {
    ip(Stream.concat(Stream.of("-n", namespace), Arrays.stream(words)).toArray(String[]::new));
  }

  /** A program of {@link NamespaceDirector} in a namespace. */
  private final class Program implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final PrintWriter in;

    Program(String namespace, List<String> before, String... args) throws IOException {
      List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
      words.addAll(before);
      words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      words.addAll(
          List.of(
              "-XX:TieredStopAtLevel=1",
              "-Xmx256m",
              "--sun-misc-unsafe-memory-access=allow",
              "--enable-native-access=ALL-UNNAMED",
              "-cp",
              System.getProperty("java.class.path"),
              NamespaceDirector.class.getName()));
      words.addAll(Arrays.asList(args));
      process = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      in =
          new PrintWriter(
              new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8), true);
      programs.add(this);
    }

    /** The next line that begins like this, the log passed over. */
    String says(String beginning) throws IOException {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith(beginning)) {
          return line;
        }
      }
      throw new IOException("ended without '" + beginning + "'");
    }

    void tell(String line) {
      in.println(line);
    }

    @Override
    public void close() {
      in.close();
      try {
        if (!process.waitFor(1, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Program program(String namespace, String... args) throws IOException {
    return new Program(namespace, List.of(), args);
  }

  private void serve(String address) throws IOException {
    assertEquals("serving", program(real, "server", address, "8080").says("serving"));
  }

  /** What a client got from each port, with the port that it came from: port, own port, answer. */
  private List<String> ask(String from, String address, String... ports) throws IOException {
    String[] args =
        Stream.concat(Stream.of("client", from, address), Arrays.stream(ports))
            .toArray(String[]::new);
    Program asking = program(client, args);
    List<String> lines = new ArrayList<>();
    for (String port : ports) {
      lines.add(asking.says(port));
    }
    return lines;
  }

  private static void available(Transport transport) {
    assumeTrue(transport.available(), () -> transport + " is not available on this machine");
  }

  @ParameterizedTest
  @CsvSource({
    "IO_URING, 10.77.1.2, 10.77.1.1, 10.77.2.2, -4",
    "EPOLL, 10.77.1.2, 10.77.1.1, 10.77.2.2, -4",
    "IO_URING, fd77:1::2, fd77:1::1, fd77:2::2, -6",
    "EPOLL, fd77:1::2, fd77:1::1, fd77:2::2, -6"
  })
  void realServerSeesTheClientsAddressAndPort(
      Transport transport, String from, String address, String to, String family) throws Exception {
    available(transport);
    in(
        director, family, "rule", "add", "iif", "n2", "ipproto", "tcp", "sport", "8080", "lookup",
        "100");
    in(director, family, "route", "add", "local", "default", "dev", "lo", "table", "100");
    serve(to);
    Program wire =
        program(director, "wire", transport.word(), address, "80", "80", to, "8080", "true");
    assertEquals("listening:", wire.says("listening:"));
    for (String line : ask(from, address, "80", "80", "80")) {
      String[] words = line.split(" ");
      assertEquals(java.net.InetAddress.ofLiteral(from).getHostAddress(), words[2], line);
      assertEquals(words[1], words[3], "the client's port too: " + line);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void withoutThePrivilegeItIsNotListenedOnAndSaysWhy(Transport transport) throws Exception {
    available(transport);
    assumeTrue(run("setpriv", "--version").code == 0, "setpriv is not installed");
    Program wire =
        new Program(
            director,
            List.of(
                "setpriv", "--bounding-set=-net_admin,-net_raw", "--inh-caps=-net_admin,-net_raw"),
            "wire",
            transport.word(),
            "10.77.1.1",
            "80",
            "80",
            "10.77.2.2",
            "8080",
            "true");
    String why = wire.says("listening:");
    String wanted =
        transport == Transport.NIO ? "not possible with transport nio" : "CAP_NET_ADMIN";
    assertTrue(why.contains(wanted), why);
    assertTrue(ask("10.77.1.2", "10.77.1.1", "80").getFirst().contains("failed"));
  }

  @ParameterizedTest
  @CsvSource({
    "IO_URING, 10.77.1.2, 10.77.1.1, 10.77.2.2, 10.77.2.1",
    "EPOLL, 10.77.1.2, 10.77.1.1, 10.77.2.2, 10.77.2.1",
    "EPOLL, fd77:1::2, fd77:1::1, fd77:2::2, fd77:2::1"
  })
  void allPortsOfOneAddressAreServedAndNoneOfAnotherOne(
      Transport transport, String from, String address, String to, String other) throws Exception {
    available(transport);
    serve(to);
    Program wire =
        program(director, "wire", transport.word(), address, "2", "65000", to, "8080", "false");
    assertEquals("listening:", wire.says("listening:"));
    for (String line : ask(from, address, "2", "22", "443", "40000", "65000")) {
      assertTrue(line.contains(java.net.InetAddress.ofLiteral(other).getHostAddress()), line);
    }
    List<String> outside = new ArrayList<>(ask(from, address, "1", "65001"));
    outside.addAll(ask(from, other, "22", "443"));
    assertTrue(outside.stream().allMatch(l -> l.contains("failed")), outside.toString());
    wire.tell("take over");
    assertEquals("taken over:", wire.says("taken over:"));
    for (String line : ask(from, address, "2", "22", "65000")) {
      assertTrue(line.contains(java.net.InetAddress.ofLiteral(other).getHostAddress()), line);
    }
    wire.tell("nothing");
    assertEquals("nothing", wire.says("nothing"));
    assertTrue(ask(from, address, "22").getFirst().contains("failed"), "nobody listens any more");
  }
}
