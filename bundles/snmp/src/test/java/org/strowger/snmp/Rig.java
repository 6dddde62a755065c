package org.strowger.snmp;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.strowger.api.Management.Snmp;
import org.strowger.api.Management.SnmpTarget;
import org.strowger.api.Management.SnmpUser;
import org.strowger.api.Role;
import org.strowger.api.SnmpAuth;
import org.strowger.api.SnmpPriv;
import org.strowger.testkit.FakeUpgrade;
import org.strowger.testkit.PlatformSample;

/** An agent on a free port, three users, and net-snmp's tools to talk to it. */
final class Rig implements AutoCloseable {
  static final String STG = ".1.3.6.1.4.1.32473";
  static final InetAddress LOOPBACK = FakeWanted.address("127.0.0.1");

  final Path state;
  final int port;
  final FakeDirector director = new FakeDirector();
  final PlatformSample platform = new PlatformSample();
  final FakeUpgrade upgrade = new FakeUpgrade();
  private @Nullable Agent agent;

  private Rig(Path state, int port) {
    this.state = state;
    this.port = port;
  }

  static Rig start(Path state) {
    return start(state, Map.of());
  }

  static Rig start(Path state, Map<String, SnmpTarget> targets) {
    Rig rig = withoutAgent(state, targets);
    rig.startAgent();
    return rig;
  }

  /** All but the agent. */
  static Rig withoutAgent(Path state, Map<String, SnmpTarget> targets) {
    Rig rig = new Rig(state, freePort());
    for (Role role : Role.values()) {
      rig.writePassphrase(role.word() + ".auth", role.word() + "-auth-secret");
      rig.writePassphrase(role.word() + ".priv", role.word() + "-priv-secret");
    }
    rig.director.manage(rig.configured(rig.port, targets));
    return rig;
  }

  void startAgent() {
    Agent started = new Agent(state, "Strowger traffic director 0.1.0");
    agent = started;
    started.sources().platform().came(platform);
    started.sources().performance().came(platform);
    started.upgrade().came(upgrade);
    started.attach(director);
    until(() -> started.report().startsWith("SNMP: UDP port"), started::report);
  }

  Agent agent() {
    return Objects.requireNonNull(agent);
  }

  Snmp configured(int atPort, Map<String, SnmpTarget> targets) {
    Map<String, SnmpUser> users = new LinkedHashMap<>();
    users.put("viewer", user("viewer", Role.VIEWER, SnmpAuth.SHA256, SnmpPriv.AES128));
    users.put("operator", user("operator", Role.OPERATOR, SnmpAuth.SHA384, SnmpPriv.AES192));
    users.put("admin", user("admin", Role.ADMIN, SnmpAuth.SHA512, SnmpPriv.AES256));
    return new Snmp(LOOPBACK, atPort, users, targets);
  }

  static SnmpUser user(String name, Role role, SnmpAuth auth, SnmpPriv priv) {
    return new SnmpUser(name, role, auth, Path.of(name + ".auth"), priv, Path.of(name + ".priv"));
  }

  void writePassphrase(String file, String passphrase) {
    try {
      Path path = state.resolve(file);
      Files.writeString(path, passphrase + "\n");
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int freePort() {
    try (DatagramSocket socket = new DatagramSocket(0, LOOPBACK)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What net-snmp's tools need to speak as one of the three users. */
  static List<String> credentials(String user) {
    String[] algorithms =
        switch (user) {
          case "viewer" -> new String[] {"SHA-256", "AES-128"};
          case "operator" -> new String[] {"SHA-384", "AES-192"};
          default -> new String[] {"SHA-512", "AES-256"};
        };
    return List.of(
        "-v3",
        "-l",
        "authPriv",
        "-u",
        user,
        "-a",
        algorithms[0],
        "-A",
        user + "-auth-secret",
        "-x",
        algorithms[1],
        "-X",
        user + "-priv-secret",
        "-t",
        "3",
        "-r",
        "2");
  }

  /** Runs a tool as a user, with numeric identifiers and without modules. */
  Tools.Output as(String user, String tool, String... arguments) {
    List<String> command = new ArrayList<>(List.of(tool));
    command.addAll(credentials(user));
    command.addAll(List.of("-On", "-Oe"));
    int options = 0;
    while (options < arguments.length && arguments[options].startsWith("-")) {
      command.add(arguments[options++]);
    }
    command.add("127.0.0.1:" + port);
    command.addAll(List.of(arguments).subList(options, arguments.length));
    return Tools.run(Map.of("MIBS", ""), command);
  }

  String get(String oid) {
    return as("admin", "snmpget", oid).text().strip();
  }

  static void until(BooleanSupplier condition, Supplier<String> otherwise) {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        fail(otherwise.get());
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        fail("interrupted");
      }
    }
  }

  @Override
  public void close() {
    agent().close();
  }
}
