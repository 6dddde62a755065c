package org.strowger.itest;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.Assertions;
import org.strowger.testkit.DirectorProcess;
import org.strowger.testkit.Distribution;
import org.strowger.testkit.TestRealServer;

/** A director with three real servers, an SNMP and a JMX user: what the stories are played in. */
final class Lab implements AutoCloseable {
  static final String PASSWORD = "correct-horse-battery";

  final Distribution distribution = Distribution.ofThisRepository();
  final List<TestRealServer> reals = new ArrayList<>();
  final int port = freeTcp();
  final int snmp = freeUdp();
  final int jmx = freeTcp();
  final Path folder;
  final DirectorProcess director;

  Lab(Path folder, String extra, String... jvmOptions) throws IOException, InterruptedException {
    this.folder = folder;
    for (String name : List.of("a", "b", "c")) {
      reals.add(TestRealServer.start(name, 0));
    }
    Path state = Files.createDirectories(folder.resolve("state"));
    for (String secret : List.of("auth", "priv", "jmx")) {
      Path file = Files.writeString(state.resolve(secret), PASSWORD + "\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
    director =
        DirectorProcess.start(distribution, folder, configuration(1, 1, 1) + extra, jvmOptions);
  }

  /** What the director logged last, newest first: what was going on when a connection was lost. */
  String lastLines() {
    try {
      return director.log().lines().toList().reversed().stream()
          .limit(150)
          .collect(Collectors.joining("\n"));
    } catch (IOException unreadable) {
      return unreadable.toString();
    }
  }

  /** The operator's file with these weights. */
  String configuration(int a, int b, int c) {
    return """
    director: { name: lab-1 }
    pools:
      web:
        realServers:
          a: { address: 127.0.0.1, port: %d, weight: %d }
          b: { address: 127.0.0.1, port: %d, weight: %d }
          c: { address: 127.0.0.1, port: %d, weight: %d }
    virtualServices:
      web: { address: 127.0.0.1, port: %d, protocol: tcp, scheduler: wlc, pool: web, forwarding: relay }
    management:
      jmx: { address: 127.0.0.1, port: %d, users: { noc: { role: operator, passwordFile: jmx } } }
      snmp:
        address: 127.0.0.1
        port: %d
        users:
          noc: { role: operator, authPassphraseFile: auth, privPassphraseFile: priv }
    """
        .formatted(
            reals.get(0).port(),
            a,
            reals.get(1).port(),
            b,
            reals.get(2).port(),
            c,
            port,
            jmx,
            snmp);
  }

  static int freeTcp() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException none) {
      throw new IllegalStateException(none);
    }
  }

  static int freeUdp() {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException none) {
      throw new IllegalStateException(none);
    }
  }

  /** Runs one of net-snmp's tools as the user of the lab; its output, errors included. */
  String snmp(String tool, String... words) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                tool,
                "-v3",
                "-l",
                "authPriv",
                "-u",
                "noc",
                "-a",
                "SHA-256",
                "-A",
                PASSWORD,
                "-x",
                "AES",
                "-X",
                PASSWORD,
                "-On",
                "-t",
                "2",
                "-r",
                "5",
                "127.0.0.1:" + snmp));
    command.addAll(Arrays.asList(words));
    // What the first of these tools says that ever runs on a machine is no answer.
    return run(command).replaceAll("(?m)^Created directory: .*\\R?", "").strip();
  }

  static String run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("MIBS", "");
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor(60, TimeUnit.SECONDS);
    return out.strip();
  }

  /** True if the command is on this machine. */
  static boolean installed(String command) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
  }

  /** Runs something as a remote JMX user. */
  <T> T jmx(JmxCall<T> call) throws Exception {
    return jmx(jmx, call);
  }

  /** The same at the director on this JMX port. */
  @SuppressWarnings("BanJNDI") // the test's own director on loopback, as jconsole connects to it
  static <T> T jmx(int port, JmxCall<T> call) throws Exception {
    Map<String, Object> environment = new HashMap<>();
    environment.put(JMXConnector.CREDENTIALS, new String[] {"noc", PASSWORD});
    JMXServiceURL url =
        new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:" + port + "/jmxrmi");
    try (JMXConnector connector = JMXConnectorFactory.connect(url, environment)) {
      return call.with(connector.getMBeanServerConnection());
    }
  }

  /** A call over JMX. */
  interface JmxCall<T> {
    T with(MBeanServerConnection server) throws Exception;
  }

  /** A condition that may fail while it is being asked. */
  interface Condition {
    boolean holds() throws Exception;
  }

  static void await(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!condition.holds()) {
      Assertions.assertTrue(System.nanoTime() < deadline, "waited 120 s in vain: " + what);
      Thread.sleep(50);
    }
  }

  /** A command of the operator that must succeed. */
  String cli(String... words) throws IOException, InterruptedException {
    DirectorProcess.Answer answer = director.cli(words);
    Assertions.assertEquals(0, answer.code(), String.join(" ", words) + ": " + answer.out());
    return answer.out();
  }

  @Override
  public void close() throws IOException {
    director.close();
    for (TestRealServer real : reals) {
      real.close();
    }
  }
}
